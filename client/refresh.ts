/**
 * Getting the page's own URL again: the answer to every doubt about what the page shows.
 *
 * @module
 */

import { VISIT_HEADER } from "../protocol/markers.ts";
import type { Environment } from "./environment.ts";
import type { PageData } from "./page.ts";
import { fill, inertDocument, pageData, scriptIn, sweep } from "./core.ts";

/** The page, loaded again. */
export interface Fresh {
  readonly data: PageData;
  readonly head: Element;
  readonly body: Element;
}

/** The page; or `after` how many milliseconds at least to try again; or nothing: it is another page by now. */
export type Refresh = Fresh | { readonly after: number } | undefined;

/** A request that ends, after 15 seconds at the latest. Undefined when there was no answer. */
export async function request(
  env: Environment,
  url: string,
  init: RequestInit,
  controller: AbortController = new AbortController(),
): Promise<[response: Response, text: string] | undefined> {
  const patience = 15_000;
  const cancel = env.clock.after(patience, () => controller.abort());
  try {
    const response = await env.fetch(url, { ...init, signal: controller.signal });
    return [response, await response.text()];
  } catch {
    return undefined; // no network, no server, or not in time: one and the same to the caller
  } finally {
    cancel();
  }
}

/** Gets the page again; with a token as the same visit. */
export async function refresh(
  env: Environment,
  token: string | undefined,
  controller: AbortController,
): Promise<Refresh> {
  const { href } = env.location;
  const headers: Record<string, string> = { accept: "text/html" };
  if (token !== undefined) headers[VISIT_HEADER] = token;
  // A redirect may lead to another origin, where only the person can follow.
  const answer = await request(env, href, { headers, cache: "no-store", redirect: "manual" }, controller);
  if (!answer) return { after: 0 };
  const [{ status, ok, headers: said }, text] = answer;
  if (status >= 500 || status === 429) return { after: (Number(said.get("retry-after")) || 0) * 1000 };
  if (!ok) return undefined;
  const root = fill(inertDocument().createElement("html"), text);
  const [head, body] = root.children;
  const script = scriptIn(head);
  if (!head || !body || !script) return undefined;
  const data = pageData(script);
  sweep(root);
  return { data, head, body };
}
