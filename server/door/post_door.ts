/**
 * Answers a form that was posted to a page by a browser without our script: its reflex runs as a call on a socket does,
 * and the browser is led to the page, or shown it again with what was wrong.
 *
 * @module
 */

import { readClientFrame } from "../../protocol/codec.ts";
import { type ErrorCode, WireError } from "../../protocol/errors.ts";
import type { CallFrame, ElementData } from "../../protocol/frames.ts";
import { Attribute, POST_PARAM } from "../../protocol/markers.ts";
import { readForm } from "../http/body.ts";
import type { ContextValues } from "../http/context.ts";
import { HttpError } from "../http/error.ts";
import { type FormErrors, noErrors } from "../page/form.ts";
import { type Opened, openView } from "../page/open_view.ts";
import { type Fields, formAttributes, withPosted } from "../page/posted_form.ts";
import { readPostTarget } from "../page/post_target.ts";
import { fullBody } from "../page/shown.ts";
import { sentencesOf } from "../reflex/form_check.ts";
import { Person } from "../reflex/person.ts";
import { type PostOutcome, runPosted } from "../reflex/posted.ts";
import { packHeaders } from "../socket/told_headers.ts";
import { type FoundPage, servePage, withHeaders } from "./page_door.ts";
import type { Arrived, Parts } from "./parts.ts";
import { withoutMark } from "./post_mark.ts";
import { redeem } from "./ticket_door.ts";
import type { Visitor } from "./visitor.ts";

/** Bytes of a body for each that its call may have: what is not ASCII takes three in a form's own coding, and a little more
 * around each field. */
const CODING = 4;

/** The statuses of what a person can mend, or has to know. */
const statuses: Partial<Record<ErrorCode, number>> = {
  invalid: 422,
  halted: 409,
  forbidden: 403,
  stale: 409,
  unknown_reflex: 409,
  expired: 409,
  malformed: 400,
  too_large: 413,
  busy: 503,
  unavailable: 503,
};

/** What was posted, read. */
interface Posted {
  /** What the form's address says. */
  readonly mark: string;
  readonly id: string | undefined;
  readonly target: string;
  readonly args: readonly unknown[];
  readonly fields: Fields;
}

/**
 * Takes a form.
 *
 * @param arrived the request; its URL is the page's, with the mark
 * @throws HttpError for what is no form of ours or too much of one; what the page throws
 */
export async function servePost(
  arrived: Arrived,
  found: FoundPage,
  visitor: Visitor,
  values: ContextValues,
  parts: Parts,
): Promise<Response> {
  const clean = withoutMark(arrived.arrival.url);
  const elsewhere = queryBefore(arrived, clean);
  if (elsewhere === undefined) checkRate(visitor, parts);
  // Read in any case: a connection with an unread body is closed, and a browser may not hear why.
  const posted = await readPosted(arrived, parts);
  if (elsewhere !== undefined) return lead(elsewhere, 307);
  const at = { ...arrived, arrival: { ...arrived.arrival, url: clean } };
  const page = new PostedPage(at, found, visitor, values, parts, posted);
  return await page.answer();
}

function checkRate({ session }: Visitor, { posts }: Parts): void {
  const wait = posts.take(session.id);
  if (wait === 0) return;
  throw new HttpError(429, "This was sent too often. Please wait a moment.", {
    headers: { "retry-after": String(Math.ceil(wait / 1000)) },
  });
}

async function readPosted({ request, arrival }: Arrived, { limits, clock }: Parts): Promise<Posted> {
  const bodyBytes = Math.min(limits.bodyBytes, CODING * limits.frame);
  const coded = await readForm(request, { ...limits, bodyBytes }, clock);
  // A form's own coding has lines end with two characters. A script reads one.
  const fields = coded.map(([name, value]) => [name, value.replaceAll("\r\n", "\n")] as const);
  const [mark = "", ...more] = arrival.url.searchParams.getAll(POST_PARAM);
  const named = more.length === 0 ? readPostTarget(mark) : undefined;
  if (named === undefined) throw new HttpError(400, "This form does not say what it is for.");
  return { mark, fields, ...named };
}

/**
 * The address of a form replaces the query of its page. The browser says what that was, and sends the form once more.
 *
 * @returns the path with that query, and the mark; `undefined` where there is nothing to be put back
 */
function queryBefore({ request, arrival: { url } }: Arrived, clean: URL): string | undefined {
  const before = URL.parse(request.headers.get("referer") ?? "");
  if (clean.search !== "" || before?.host !== url.host || before.pathname !== url.pathname) return undefined;
  const { search } = withoutMark(before);
  return search === "" ? undefined : `${url.pathname}${search}&${url.search.slice(1)}`;
}

function lead(location: string, status: 303 | 307): Response {
  return new Response(null, { status, headers: { location, "cache-control": "private, no-store" } });
}

/** A page to which a form was posted. */
class PostedPage {
  readonly #arrived: Arrived;
  readonly #found: FoundPage;
  readonly #visitor: Visitor;
  readonly #values: ContextValues;
  readonly #parts: Parts;
  readonly #posted: Posted;

  constructor(
    arrived: Arrived,
    found: FoundPage,
    visitor: Visitor,
    values: ContextValues,
    parts: Parts,
    posted: Posted,
  ) {
    this.#arrived = arrived;
    this.#found = found;
    this.#visitor = visitor;
    this.#values = values;
    this.#parts = parts;
    this.#posted = posted;
  }

