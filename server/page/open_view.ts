/**
 * From a page and a person to what the person is shown.
 *
 * @module
 */

import type { Topic } from "../bus/topic.ts";
import { HttpError } from "../http/error.ts";
import { readQuery } from "../http/query.ts";
import type { ContextParts } from "./context.ts";
import { deepFreeze } from "./frozen.ts";
import type { PlacedSlot } from "./live_slot.ts";
import type { Page } from "./page.ts";
import type { Renderer } from "./renderer.ts";
import type { SharedView } from "./shared_view.ts";
import type { SharedViews } from "./shared_views.ts";
import { fullBody, type Part, type PartsById, partsIn, type Render } from "./shown.ts";
import { hashBytes, hashPage, noParts } from "./view.ts";

/** What views are made with. */
export interface ViewMeans {
  readonly renderer: Renderer;
  readonly shared: SharedViews;
}

/** A page with its parts, as one person is shown it. */
export interface Opened {
  readonly render: Render;
  readonly parts: PartsById;
  /** The view that it shares with others, where its page has a `key`. */
  readonly shared: SharedView | undefined;
  /** Which version of that it is. */
  readonly at: number;
}

/**
 * Renders a page for a person; what others have been shown just now is not rendered again.
 *
 * @returns the response with which the page left, where it did
 * @throws HttpError 403 for topics that are not for this person; what the page throws
 */
export async function openView(
  page: Page,
  person: ContextParts,
  means: ViewMeans,
): Promise<Opened | Response> {
  const shared = page.options.key === undefined ? undefined : await findShared(page, person, means);
  let render: Render | Response, at = 0;
  if (shared === undefined) render = await means.renderer.render(page, person);
  else {
    const outcome = await shared.fresh();
    if ("left" in outcome) return outcome.left.clone();
    ({ render, version: at } = outcome);
    if (!await mayFollow(render.topics, person)) throw new HttpError(403, "This is not for you to see.");
  }
  if (render instanceof Response) return render;
  const parts = await renderParts(page, render.slots, person, means.renderer, () => undefined);
  return { render, parts, shared, at };
}

/** Names what is shown, so that another isolate finds out whether it would show the same. */
export async function hashOpened(opened: Opened): Promise<string> {
  const { render, shared, parts } = opened;
  if (shared === undefined) return await hashPage({ head: render.head, body: fullBody(opened) });
  // What many are shown is hashed once, from the bytes that they are sent.
  let hash = hashes.get(render);
  if (hash === undefined) {
    const pieces = [new TextEncoder().encode(`${render.head}\n`), ...shared.bytesOf(render, noParts)];
    hashes.set(render, hash = hashBytes(concat(pieces)));
  }
  if (parts.size === 0) return await hash;
  const inside = partsIn(render.slots, parts);
  return await hashPage({ head: await hash, body: JSON.stringify(Array.from(inside, ({ body }) => body)) });
}

function concat(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}

const hashes = new WeakMap<Render, Promise<string>>();

/**
 * The shared view that is a person's.
 *
 * @throws TypeError for a key that is no text; HttpError 400 for a query that cannot be read
 */
export async function findShared(
  page: Page,
  person: ContextParts,
  { shared }: ViewMeans,
): Promise<SharedView> {
  const { key: keyOf, query: schema } = page.options;
  const { url, params, session, user, values } = person;
  const query = schema === undefined ? undefined : await readQuery(schema, url.searchParams);
  const key = keyOf!({
    url,
    params,
    query: query ?? url.searchParams,
    session: deepFreeze(session),
    user,
    get: values.get,
  });
  if (typeof key !== "string") {
    throw new TypeError(
      `Cannot show ${page.path}: its key is ${key === null ? "null" : typeof key}, not a text.`,
    );
  }
  return shared.get(page, { params, query, key });
}

/** Whether a person may see changes of all of these. */
export async function mayFollow(
  topics: Iterable<Topic>,
  { user, values }: Pick<ContextParts, "user" | "values">,
): Promise<boolean> {
  for (const topic of topics) {
    const allowed = topic.allows({ user, verb: "subscribe", get: values.get });
    if (!(allowed === true || await allowed === true)) return false;
  }
  return true;
}

/**
 * Renders the parts in a page, and the parts in those.
 *
 * @param keep the part that is shown already, where it need not be rendered
 */
export async function renderParts(
  page: Page,
  slots: readonly PlacedSlot[],
  person: ContextParts,
  renderer: Renderer,
  keep: (slot: PlacedSlot) => Part | undefined,
): Promise<PartsById> {
  if (slots.length === 0) return noParts;
  const parts = new Map<string, Part>();
  const render = async (slots: readonly PlacedSlot[]): Promise<void> => {
    const rendered = await Promise.all(
      slots.map((slot) => keep(slot) ?? renderer.renderPart(page, slot, person)),
    );
    for (const part of rendered) {
      const { id } = part.slot;
      if (parts.has(id)) {
        throw new TypeError(`Cannot render <Live>: there is another with the id ${JSON.stringify(id)}.`);
      }
      parts.set(id, part);
    }
    for (const part of rendered) if (part.slots.length > 0) await render(part.slots);
  };
  await render(slots);
  return parts;
}
