/**
 * `data-reflex`: what an element offers by its markup.
 *
 * @module
 */

import { Attribute } from "../../protocol/mod.ts";
import { describe } from "./_child.ts";
import { escapeHtml } from "./_escape.ts";
import { currentRendering } from "./_rendering.ts";

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
  return new TypeError(`Cannot write ${Attribute.reflex}${where}: ${why}.`);
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
 * A `data-reflex` in a hole of a template. The renderer makes a string of it when it writes the template, and not
 * before: that is the moment at which the page offers it.
 */
export class ReflexAttribute {
  readonly #targets: readonly string[];
  readonly #html: string;

  constructor(value: string) {
    this.#targets = reflexTargets(value);
    this.#html = ` ${Attribute.reflex}="${escapeHtml(value)}"`;
  }

  [Symbol.toPrimitive](): string {
    offerTargets(this.#targets);
    return this.#html;
  }
}