  async answer(): Promise<Response> {
    const { seen, isNamed } = this.#visitor, parts = this.#parts;
    // Who has no session has seen no page of ours, or a long time ago: there is nothing that it could have offered.
    if (!isNamed) return await this.#again(403, NO_SESSION, noErrors);
    const from = this.#from();
    const person = new Person(from, {
      session: await parts.values.read(seen.values),
      seen,
      errors: noErrors,
      ran: undefined,
      since: undefined,
    });
    const opened = await openView(from.page, person, parts);
    if (opened instanceof Response) return withHeaders(opened, this.#arrived.arrival.secure);
    const element = this.#element(opened);
    if (element === undefined) return await this.#refused(new WireError("stale"), undefined);
    const offers = [opened.render.offers, ...Array.from(opened.parts.values(), (part) => part.offers)];
    let outcome: PostOutcome;
    try {
      const frame = this.#frame(element);
      outcome = await runPosted({ frame, from, identity: seen.identity, offers }, parts);
    } catch (cause) {
      if (cause instanceof WireError) return await this.#refused(cause, cause);
      throw new HttpError(
        503,
        "It is not known whether this was done. Please look before you send it again.",
        {
          cause,
        },
      );
    }
    if (!outcome.done) return await this.#refused(outcome.error, outcome.thrown, opened);
    return await this.#lead(outcome);
  }

  // To the page, or elsewhere, with whatever cookies there are.
  async #lead({ to, ticket, hasState }: PostOutcome & { done: true }): Promise<Response> {
    const { cookie } = this.#parts, { session, visit } = this.#visitor, { secure } = this.#arrived.arrival;
    const response = lead(to ?? this.#here, 303);
    const cookies = ticket === undefined ? [] : await redeem(ticket, session.id, secure, this.#parts);
    if (cookies === undefined) throw new HttpError(503, "Somebody else was quicker. Please try again.");
    for (const one of cookies) response.headers.append("set-cookie", one);
    if (hasState && to === undefined && ticket === undefined) {
      response.headers.append("set-cookie", await cookie.carry(visit, this.#here, session.id, secure));
    }
    return response;
  }

  get #here(): string {
    const { pathname, search } = this.#arrived.arrival.url;
    return `${pathname}${search}`;
  }

  #from(): Parameters<typeof runPosted>[0]["from"] {
    const { request, arrival } = this.#arrived, { page, params } = this.#found;
    return {
      page,
      params,
      values: this.#values,
      visit: this.#visitor.visit,
      session: this.#visitor.session.id,
      href: arrival.url.href,
      told: packHeaders(request.headers),
    };
  }

  // The form as the page has it now, and what was written in it; `undefined` where it is not there any more.
  #element(opened: Opened): ElementData | undefined {
    const { mark, id, fields } = this.#posted;
    const own = formAttributes(fullBody(opened), mark, this.#parts.renderer.attributes);
    if (own === undefined) return undefined;
    const a = id === undefined ? own : { ...own, id };
    return {
      ...(Object.keys(a).length === 0 ? {} : { a }),
      ...(fields.length === 0 ? {} : { f: fields.map(([name, value]) => [name, value]) }),
    };
  }

  // What a socket would have refused is refused here.
  #frame(element: ElementData): CallFrame {
    const { target, args } = this.#posted;
    return readClientFrame(
      JSON.stringify(["call", 1, 0, target, args, element]),
      this.#parts.limits,
    ) as CallFrame;
  }

  async #refused(error: WireError, thrown: unknown, opened?: Opened): Promise<Response> {
    const { code, message, fields } = error;
    const status = thrown instanceof HttpError ? thrown.status : statuses[code] ?? 500;
    if (status >= 500) {
      throw new HttpError(status, message, status === 503 ? { headers: { "retry-after": "2" } } : {});
    }
    if (code === "stale" || code === "unknown_reflex") return await this.#again(status, CHANGED, noErrors);
    const form = code === "invalid" && opened !== undefined ? this.#boundForm(opened) : undefined;
    if (form !== undefined) {
      return await this.#again(status, undefined, new Map([[form, sentencesOf(fields, message)]]));
    }
    const sentences = fields === undefined
      ? [message]
      : Object.entries(fields).map(([name, why]) => `${name}: ${why}`);
    return await this.#again(status, sentences.join(" "), noErrors);
  }

  // The id of the form, where it says itself what is wrong with its fields.
  #boundForm({ render, parts }: Opened): string | undefined {
    const { target, id = `form-${target.split("#")[1]}` } = this.#posted;
    const isBound = [render, ...parts.values()].some(({ offers }) =>
      offers.hasCall(Attribute.check, [target])
    );
    return isBound ? id : undefined;
  }

  // The page as it is, with what was written; where it does not say what went wrong, the page for errors does.
  async #again(status: number, message: string | undefined, errors: FormErrors): Promise<Response> {
    const { mark, fields } = this.#posted;
    const bodyOf = (body: string) => withPosted(body, mark, fields);
    const said = { status, errors, message, bodyOf };
    return await servePage(
      this.#arrived,
      this.#found,
      this.#visitor,
      this.#values,
      this.#parts,
      undefined,
      said,
    );
  }
}

const NO_SESSION = "Your session has ended, or your browser keeps no cookies. Please send it again.";
const CHANGED = "This page has changed meanwhile. Please have a look, and send it again.";
