/**
 * Writes islands: the element, with what the browser needs to bring it to life, and in it what the component shows.
 *
 * @module
 */

import { createElement, Fragment } from "preact";
import { jsx } from "preact/jsx-runtime";
import { type IslandFacts, islandOf, nameOfComponent } from "../../islands/island.ts";
import { currentPlace } from "../../islands/placing.ts";
import { writeProps } from "../../islands/props.ts";
import type { Json } from "../../protocol/frames.ts";
import { IslandMark } from "../../protocol/markers.ts";
import { BINDING, type Recorder } from "./binding.ts";
import type { Node, Props } from "./_element.ts";
import { keyAttribute } from "./_key.ts";
import { Written } from "./_memo_cache.ts";
import { noteAnew, type Offered } from "./_memo_notes.ts";
import { ownProps, renderBelow } from "./_memo_render.ts";
import { currentRendering, isInIsland, newRendering, type Rendering } from "./_rendering.ts";

/** Of the island that was looked at last. Between that and its call nothing else is looked at. */
let called: unknown;

/**
 * Puts an island aside, so that it is written in its place.
 *
 * @param key of the keyed child that it is, if it is one
 * @returns what to put back before it runs; `undefined` for what is no island here: in another one it is a component
 */
export function guardIsland(node: Node, key: unknown): unknown {
  const { type } = node;
  if (currentRendering() === undefined || isInIsland() || islandOf(type as object) === undefined) {
    return undefined;
  }
  called = key;
  node.type = callIsland;
  return type;
}

function callIsland(this: { readonly __v: Node }, props: Props, context: object): unknown {
  const key = called, node = this.__v, rendering = currentRendering()!;
  // Its place is in what is written; and what is in it is not the string's of whoever remembers what is around it.
  noteAnew();
  const html = write({ node, key, props, context, rendering }, islandOf(node.type as object)!);
  return jsx(Fragment as never, new Written(html) as never);
}

/** An island where it stands. */
interface Standing {
  readonly node: Node;
  readonly key: unknown;
  readonly props: Props;
  readonly context: object;
  readonly rendering: Rendering;
}

function write(standing: Standing, { module, component, when }: IslandFacts): string {
  const name = nameOfComponent(component), place = currentPlace();
  if (place === undefined) {
    throw new TypeError(
      `Cannot render the island ${name}: nothing here says where browsers find its module.`,
    );
  }
  const { node, key, props, rendering } = standing;
  if (props[BINDING] !== undefined) {
    throw new TypeError(`Cannot send on(…) to the island ${name}: spread it on an element.`);
  }
  const { children, ...given } = ownProps(props);
  const text = writeProps(given, name);
  const slot = writeSlot(standing, children, name);
  const mask: [number, number] = [rendering.ids.take(node), 0];
  const shown = writeInside(standing, { component, given, slot, mask, name });
  const ids = mask[1] === 0 ? "" : ` ${IslandMark.ids}="${mask[0]}"`;
  const moment = when === "load" ? "" : ` ${IslandMark.when}='${quoted(when)}'`;
  const said = rendering.recorder.islands?.development ? ` ${IslandMark.error}` : "";
  return `<${IslandMark.element}${keyAttribute(key)} ${IslandMark.name}='${
    quoted(place.moduleOf(module))
  }'${moment} ${IslandMark.props}='${quoted(text)}'${ids}${said}${noBox}>${shown}</${IslandMark.element}>`;
}

const noBox = ' style="display:contents"';

/** What the page shows in the island: an element of its own, with an id by which patches find it. */
interface Slot {
  readonly open: string;
  readonly rest: string;
}

function writeSlot(
  { node, context, rendering }: Standing,
  children: unknown,
  name: string,
): Slot | undefined {
  if (children === undefined || children === null || typeof children === "boolean") return undefined;
  if (typeof children === "function") {
    throw new TypeError(`Cannot send props.children to the island ${name}: a function.`);
  }
  const { recorder, head, attributes, ids } = rendering;
  const id = ids.name(node);
  const html = renderBelow(
    node,
    createElement(Fragment, null, children as never),
    context,
    newRendering(recorder, head, attributes, ids),
  );
  return { open: `<${IslandMark.slot} id="${id}"`, rest: `>${html}</${IslandMark.slot}>` };
}

// What the component shows; or what has happened to it, where that may be seen. The rest of the page lives.
function writeInside(
  { node, context, rendering }: Standing,
  { component, given, slot, mask, name }: {
    component: IslandFacts["component"];
    given: Props;
    slot: Slot | undefined;
    mask: [number, number];
    name: string;
  },
): string {
  const children = slot && jsx(Fragment as never, new Written(`${slot.open}${noBox}${slot.rest}`) as never);
  const inner = createElement(component as never, { ...given, children } as never);
  // Its ids count on this, as they do in the browser.
  (inner as { __m?: [number, number] }).__m = mask;
  const offered = new StagedOffers(rendering.recorder);
  const within = newRendering(offered, noHead, rendering.attributes, rendering.ids, true);
  let html = "";
  try {
    html = renderBelow(node, inner, context, within);
    offered.tell();
  } catch (error) {
    mask[1] = 0;
    html = rendering.recorder.islands?.failed(error, name) ?? "";
  }
  if (slot === undefined) return html;
  const times = html.split(slot.open).length - 1;
  if (times > 1) throw new TypeError(`Cannot render the island ${name}: it shows its children twice.`);
  // Where it does not show them now it may do so later, in the browser.
  return times === 1 ? html : `${html}${slot.open} hidden${slot.rest}`;
}

const noHead = {
  add(): void {
    throw new TypeError("Cannot render <Head> in an island: it is the page's.");
  },
};

/** What an island offers counts when all of it is written. */
class StagedOffers implements Recorder {
  readonly #outer: Recorder;
  readonly #offers: Offered[] = [];

  constructor(outer: Recorder) {
    this.#outer = outer;
  }

  nameOf(owner: object): string {
    return this.#outer.nameOf(owner);
  }

  offer(target: string, args: readonly Json[]): void {
    this.#offers.push({ target, args: structuredClone(args) });
  }

  tell(): void {
    for (const { target, args } of this.#offers) this.#outer.offer(target, args);
  }
}

/** A text between single quotes: JSON is full of the others. */
function quoted(text: string): string {
  return text.replace(/[&<']/g, (letter) => letter === "&" ? "&amp;" : letter === "<" ? "&lt;" : "&#39;");
}
