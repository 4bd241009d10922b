/**
 * `data-reflex`: what an element offers by its markup.
 *
 * @module
 */

import { Attribute } from "../../protocol/mod.ts";
import type { OwnNames } from "./attribute_names.ts";
import { describe } from "./_child.ts";
import { unescapeHtml } from "./_escape.ts";
import { currentAttributes, currentRendering } from "./_rendering.ts";

const token = /^([A-Za-z][\w:.+-]*)(?:->([A-Za-z0-9_$.]+#[A-Za-z0-9_$]+))?$/;

/** Words that may stand behind an event, besides the names of keys behind those of the keyboard. */
const word = /^(prevent|stop|once|self|outside|window|document)$/;

/** Events of the browser's own that have no dot in their names, so that a word behind one is a word. */
const native =
  /^(click|dblclick|auxclick|contextmenu|submit|reset|input|beforeinput|change|invalid|select|focus|blur|focusin|focusout|mouse\w+|pointer\w+|touch\w+|wheel|scroll|scrollend|resize|drag\w*|drop|copy|cut|paste)$/;

const known = new Map<string, readonly string[]>();
const remembered = 1000;

/**
 * The targets, `Class#method`, of a value of `data-reflex`.
 *
 * @throws TypeError that names the token which is none
 */
export function reflexTargets(value: unknown, element?: string): readonly string[] {
  if (typeof value !== "string") throw refusal(`it is text, not ${describe(value)}`, element);
  const before = known.get(value);
  if (before !== undefined) return before;
  const targets = value.split(/\s+/).filter((part) => part !== "").map((part) => {
    checkToken(part, element);
    return token.exec(part)?.[2] ?? Attribute.refresh;
  });
  // A row offers what the row above offers; a value that comes from outside is not kept for ever.
  if (known.size < remembered && value.length < 200) known.set(value, targets);
  return targets;
}

/**
 * Refuses what is not one token: `event->Class#method`, or an event alone, which brings the page up to date.
 *
 * @throws TypeError that names it
 */
export function checkToken(text: string, element?: string): void {
  const [, event] = token.exec(text) ?? [];
  const said = JSON.stringify(text.slice(0, 80));
  if (event === undefined) throw refusal(`${said} is not of the form event->Class#method`, element);
  const [name = "", ...words] = event.split(".");
  const unknown = native.test(name) ? words.find((one) => !word.test(one)) : undefined;
  if (unknown === undefined) return;
  throw refusal(
    `${said} has the word ${unknown}; there are prevent, stop, once, self, outside, window and document`,
    element,
  );
}

function refusal(why: string, element?: string): TypeError {
  const where = element === undefined ? "" : ` on <${element}>`;
  const { reflex } = currentAttributes() ?? Attribute;
  return new TypeError(`Cannot write ${reflex}${where}: ${why}.`);
}

/** The error of whoever writes arguments without a render. */
export function argsRefusal(name: string, element?: string): TypeError {
  const where = element === undefined ? "" : ` on <${element}>`;
  return new TypeError(`Cannot write ${name}${where} by hand: use on().`);
}

/** Records what a value of `data-reflex` offers: calls without arguments. */
export function offerTargets(targets: readonly string[]): void {
  if (targets.length === 0) return;
  const rendering = currentRendering();
  // Where no page of ours is being written there is nothing to record.
  if (rendering === undefined || rendering.offered === targets) return;
  rendering.offered = targets;
  for (const target of targets) rendering.recorder.offer(target, []);
}

/**
 * Records what is offered in the holes of a template, in an app with names of its own. They were written by code that
 * does not know of the app.
 *
 * @param holes which of the values are attributes
 */
export function offerHoles(holes: readonly number[], values: readonly unknown[], own: OwnNames): void {
  for (const hole of holes) {
    const value = values[hole];
    if (typeof value !== "string" || !value.startsWith(" data-")) continue;
    const [, name = "", text = ""] = /^ ([^=]+)="([^"]*)"$/.exec(value) ?? [];
    if (name.toLowerCase() === own.args) throw argsRefusal(name);
    if (name.toLowerCase() === own.reflex) offerTargets(reflexTargets(unescapeHtml(text)));
  }
}

/**
 * A `data-reflex` in a hole of a template. The renderer makes a string of it when it writes the template, and not
 * before: that is the moment at which the page offers it, and at which it shows whose page it is.
 */
export class ReflexAttribute {
  readonly #value: unknown;
  readonly #html: string;

  /** @param html as it is written */
  constructor(value: unknown, html: string) {
    this.#value = value;
    this.#html = ` ${html}`;
  }

  [Symbol.toPrimitive](): string {
    const own = currentAttributes();
    // Where it has another name, the page offers that by `offerHoles`, and this is nothing special.
    if (own === undefined || own.reflex === Attribute.reflex) offerTargets(reflexTargets(this.#value));
    return this.#html;
  }
}
