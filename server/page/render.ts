/**
 * JSX → HTML, and what the page offers by it.
 *
 * @module
 */

import { options, type VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { Recorder } from "./binding.ts";
import { checkChild } from "./_child.ts";
import { guardComponent, guardElement, guardFragment, isFragment, type Node } from "./_element.ts";
import { HeadList } from "./_head_list.ts";
import { moveDepth, within } from "./_rendering.ts";
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
 * @throws what a component throws, and TypeError for what cannot be written
 */
export function renderPage(node: Html, recorder: Recorder): RenderedPage {
  checkChild(node);
  const head = new HeadList();
  const body = guarded(() =>
    within({ recorder, head, depth: 0, own: 1 }, () => renderToString(node as unknown as VNode))
  );
  return { head: head.toString(), body };
}

/** The names of Preact's hooks, as its own packages use them: root, before a vnode, before a component, at the end. */
type Hooks = {
  __?: ((node: unknown, parent: unknown) => void) | undefined;
  __b?: ((node: Node) => void) | undefined;
  __r?: ((node: Node) => void) | undefined;
  __c?: ((node: unknown, queue: unknown) => void) | undefined;
  errorBoundaries?: boolean | undefined;
};

const hooks = options as unknown as Hooks;
let before: Hooks | undefined;
let component: unknown;

// Others in the process render with Preact too: the hooks are ours only while a page of ours is rendered.
function guarded<T>(run: () => T): T {
  if (before !== undefined) return run();
  const { __, __b, __r, __c, errorBoundaries } = hooks;
  before = { __, __b, __r, __c, errorBoundaries };
  // What a boundary throws away has been recorded already, so that an error is the page's, not a part's.
  Object.assign(hooks, { __: enter, __b: look, __r: call, __c: leave, errorBoundaries: false });
  try {
    return run();
  } finally {
    Object.assign(hooks, before);
    before = undefined;
    component = undefined;
  }
}

function enter(node: unknown, parent: unknown): void {
  moveDepth(1);
  before?.__?.(node, parent);
}

function leave(node: unknown, queue: unknown): void {
  moveDepth(-1);
  before?.__c?.(node, queue);
}

function look(node: Node): void {
  before?.__b?.(node);
  const { type } = node;
  if (typeof type === "string") guardElement(node, type);
  else if (isFragment(type)) guardFragment(node);
  else component = guardComponent(node);
}

function call(node: Node): void {
  if (component !== undefined) {
    node.type = component;
    component = undefined;
  }
  before?.__r?.(node);
}
