/**
 * Answers GET and HEAD of the documentation of an app's events: `/asyncapi.json` for programs, `/asyncapi` for people.
 *
 * @module
 */

import { asyncApi } from "../events/asyncapi.ts";
import type { AsyncApi } from "../events/asyncapi_types.ts";
import { docsPage } from "../events/docs_page.tsx";
import { ServedEvents } from "../events/served_events.ts";
import { ContextValues } from "../http/context.ts";
import { HttpError } from "../http/error.ts";
import { contentSecurityPolicy, makeNonce } from "../http/headers.ts";
import type { RequestContext } from "../http/middleware.ts";
import { wordsOf } from "../observe.ts";
import { clientPath, documentAround } from "../page/document.ts";
import { noFlash } from "../session/flash.ts";
import type { Arrived, Parts } from "./parts.ts";

/** Where people find it, and programs. */
const PAGE = "/asyncapi", JSON_PATH = "/asyncapi.json";

/** Endpoints whose documentation is asked for. */
export type FoundDocs = readonly ServedEvents[];

/**
 * Whether a request asks for the documentation, and there is one: the app has endpoints of events, no page or route of its
 * own at this very path, and a developer asks or somebody has said who may. Where not, there is no such page.
 */
export function findDocs({ path, development }: Arrived, { site, docs }: Parts): FoundDocs | undefined {
  if (path !== PAGE && path !== JSON_PATH) return undefined;
  if (!development && docs.options.authorize === undefined) return undefined;
  const isTaken = site.pages.some((page) => page.path === path) ||
    site.routes.some(({ pattern }) => pattern.pathname === path);
  const found = site.endpoints.filter((endpoint) => endpoint instanceof ServedEvents);
  return isTaken || found.length === 0 ? undefined : found;
}

/**
 * Serves it. A developer on this machine is not asked who they are.
 *
 * @throws HttpError 405 for another method, 403 for who may not see it, 504 where that takes too long
 */
export async function serveDocs(
  arrived: Arrived,
  endpoints: FoundDocs,
  context: RequestContext,
  parts: Parts,
): Promise<Response> {
  const { request, arrival: { url, secure }, path } = arrived;
  if (request.method !== "GET" && request.method !== "HEAD") {
    throw new HttpError(405, "This address answers to GET, HEAD.", { headers: { allow: "GET, HEAD" } });
  }
  if (!arrived.development && !await isAllowed(context, parts)) {
    throw new HttpError(403, "You may not see the documentation.");
  }
  const document = asyncApi(endpoints, {
    title: parts.docs.title,
    base: parts.base,
    host: url.host,
    secure,
    options: parts.docs.options,
    failed: (vendor, error) => {
      parts.log.warn("a schema does not say what it is: its JSON Schema could not be had", {
        vendor,
        error: error instanceof Error ? error.message : wordsOf(error),
      });
    },
  });
  if (path === PAGE) return await page(arrived, document, parts);
  const headers = {
    "content-type": "application/json; charset=utf-8",
    "cache-control": "private, no-store",
  };
  return new Response(JSON.stringify(document, null, 2), { headers });
}

async function page({ arrival }: Arrived, document: AsyncApi, parts: Parts): Promise<Response> {
  const component = docsPage({
    document,
    script: `${parts.base}${clientPath("console", parts.scripts.hash)}`,
    json: `${parts.base}${JSON_PATH}`,
  });
  const shown = { path: PAGE, pattern: anywhere, component: () => component, layouts: [], options: {} };
  const rendered = await parts.renderer.render(shown, {
    owner: arrival.url.href,
    url: new URL(arrival.url),
    params: {},
    session: {},
    state: {},
    user: undefined,
    flash: noFlash,
    values: new ContextValues(),
  });
  if (rendered instanceof Response) throw new TypeError("Cannot show the documentation: its page has left.");
  const nonce = makeNonce();
  const { before, after } = documentAround(rendered.head, undefined, { base: parts.base, nonce, lang: "en" });
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "private, no-store",
    "content-security-policy": contentSecurityPolicy(nonce, arrival.secure),
  };
  return new Response(before + rendered.body + after, { headers });
}

// It is found by its address alone.
const anywhere = new URLPattern();

// Only `true` lets anybody see it: what user code forgot to await, or to compare, is no yes.
async function isAllowed(
  context: RequestContext,
  { docs, clock, limits: { load: ms } }: Parts,
): Promise<boolean> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(ms, () => {
    reject(new HttpError(504, "It could not be found out in time whether you may see the documentation."));
  });
  try {
    return await Promise.race([docs.options.authorize?.(context), late]) === true;
  } finally {
    cancel();
  }
}
