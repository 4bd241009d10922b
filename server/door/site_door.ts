/**
 * Answers what the app itself has: its middleware, around its pages, and its own pages for what went wrong.
 *
 * @module
 */

import { ContextValues } from "../http/context.ts";
import { HttpError } from "../http/error.ts";
import { contentSecurityPolicy, makeNonce } from "../http/headers.ts";
import { runMiddleware } from "../http/middleware.ts";
import { redirect } from "../http/redirect.ts";
import { serveFiles } from "../http/static_files.ts";
import type { StaticFiles } from "../http/static_options.ts";
import { documentAround, islandsOf } from "../page/document.ts";
import { findPage, type Page, type PageError, type Untyped } from "../page/page.ts";
import { openView } from "../page/open_view.ts";
import { fullBody } from "../page/shown.ts";
import { visitState } from "../reflex/call.ts";
import { ownerOf } from "../reflex/person.ts";
import { BusyError, type Place } from "./admission.ts";
import { findDocs, serveDocs } from "./docs_door.ts";
import { failure, readFailure } from "./failure.ts";
import { elsewhere, handoverOf } from "./handover.ts";
import { type FoundPage, servePage } from "./page_door.ts";
import { noFlash } from "../session/flash.ts";
import type { Arrived, Parts, Site } from "./parts.ts";
import { servePost } from "./post_door.ts";
import { isMarked, withoutMark } from "./post_mark.ts";
import { servePublicPage } from "./public_door.ts";
import { findRoute, serveRoute } from "./route_door.ts";
import { recognise, type Visitor } from "./visitor.ts";
import { watchPage } from "./watched_page.ts";

/**
 * Answers a request. What a page or middleware throws is answered by the app's own page for it, where there is one.
 *
 * @throws HttpError 503 and 429, before any work is done, for what comes too often or while too many are here
 */
export async function serveSite(arrived: Arrived, parts: Parts): Promise<Response> {
  const place = parts.admission.come();
  try {
    return await serve(arrived, place, parts);
  } finally {
    place.leave();
  }
}

async function serve(arrived: Arrived, place: Place, parts: Parts): Promise<Response> {
  const { request, arrival: { url }, path } = arrived;
  const { middleware, files, pages } = parts.site;
  // Without middleware nobody asks who it is: no store, no cookie.
  if (middleware.length === 0) {
    const file = await findStatic(arrived, files);
    if (file !== undefined) return file;
  }
  if (isPage(arrived, parts.site)) place.enter();
  const visitor = await recognise(arrived, parts);
  let shared = false;
  const values = new ContextValues();
  const context = {
    request,
    id: arrived.id,
    url: new URL(findMarked(arrived, pages) === undefined ? url : withoutMark(url)),
    path,
    user: visitor.seen.user,
    sessionId: visitor.session.id,
    get: values.get,
    set: values.set,
  };
  // Whoever waits for a page has a route, or a file, loaded in full: nothing is to be run twice for that.
  const isVisit = handoverOf(request, parts) !== undefined;
  const next = async () => {
    const file = middleware.length === 0 ? undefined : await findStatic(arrived, files);
    if (file !== undefined) {
      shared = true;
      return file;
    }
    const docs = findDocs(arrived, parts);
    if (docs !== undefined) {
      if (isVisit) return elsewhere();
      await place.begin();
      return await serveDocs(arrived, docs, context, parts);
    }
    const form = findMarked(arrived, pages);
    if (form !== undefined) {
      if (request.method !== "POST") return redirect(pageAddress(arrived));
      await place.begin();
      return await servePost(arrived, form, visitor, values, parts);
    }
    const { found: route, methods } = findRoute(parts.site.routes, path, request.method);
    if (route !== undefined && isVisit) return elsewhere();
    if (route !== undefined) return await serveRoute(arrived, route, visitor, values, parts);
    const found = findPage(pages, path);
    // Browsers ask for it unasked; without an answer their console shows an error on every page.
    if (found === undefined && path === "/favicon.ico") return new Response(null, { status: 204 });
    const allow = [
      ...(found === undefined && methods.length > 0 ? [] : ["GET", "HEAD"]),
      ...methods,
      "OPTIONS",
    ].join(", ");
    if (found === undefined && methods.length === 0) throw new HttpError(404, "There is no such page.");
    if (request.method === "OPTIONS") return new Response(null, { status: 204, headers: { allow } });
    if (found === undefined || (request.method !== "GET" && request.method !== "HEAD")) {
      throw new HttpError(405, `This address answers to ${allow}.`, { headers: { allow } });
    }
    if (found.page.options.cache !== undefined && isVisit) return elsewhere();
    await place.begin();
    const { page } = found;
    if (page.options.cache === undefined) {
      return await watchPage(parts, page, visitor.visit, (work) => {
        return servePage(arrived, found, visitor, values, parts, work);
      });
    }
    shared = true;
    return await watchPage(parts, page, undefined, (work) => servePublicPage(arrived, found, parts, work));
  };
  let response: Response;
  try {
    response = await runMiddleware(middleware, context, next);
  } catch (error) {
    if (error instanceof BusyError) throw error;
    shared = false;
    response = await serveFailure(error, arrived, place, visitor, values, parts);
  }
  // A cache may give a file or a public page to everybody: it brings nobody's cookie.
  return shared ? response : withCookie(withCookie(response, visitor.setCookie), visitor.arrived);
}

