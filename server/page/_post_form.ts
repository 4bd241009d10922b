/**
 * What a form with a reflex has besides, so that a browser without our script posts it.
 *
 * @module
 */

import { Attribute, type Json } from "../../protocol/mod.ts";
import { escapeHtml } from "./_escape.ts";
import { ReflexAttribute } from "./_reflex.ts";
import { currentAttributes, currentRendering } from "./_rendering.ts";
import { postAction } from "./post_target.ts";
import { tagAttributes } from "./tag_attributes.ts";

/** The attributes of such a form. */
export interface PostAttributes {
  readonly method: "post";
  readonly action: string;
}

// A submission that happens in the form itself, whatever else is said of it.
const submits = /^submit(?:\.(?:prevent|stop|once|self))*->([A-Za-z0-9_$.]+#[A-Za-z0-9_$]+)$/;

/**
 * The attributes of a form.
 *
 * @param reflex the value of its `data-reflex`
 * @param args the value of its `data-reflex-args`
 * @param id its id
 * @returns `undefined` where submitting it makes no call
 */
export function postAttributes(
  reflex: string,
  args: string | undefined,
  id: string | undefined,
): PostAttributes | undefined {
  const tokens = reflex.match(/\S+/g) ?? [];
  for (const [i, token] of tokens.entries()) {
    const [, target] = submits.exec(token) ?? [];
    // What is the framework's own is not for a form to post.
    if (target === undefined || target.startsWith("$")) continue;
    const list = args === undefined ? [] : (JSON.parse(args) as Json[][])[i] ?? [];
    return { method: "post", action: postAction({ target, args: list, id }) };
  }
  return undefined;
}

/** Whether a form is sent somewhere by itself: that is left as it is. */
export function isSentElsewhere(props: { readonly [name: string]: unknown }): boolean {
  return Object.entries(props).some(([name, value]) =>
    /^(action|method)$/i.test(name) && value !== undefined && value !== null && value !== false
  );
}

/**
 * The place behind the attributes of a form in a template. What stands there is known when all of them are: when the
 * template is written.
 */
export class FormHole {
  readonly #text: string;
  readonly #holes: readonly number[];
  readonly #values: readonly unknown[];

  /**
   * @param text the form's static attributes, as HTML
   * @param holes which of the values are attributes of it
   * @param values all of the template
   */
  constructor(text: string, holes: readonly number[], values: readonly unknown[]) {
    this.#text = text;
    this.#holes = holes;
    this.#values = values;
  }

  [Symbol.toPrimitive](): string {
    if (currentRendering() === undefined) return "";
    const { reflex, args } = currentAttributes() ?? Attribute;
    const written = this.#holes.map((hole) => this.#values[hole])
      .filter((value) => typeof value === "string" || value instanceof ReflexAttribute);
    const attributes = tagAttributes(`<form${this.#text}${written.map(String).join("")}>`);
    if (attributes.has("action") || attributes.has("method")) return "";
    const post = postAttributes(attributes.get(reflex) ?? "", attributes.get(args), attributes.get("id"));
    return post === undefined ? "" : ` method="post" action="${escapeHtml(post.action)}"`;
  }
}
