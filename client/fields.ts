/**
 * What a person has typed or chosen and what the server says, brought together: for each field there is what it said
 * before (base), what the person made of it (mine) and what it says now (theirs). Theirs is news when it differs from
 * base; it wins when the person has not touched the field, or has sent it since. Else mine stays.
 *
 * @module
 */

import { all, matches, onPage, page } from "./dom.ts";

/** An input, a textarea (`checked` is not for it) or a select (only it has `options`). */
type Field = HTMLInputElement & { readonly options?: HTMLOptionsCollection };

const FIELDS = "input,textarea,select";

/** The state of each field when it was sent last. */
const sent = new WeakMap<Element, string>();

let composing: EventTarget | null = null;

/** The field in which an input method is at work; writing to it would break the word off. */
export function compose(field: EventTarget | null): void {
  composing = field;
}

/** Whether the element is an input, a textarea or a select. */
export function isField(element: Element): element is Field {
  return matches(element, FIELDS);
}

/** Takes down that the server knows this field as it is now. */
export function markSent(field: Element): void {
  if (!isField(field)) return;
  // Radio buttons of one name are one field.
  const group = field.type === "radio" ? all<HTMLInputElement>(page("documentElement"), "[type=radio]") : [];
  for (const one of [field, ...group]) {
    if (one === field || (one.name === field.name && one.form === field.form)) sent.set(one, stateOf(one));
  }
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
function defaultOf(field: Field): string {
  if (!isCheckable(field) && field.value === field.defaultValue) return field.value;
  const form = page("createElement").call(document, "form") as HTMLFormElement,
    copy = field.cloneNode(true) as Field;
  form.append(copy);
  form.reset();
  return stateOf(copy);
}

/** Whether the element is a checkbox or a radio button. */
export function isCheckable(field: Element): boolean {
  return matches(field, "input[type=checkbox],input[type=radio]");
}

function write(field: Field, state: string): void {
  if (field === composing || field.type === "file" || stateOf(field) === state) return;
  if (field.options) {
    for (const option of field.options) option.selected = JSON.parse(state).includes(option.value);
  } else if (isCheckable(field)) field.checked = state === "true";
  else field.value = state;
}

/** What a field was before a morph. */
interface Before {
  readonly field: Field;
  /** Another name or type makes it another field. */
  readonly identity: string;
  readonly base: string;
  readonly mine: string;
}

/** Takes down every field of an element; what it returns brings the two sides together after the morph. */
export function holdFields(root: Element): () => void {
  const fields = all<Field>(root, FIELDS);
  if (isField(root)) fields.push(root);
  const forms = [...new Set(fields.map((field) => field.form))];
  const units = Map.groupBy(
    fields.map((field): Before => (
      { field, identity: identityOf(field), base: defaultOf(field), mine: stateOf(field) }
    )),
    // Choosing one radio button is letting go of another.
    (before) => {
      const { form, name, type } = before.field;
      return type === "radio" && name ? forms.indexOf(form) + name : before;
    },
  );
  return () => units.forEach(settle);
}

function identityOf(field: Field): string {
  return `${field.type} ${field.name}`;
}

function settle(unit: readonly Before[]): void {
  const stays = ({ field, identity }: Before) => onPage(field) && identityOf(field) === identity;
  const touched = unit.some(({ field, base, mine }) => mine !== base && mine !== sent.get(field));
  const news = unit.some(({ field, base }) => defaultOf(field) !== base);
  // What the person had chosen is no longer on offer.
  const lost = unit.some((before) => before.mine === "true" && !stays(before));
  for (const before of unit) {
    const theirs = (news && !touched) || lost || !stays(before);
    write(before.field, theirs ? defaultOf(before.field) : before.mine);
  }
}