// Whether it is sure, before anybody else was asked, that a page is wanted.
function isPage({ request: { method }, path }: Arrived, { middleware, files, routes, pages }: Site): boolean {
  if (method !== "GET" && method !== "HEAD") return false;
  // With middleware, files have not been looked for yet.
  if (middleware.length > 0 && files.some(({ prefix }) => path.startsWith(`${prefix}/`))) return false;
  return findRoute(routes, path, method).found === undefined && findPage(pages, path) !== undefined;
}

// The page that a form of its was posted to. Whoever asks for that address otherwise wants the page: a form that was not
// taken leaves it in the browser's address bar.
function findMarked(
  { request: { method }, arrival: { url }, path }: Arrived,
  pages: readonly Page[],
): FoundPage | undefined {
  if (!/^(GET|HEAD|POST)$/.test(method) || !isMarked(url)) return undefined;
  const found = findPage(pages, path);
  return found?.page.options.cache === undefined ? found : undefined;
}

function pageAddress({ arrival: { url } }: Arrived): string {
  const { pathname, search } = withoutMark(url);
  return `${pathname}${search}`;
}

async function findStatic(
  { request, path }: Arrived,
  all: readonly StaticFiles[],
): Promise<Response | undefined> {
  for (const files of all) {
    const response = await serveFiles(request, path, files);
    if (response !== undefined) return response;
  }
  return undefined;
}

async function serveFailure(
  thrown: unknown,
  arrived: Arrived,
  place: Place,
  visitor: Visitor,
  values: ContextValues,
  parts: Parts,
): Promise<Response> {
  const { request } = arrived;
  const error = readFailure(thrown, arrived, parts.log);
  const headers = thrown instanceof HttpError ? thrown.headers : {};
  const page = (error.status === 404 ? parts.site.notFound : undefined) ?? parts.site.onError;
  if (page === undefined || handoverOf(request, parts) !== undefined) {
    return failure(request, error, parts.base, headers);
  }
  try {
    await place.begin();
    return await showFailure(page, error, headers, arrived, visitor, values, parts);
  } catch (cause) {
    if (cause instanceof BusyError) return failure(request, error, parts.base, headers);
    parts.log.error("the app's own error page failed", cause, { request: arrived.id });
    return failure(request, error, parts.base, headers);
  }
}

// A page that only shows: what is not there has no state, and nothing to call.
async function showFailure(
  page: Page,
  error: PageError,
  more: Readonly<Record<string, string>>,
  { request, id, arrival, development }: Arrived,
  { session, seen }: Visitor,
  values: ContextValues,
  parts: Parts,
): Promise<Response> {
  const opened = await openView(page, {
    owner: `${ownerOf(session.id, seen)} ${arrival.url.href}`, // it has no path of its own
    url: new URL(arrival.url),
    params: {},
    session: await parts.values.read(seen.values) as Untyped,
    state: visitState(seen, page),
    user: seen.user,
    flash: noFlash, // it waits for a page that is one
    values,
    error,
  }, parts);
  if (opened instanceof Response) {
    throw new TypeError("Cannot show an error: its page left with a response.");
  }
  const nonce = makeNonce();
  const headers = {
    ...more,
    "content-type": "text/html; charset=utf-8",
    "cache-control": "private, no-store",
    "content-security-policy": contentSecurityPolicy(nonce, arrival.secure),
  };
  const body = fullBody(opened), islands = islandsOf(parts.renderer.hasIslands, () => [body]);
  const { base, lang, scripts: { hash } } = parts, dev = development ? { request: id } : undefined;
  const around = { base, nonce, lang, islands, hash, dev };
  const { before, after } = documentAround(opened.render.head, undefined, around);
  const document = before + body + after;
  return new Response(request.method === "HEAD" ? null : document, { status: error.status, headers });
}

function withCookie(response: Response, setCookie: string | undefined): Response {
  if (setCookie === undefined) return response;
  const headers = new Headers(response.headers);
  const said = headers.get("cache-control");
  // A cache may give to everybody what does not say that it is one person's: that brings nobody's cookie.
  if (said !== null && !/\b(private|no-store)\b/i.test(said)) return response;
  if (said === null) headers.set("cache-control", "private, no-store");
  // A login has told the browser its session itself.
  const name = setCookie.slice(0, setCookie.indexOf("=") + 1);
  if (headers.getSetCookie().some((cookie) => cookie.startsWith(name))) return response;
  headers.append("set-cookie", setCookie);
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}
