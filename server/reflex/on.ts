/**
 * Offers a call: checked by TypeScript where it is written, and by the server when it comes.
 *
 * @module
 */

import { BINDING, Binding } from "../page/binding.ts";
import type { Action } from "../../protocol/action.ts";
import { callOptions, type OfferOptions } from "./offer_options.ts";
import type { Reflex } from "./reflex.ts";

/**
 * The methods and actions of a reflex class that can be offered.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * import type { Offerable } from "@argyle/argyle/types";
 * class Counter extends Reflex {
 *   increment(by = 1) {}
 * }
 * const name: Offerable<Counter> = "increment"; // and no other
 * ```
 */
export type Offerable<R extends Reflex> = {
  [K in keyof R]: K extends keyof Reflex ? never
    : R[K] extends Action<infer _I, infer _R, infer _C> ? K
    : R[K] extends (...args: never) => unknown ? K
    : never;
}[keyof R];

/**
 * The arguments that an offer of a method or action takes.
 *
 * @example
 * ```ts
 * import { Reflex } from "@argyle/argyle";
 * import type { OfferArgs } from "@argyle/argyle/types";
 * class Counter extends Reflex {
 *   increment(by = 1) {}
 * }
 * const none: OfferArgs<Counter, "increment"> = [], five: OfferArgs<Counter, "increment"> = [5];
 * ```
 */
export type OfferArgs<R extends Reflex, K extends keyof R> = R[K] extends
  Action<infer Input, infer _R, infer _C> ? [input?: Input]
  : R[K] extends (...args: infer Args) => unknown ? Args
  : never;

/**
 * What {@linkcode on} gives: spread it on an element, `<button {...on("click", Counter, "increment")}>`.
 *
 * @example
 * ```tsx
 * import { on, Reflex } from "@argyle/argyle";
 * import type { Offer } from "@argyle/argyle/types";
 * class Orders extends Reflex {
 *   cancel(id: number) {}
 * }
 * const Button = ({ offer, label }: { offer: Offer; label: string }) => <button {...offer}>{label}</button>;
 * const cancel = <Button offer={on("click", Orders, "cancel", 7)} label="Cancel" />;
 * ```
 */
export interface Offer {
  /** The attribute that a render makes of it; the classes' names are known only then. */
  readonly "data-reflex"?: string;
  /**
   * Offers another call on the same element. (Two spreads of `on()` would overwrite each other.)
   *
   * @param event a DOM event
   * @param reflex the class
   * @param name the method or action
   * @param args JSON values
   *
   * @example
   * ```tsx
   * import { on, Reflex } from "@argyle/argyle";
   * class Search extends Reflex {
   *   open() {}
   *   close() {}
   * }
   * const field = <input {...on("focus", Search, "open").on("blur", Search, "close")} />;
   * ```
   */
  on<R extends Reflex, K extends Offerable<R> & string>(
    event: string,
    reflex: new () => R,
    name: K,
    ...args: OfferArgs<R, K>
  ): Offer;
  /**
   * Says how the element's calls are made: the attributes of `docs/attributes.md`, typed.
   *
   * @throws TypeError for an option that there is not, and a number of milliseconds that is none
   *
   * @example
   * ```tsx
   * import { on, Reflex } from "@argyle/argyle";
   * class Search extends Reflex {
   *   find() {}
   * }
   * const field = <input {...on("input", Search, "find").with({ debounce: 300 })} />;
   * ```
   */
  with(options: OfferOptions): Offer;
}

// The methods stand on the prototype, so that a spread copies the calls and nothing else.
class OfferedCalls extends Binding implements Offer {
  on<R extends Reflex, K extends Offerable<R> & string>(
    event: string,
    reflex: new () => R,
    name: K,
    ...args: OfferArgs<R, K>
  ): Offer {
    return new OfferedCalls([...this[BINDING], { event, owner: reflex, method: name, args }]);
  }

  with(options: OfferOptions): Offer {
    const [first, ...others] = this[BINDING];
    return new OfferedCalls([
      { ...first!, options: { ...first!.options, ...callOptions(options) } },
      ...others,
    ]);
  }
}

/**
 * Offers a call of a reflex on an element: spread what it gives. The page's browser may then make exactly this call;
 * an action also with other input that its schema passes.
 *
 * @param event a DOM event: `click`, `submit`, `input`, or one of your own
 * @param reflex the class; its app has it from `app.reflexes`
 * @param name the method or action
 * @param args JSON values; `undefined` at the end is left out
 * @throws TypeError at the render that meets it, for a class that is not registered, an event that is no name, or
 * arguments that are not JSON
 *
 * @example
 * ```tsx
 * import { on, Reflex } from "@argyle/argyle";
 * class Counter extends Reflex {
 *   increment(by = 1) {
 *     this.session.count = (this.session.count ?? 0) + by;
 *   }
 * }
 * const button = <button {...on("click", Counter, "increment", 5)}>+5</button>;
 * ```
 */
export function on<R extends Reflex, K extends Offerable<R> & string>(
  event: string,
  reflex: new () => R,
  name: K,
  ...args: OfferArgs<R, K>
): Offer {
  return new OfferedCalls([{ event, owner: reflex, method: name, args }]);
}
