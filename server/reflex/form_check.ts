/**
 * What is wrong with the fields of a bound form: as its action says, or as its schema says while it is being filled in.
 *
 * @module
 */

import { WireError } from "../../protocol/errors.ts";
import type { ElementData } from "../../protocol/frames.ts";
import { Attribute } from "../../protocol/markers.ts";
import { type FormErrors, wayOf } from "../page/form.ts";
import type { View } from "../page/view.ts";
import type { Offered } from "../bus/told.ts";
import { isAction } from "../../protocol/action.ts";
import { implicitInput } from "./element.ts";
import type { Host } from "./host.ts";
import { check, peerError, type Resolved } from "./run.ts";

/** Forms of one page whose errors are kept. */
const MOST = 64;

/**
 * Asks an action's schema about a form. Its body does not run.
 *
 * @returns sentences by the way to a field, of the fields that were used
 * @throws what the schema throws
 */
export async function askSchema(
  { create, method }: Resolved,
  element: ElementData,
  host: Pick<Host, "limits" | "clock" | "log">,
): Promise<Record<string, string>> {
  const member = (new create() as unknown as Record<string, unknown>)[method];
  if (!isAction(member)) throw new TypeError(`Cannot check a form: ${method} is no action.`);
  const late = (error: unknown) => host.log.error("a schema failed after its deadline", error, { method });
  try {
    await check(member.schema, implicitInput(element, host.limits.depth), host.limits, host.clock, late);
    return {};
  } catch (error) {
    const known = peerError(error);
    if (known?.code !== "invalid") throw error;
    return ofUsed(known.fields ?? { "": known.message }, element.u ?? []);
  }
}

// What nobody has come to yet is not wrong.
function ofUsed(fields: Readonly<Record<string, string>>, used: readonly string[]): Record<string, string> {
  // An item of a list without a number may be any.
  const ways = used.map((name) => wayOf(name.split("[]")[0] ?? ""));
  const isUsed = (way: string) => ways.some((one) => way === one || way.startsWith(`${one}.`));
  return Object.fromEntries(Object.entries(fields).filter(([way]) => isUsed(way)));
}

/** The form that a call of this action came from: the id of one that the page has bound to it. */
export function formOf(
  target: string,
  element: ElementData | undefined,
  offers: (isOffered: (offers: Offered) => boolean) => boolean,
): string | undefined {
  const id = element?.a !== undefined && Object.hasOwn(element.a, "id") ? element.a["id"] : undefined;
  if (id === undefined || id.length > 128) return undefined;
  return offers((offers) => offers.hasCall(Attribute.check, [target])) ? id : undefined;
}

/** Notes what is wrong with a form. False where that was known. */
export function noteErrors(view: View, form: string, fields: Readonly<Record<string, string>>): boolean {
  const before = view.errors.get(form) ?? {};
  const names = Object.keys(fields);
  const isSame = names.length === Object.keys(before).length &&
    names.every((name) => Object.hasOwn(before, name) && before[name] === fields[name]);
  if (isSame) return false;
  const errors = new Map(view.errors);
  errors.delete(form);
  if (names.length > 0) errors.set(form, fields);
  for (const oldest of errors.keys()) {
    if (errors.size <= MOST) break;
    errors.delete(oldest);
  }
  view.errors = errors satisfies FormErrors;
  return true;
}

/** The sentences of a refusal by the way to a field. */
export function sentencesOf(
  fields: Readonly<Record<string, string>> | undefined,
  message: string,
): Record<string, string> {
  const entries = Object.entries(fields ?? { "": message });
  return Object.fromEntries(entries.map(([name, sentence]) => [wayOf(name), sentence]));
}

/** The target that a check names. @throws WireError `malformed` where it names none */
export function checkedTarget(args: readonly unknown[]): string {
  const [target] = args;
  if (typeof target !== "string") throw new WireError("malformed", "A check names an action.");
  return target;
}
