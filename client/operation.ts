/**
 * Naming operations of a page's own.
 *
 * @module
 */

import { client } from "./core.ts";
import { BUILT_IN, type Detail, type OwnOperation } from "./own_operation.ts";

/**
 * Gives the page an operation of its own: what the server sends by this name is done here, as often as it is sent. It has
 * the options and events of all operations. On a page that is none of the framework's, nothing happens.
 *
 * @param name letters, digits, `_` and `-`
 * @param run gets each element that the operation names, the root element where it names none; and what the server has
 * said: as it has sent it, nothing is checked. Where it returns a promise, the operation is done when that is
 * @throws TypeError for a name that is none, that every page has, or that is taken
 *
 * @example
 * ```ts
 * import { operation } from "@argyle/argyle/client";
 * operation<{ times: number }>("shake", (element, { times }) => {
 *   element.animate({ translate: ["0", "4px", "-4px", "0"] }, { duration: 120, iterations: times });
 * });
 * ```
 */
export function operation<D extends object = Detail>(
  name: string,
  run: (element: Element, detail: D) => void | Promise<void>,
): void {
  if (!/^[\w-]+$/.test(name)) throw new TypeError(`Cannot name an operation ${JSON.stringify(name)}.`);
  const own = client ? client.operations ??= new Map() : undefined;
  if (BUILT_IN.test(name) || own?.has(name)) {
    throw new TypeError(`Cannot add the operation ${name}: the name is taken.`);
  }
  own?.set(name, run as unknown as OwnOperation);
}
