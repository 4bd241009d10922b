/**
 * What a person has typed or chosen and what the server says, brought together: for each field there is what it said
 * before (base), what the person made of it (mine) and what it says now (theirs). Theirs is news when it differs from
 * base; it wins when the person has not touched the field, or has sent it since. Else mine stays.
 *
 * @module
 */

import { withCare } from "./beside.ts";
import { all, closest, matches, onPage, page } from "./dom.ts";

/** An input, a textarea (`checked` is not for it) or a select (only it has `options`). */
export type Field = HTMLInputElement & { readonly options?: HTMLOptionsCollection };

/** All fields. */
export const FIELDS = "input,textarea,select";

/** Radio buttons: choosing one is letting go of another. */
export const RADIOS = "input[type=radio]";

/** The state of each field when it was sent last. */
const sent = new WeakMap<Element, string>();

let composing: EventTarget | null | undefined;

/** An input method is at work in the field of an event, or in none; writing to it would break the word off. */
export function compose(event?: Event): void {
  composing = event?.target;
}

/** Whether the element is an input, a textarea or a select. */
export function isField(element: Element): element is Field {
  return matches(element, FIELDS);
}

/** Takes down that the server knows this field as it is now. */
export function markSent(field: Element): void {
  if (!isField(field)) return;
  // Radio buttons of one name are one field.
  for (const one of [field, ...isRadio(field) ? radios() : []]) {
    if (one === field || (one.name === field.name && one.form === field.form)) sent.set(one, stateOf(one));
  }
}

function radios(): Field[] {
  return all(page("documentElement"), RADIOS);
}

/**
 * A form was submitted, and that went well: as after any submission, its fields show what the page says of them. What
 * was written since stays.
 */
export function showTruth(form: Element): void {
  for (const field of all<Field>(form, FIELDS)) {
    if (stateOf(field) === sent.get(field)) write(field, defaultOf(field));
  }
}

/** The state of a field, as text. */
function stateOf(field: Field): string {
  if (field.options) {
    return JSON.stringify(
      [...field.options].filter((option) => option.selected).map((option) => option.value),
    );
  }
  return isCheckable(field) ? `${field.checked}` : field.value;
}

/** The state that its markup gives to a field: that of a copy which has been reset. */
export function defaultOf(field: Field): string {
  if (isCheckable(field)) return `${field.defaultChecked}`;
  if (field.value === field.defaultValue) return field.value;
  const form = page("createElement").call(document, "form") as HTMLFormElement,
    copy = field.cloneNode(true) as Field;
  form.append(copy);
  form.reset();
  return stateOf(copy);
}

/** Whether the element is a checkbox or a radio button. */
export function isCheckable(field: Element): boolean {
  return matches(field, `input[type=checkbox],${RADIOS}`);
}

function write(field: Field, state: string): void {
  if (field === composing || field.type === "file" || stateOf(field) === state) return;
  if (field.options) {
    for (const option of field.options) option.selected = JSON.parse(state).includes(option.value);
  } else if (isCheckable(field)) field.checked = state === "true";
  else field.value = state;
}

/** A field as it was before a patch. Another name or type (its identity) makes it another field. */
export type Held = readonly [
  field: Field,
  form: HTMLFormElement | null,
  identity: string,
  base: string,
  mine: string,
];

/** The fields that the patch under way may have changed. */
const held = new Map<Element, Held>();

/** Whether all radio buttons are held; those that have come since are nobody's choice. */
let heldRadios = false;

function isRadio({ type }: Field): boolean {
  return type === "radio";
}

/**
 * Takes down the field that an element is or stands in, and those inside it that a selector names, before something is
 * done to them. With a radio button come all others, wherever they are: some are of its name.
 */
export function holdFields(root: Element, inside?: string): void {
  const fields = inside ? all<Field>(root, inside) : [];
  const around = closest(root, FIELDS);
  if (around) fields.push(around as Field);
  const late = heldRadios;
  heldRadios ||= fields.some(isRadio);
  if (heldRadios && !late) fields.push(...radios());
  for (const field of fields) {
    if (held.has(field) || !onPage(field) || (late && isRadio(field))) continue;
    held.set(field, [field, field.form, identityOf(field), defaultOf(field), stateOf(field)]);
  }
}

/**
 * At the end of a patch, brings the two sides of all held fields together: in the middle of it, one radio button may
 * have been chosen and the other not yet let go.
 */
export function settleFields(): void {
  const fields = [...held.values()], forms = fields.map(([, form]) => form);
  held.clear();
  heldRadios = false;
  // Radio buttons of one name are one field.
  Map.groupBy(
    fields,
    ([field, form, identity]) => /^radio ./.test(identity) ? forms.indexOf(form) + identity : field,
  ).forEach(settle);
}

function identityOf(field: Field): string {
  return `${field.type} ${field.name}`;
}

function settle(unit: readonly Held[]): void {
  const gone = ([field, , identity]: Held) => !onPage(field) || identityOf(field) !== identity;
  const touched = unit.some(([field, , , base, mine]) => mine !== base && mine !== sent.get(field));
  const news = unit.some(([field, , , base]) => defaultOf(field) !== base);
  // What the person had chosen is no longer on offer.
  const lost = unit.some((one) => one[4] === "true" && gone(one));
  if (news && touched && !unit.some(gone)) withCare((care) => care.tellConflict(unit));
  for (const one of unit) {
    const [field, , , , mine] = one;
    write(field, (news && !touched) || lost || gone(one) ? defaultOf(field) : mine);
  }
}
