/**
 * A form that is bound to an action: its fields have the names of the action's input, and say what was wrong with them.
 *
 * @module
 */

import { Binding, ITSELF } from "./binding.ts";
import type { Html } from "./html.ts";
import { jsx } from "./jsx_runtime.ts";

/** What was wrong with the fields of forms, by the id of the form, and by the way to the field: `lines.0.title`. */
export type FormErrors = ReadonlyMap<string, Readonly<Record<string, string>>>;

/** There is nothing wrong. */
export const noErrors: FormErrors = new Map();

/**
 * The actions of a reflex class, by name.
 *
 * @example
 * ```ts
 * import { action, Reflex } from "@argyle/argyle";
 * import type { FormAction } from "@argyle/argyle/types";
 * import { z } from "zod";
 * class Notes extends Reflex {
 *   add = action(z.object({ text: z.string() }), ({ text }) => text.length);
 * }
 * const name: FormAction<Notes> = "add"; // and no other
 * ```
 */
export type FormAction<R> = {
  [K in keyof R]: R[K] extends Bound ? K : never;
}[keyof R];

/**
 * What of an action a form is bound to: the type of its input.
 *
 * @example
 * ```ts
 * import { action } from "@argyle/argyle";
 * import type { Bound } from "@argyle/argyle/types";
 * import { z } from "zod";
 * const add: Bound<{ text: string }> = action(z.object({ text: z.string() }), () => {});
 * ```
 */
export interface Bound<Input = unknown> {
  /** Says what input reads. */
  readonly schema: unknown;
  /** Carries the type of the input; there is nothing at run time. */
  readonly "~types"?: { readonly input: Input; readonly result: unknown };
}

/**
 * The names that fields of an action's input may have: those of the input, and what lies in them, `lines[0][title]`.
 *
 * @example
 * ```ts
 * import { action, Reflex } from "@argyle/argyle";
 * import type { FieldName } from "@argyle/argyle/types";
 * import { z } from "zod";
 * class Orders extends Reflex {
 *   send = action(z.object({ to: z.string(), lines: z.array(z.object({ title: z.string() })) }), () => {});
 * }
 * const names: FieldName<Orders, "send">[] = ["to", "lines[0][title]"];
 * ```
 */
export type FieldName<R, K extends keyof R> = R[K] extends Bound<infer Input> ? unknown extends Input ? string
  : (keyof Input & string) | `${keyof Input & string}[${string}`
  : string;

/**
 * What a form may be told.
 *
 * @example
 * ```ts
 * import type { FormOptions } from "@argyle/argyle/types";
 * const third: FormOptions = { id: "edit-3" }; // of several forms with the same action
 * ```
 */
export interface FormOptions {
  /** The form's id, by which its errors find it; `form-` and the action's name where left out. One of its own for each. */
  readonly id?: string;
}

/**
 * The attributes of a field: spread them on an `input`, a `select` or a `textarea`.
 *
 * @example
 * ```tsx
 * import type { FieldAttributes } from "@argyle/argyle/types";
 * const Field = ({ label, attributes }: { label: string; attributes: FieldAttributes }) => (
 *   <label>{label} <input {...attributes} /></label>
 * );
 * const email = <Field label="E-mail" attributes={{ name: "email", id: "form-join-email" }} />;
 * ```
 */
export interface FieldAttributes {
  /** The name. */
  readonly name: string;
  /** For labels, and for patches. */
  readonly id: string;
  /** There is something wrong with it. */
  readonly "aria-invalid"?: "true";
  /** The id of the sentence that says what. */
  readonly "aria-describedby"?: string;
}

/**
 * What `form()` of a page's context gives: spread it on a form, `<form {...add}>`.
 *
 * @example
 * ```tsx
 * import { action, App, Reflex } from "@argyle/argyle";
 * import type { FormBinding } from "@argyle/argyle/types";
 * import { z } from "zod";
 * class Notes extends Reflex {
 *   add = action(z.object({ text: z.string().min(1) }), () => {});
 * }
 * const Field = ({ of }: { of: FormBinding<Notes, "add"> }) => <input {...of.field("text")} aria-label="Text" />;
 * ```
 */
export interface FormBinding<R, K extends keyof R> {
  /** The form's id. */
  readonly id: string;
  /** The attributes of one of its fields. */
  field(name: FieldName<R, K>): FieldAttributes;
  /**
   * What is wrong with a field, as `<span class="field-error" role="alert">`; of the form as a whole where no name is
   * given. Nothing where nothing is.
   */
  error(name?: FieldName<R, K>): Html;
}

/** Milliseconds of quiet before what was typed is checked. */
const QUIET = 300;

// The methods stand on the prototype, so that a spread copies the calls and the attributes, and nothing else.
class BoundForm extends Binding {
  readonly id: string;
  readonly #errors: Readonly<Record<string, string>>;

  constructor(owner: object, method: string, id: string, errors: Readonly<Record<string, string>>) {
    const names = { owner, method };
    super([
      { event: "submit", owner, method, args: [], options: { debounce: String(QUIET) } },
      { event: "input", owner: ITSELF, method: "check", args: [], names },
      { event: "change", owner: ITSELF, method: "check", args: [], names },
    ]);
    this.id = id;
    this.#errors = errors;
  }

  field(name: string): FieldAttributes {
    const id = this.#idOf(name);
    return this.#sentence(name) === undefined
      ? { name, id }
      : { name, id, "aria-invalid": "true", "aria-describedby": `${id}-error` };
  }

  error(name = ""): Html {
    const sentence = this.#sentence(name);
    if (sentence === undefined) return null;
    const props = {
      id: `${this.#idOf(name)}-error`,
      class: "field-error",
      role: "alert",
      children: sentence,
    };
    return jsx("span", props as never) as unknown as Html;
  }

  #sentence(name: string): string | undefined {
    const way = wayOf(name);
    return Object.hasOwn(this.#errors, way) ? this.#errors[way] : undefined;
  }

  #idOf(name: string): string {
    return name === "" ? this.id : `${this.id}-${wayOf(name).replaceAll(/[^\w-]+/g, "-")}`;
  }
}

/** The way to a field as issues have it: `lines[0][title]` is `lines.0.title`. */
export function wayOf(name: string): string {
  return name.replaceAll(/\[([^\]]*)\]/g, ".$1").replace(/\.+$/, "");
}

/**
 * Binds a form.
 *
 * @throws TypeError for an id that is none
 */
export function bindForm(
  owner: object,
  method: string,
  { id = `form-${method}` }: FormOptions,
  errors: FormErrors,
): BoundForm {
  if (!/^[A-Za-z][\w-]*$/.test(id)) {
    throw new TypeError(`Cannot bind a form: ${JSON.stringify(id)} is no id of letters, digits, - and _.`);
  }
  return new BoundForm(owner, method, id, errors.get(id) ?? nothing);
}

const nothing: Readonly<Record<string, string>> = {};
