/**
 * JSX → HTML, and what the page offers by it.
 *
 * @module
 */

import { options, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { OwnNames } from "./attribute_names.ts";
import type { Recorder } from "./binding.ts";
import { checkChild } from "./_child.ts";
import { guardComponent, guardInstance } from "./_component.ts";
import { guardElement, guardFragment, isFragment, type Node, unstamp } from "./_element.ts";
import { HeadList } from "./_head_list.ts";
import { guardIsland } from "./_island.ts";
import { forgetRoot, keyOf } from "./_key.ts";
import {
  guardRemembered,
  joinPage,
  leavePage,
  leavePlace,
  MEMORY,
  putBack,
  type Remembered,
} from "./_memo_render.ts";
import { noteHook } from "./_memo_notes.ts";
import { moveDepth, newRendering, seedId, within } from "./_rendering.ts";
import type { Html } from "./html.ts";

/** A page as HTML. */
export interface RenderedPage {
  /** What the page puts into the document's head. */
  readonly head: string;
  /** What it puts into the body. */
  readonly body: string;
}

/**
 * Renders a page, at once. Hooks and context work; what suspends does not.
 *
 * @param node what the page function returned
 * @param recorder is told what the page offers, in no particular order
 * @param attributes the app's names for attributes, where it has its own
 * @throws what a component throws, and TypeError for what cannot be written
 */
export function renderPage(node: Html, recorder: Recorder, attributes?: OwnNames): RenderedPage {
  checkChild(node);
  const head = new HeadList();
  const rendering = newRendering(recorder, head, attributes);
  try {
    const body = guarded(() => within(rendering, () => renderToString(node as unknown as VNode)));
    return { head: head.toString(), body };
  } finally {
    rendering.ids.end();
  }
}

/**
 * The names of Preact's hooks, as its own packages use them: root, before a vnode, before a component, at the end, in a
 * hook of a component.
 */
type Hooks = {
  __?: ((node: unknown, parent: unknown) => void) | undefined;
  __b?: ((node: Node) => void) | undefined;
  __r?: ((node: Node) => void) | undefined;
  __c?: ((node: unknown, queue: unknown) => void) | undefined;
  __h?: ((component: { readonly __v: Node }, index: number, type: number) => void) | undefined;
  errorBoundaries?: boolean | undefined;
};

/** The number that Preact gives `useId`. */
const useIdHook = 11;

const hooks = options as unknown as Hooks;
let before: Hooks | undefined;
let component: unknown;

// Others in the process render with Preact too: the hooks are ours only while a page of ours is rendered.
function guarded<T>(run: () => T): T {
  if (before !== undefined) return run();
  const { __, __b, __r, __c, __h, errorBoundaries } = hooks;
  before = { __, __b, __r, __c, __h, errorBoundaries };
  // What a boundary throws away has been recorded already, so that an error is the page's, not a part's.
  setHooks(enter, look, call, leave, hook, false);
  try {
    return run();
  } finally {
    setHooks(__, __b, __r, __c, __h, errorBoundaries);
    before = undefined;
    component = undefined;
    forgetRoot();
    unstamp();
    leavePage();
  }
}

// One by one: `Object.assign` takes ten times as long, and this is done twice in each render.
function setHooks(
  __: Hooks["__"],
  __b: Hooks["__b"],
  __r: Hooks["__r"],
  __c: Hooks["__c"],
  __h: Hooks["__h"],
  errorBoundaries: Hooks["errorBoundaries"],
): void {
  hooks.__ = __;
  hooks.__b = __b;
  hooks.__r = __r;
  hooks.__c = __c;
  hooks.__h = __h;
  hooks.errorBoundaries = errorBoundaries;
}

function enter(node: unknown, parent: unknown): void {
  moveDepth(1);
  joinPage((parent as { __k?: { __?: unknown } }).__k);
  before?.__?.(node, parent);
}

function leave(node: unknown, queue: unknown): void {
  moveDepth(-1);
  before?.__c?.(node, queue);
}

function look(node: Node): void {
  before?.__b?.(node);
  unstamp();
  putBack();
  const { type } = node;
  const key = keyOf(node);
  if (
    typeof type === "function" && !isFragment(type) && (type as Partial<Remembered>)[MEMORY] !== undefined
  ) {
    component = guardRemembered(node, type as Remembered, key);
    return;
  }
  leavePlace();
  if (typeof type === "string") guardElement(node, type, key);
  else if (isFragment(type)) guardFragment(node, key);
  else component = guardIsland(node, key) ?? guardComponent(node, key);
}

function hook(at: { readonly __v: Node }, index: number, type: number): void {
  noteHook(type);
  if (type === useIdHook) seedId(at.__v);
  before?.__h?.(at, index, type);
}

function call(node: Node): void {
  if (component !== undefined) {
    node.type = component;
    component = undefined;
  } else {
    guardInstance(node);
  }
  before?.__r?.(node);
}
