/**
 * A page that lives on a socket: what it shows, and how it comes to show something else.
 *
 * @module
 */

import { errorSentences, WireError } from "../../protocol/errors.ts";
import type { Outcome, ServerFrame } from "../../protocol/frames.ts";
import type { Operation } from "../../protocol/operations.ts";
import type { ContextValues } from "../http/context.ts";
import { HttpError } from "../http/error.ts";
import type { Offers } from "../page/offers.ts";
import type { Page } from "../page/page.ts";
import { hashRender, type Render, type View } from "../page/view.ts";
import { diff } from "../patch/diff.ts";
import type { Snapshot } from "../session/records.ts";
import { makeReference, visitState } from "./call.ts";
import type { Host } from "./host.ts";
import type { Reflex } from "./reflex.ts";

/** What is known of a page once its first frame was good. */
export interface LivePageParts {
  /** The visit. */
  readonly visit: string;
  /** Who it is, as the page was sealed for. */
  readonly identity: string;
  /** When the page was sent, in milliseconds since 1970. */
  readonly sealedAt: number;
  /** The page. */
  readonly page: Page;
  /** Its URL, as text: an object of it is twenty times as large. */
  readonly href: string;
  /** The params of its path. */
  readonly params: Record<string, string>;
  /** What middleware has set. */
  readonly values: ContextValues;
  /** What the browser shows. */
  readonly view: View;
}

/** What a render is shown for: the call that has just run. */
export interface Ran {
  /** To be told with the patch. */
  readonly outcome: Outcome;
  /** The instance, for `ran()`. */
  readonly reflex: Reflex;
}

/** A live page. It renders, compares with what the browser shows, and sends the difference. */
export class LivePage {
  /** What is known of it. */
  readonly parts: LivePageParts;
  readonly #host: Host;
  readonly #send: (frame: ServerFrame) => void;
  // The render is this isolate's guess: what the browser shows may differ, so the next patch is the whole page.
  #guessed = false;
  #detached = false;

  /** @param send to the browser */
  constructor(parts: LivePageParts, host: Host, send: (frame: ServerFrame) => void) {
    this.parts = parts;
    this.#host = host;
    this.#send = send;
  }

  /** The socket is gone, and another may have taken up the view: a call that still runs leaves it alone. */
  detach(): void {
    this.#detached = true;
  }

  /** The view, where it is known what the browser shows. */
  get known(): View | undefined {
    return this.#guessed ? undefined : this.parts.view;
  }

  /** The offers that are good now: those of the last render, and for a while those of the one before. */
  get offers(): Offers[] {
    const { render, previous } = this.parts.view;
    const old = previous !== undefined && previous.until > this.#host.clock.now() ? [previous.offers] : [];
    return render === undefined ? old : [render.offers, ...old];
  }

  /**
   * Makes sure that there is a render to check a call against: after a restart, this isolate has to make it.
   *
   * @throws WireError `render` where the page throws, `stale` where it has left
   */
  async base(seen: Snapshot): Promise<void> {
    const { view } = this.parts;
    if (view.render !== undefined) return;
    let render: Render | undefined;
    try {
      render = await this.#render(seen);
    } catch (cause) {
      throw new WireError("render", undefined, { cause });
    }
    if (render === undefined) throw new WireError("stale");
    const hash = await hashRender(render);
    if (this.#detached) throw new WireError("stale");
    this.#guessed = hash !== view.hash;
    view.render = render;
    view.state = seen.version;
  }

  /** Renders, and sends what has changed, with the outcome of the call that changed it. */
  async show(seen: Snapshot, ran?: Ran): Promise<void> {
    if (this.#detached) return;
    const done: ServerFrame | undefined = ran === undefined ? undefined : ["done", ...ran.outcome];
    const render = await this.#renderOrTell(seen, ran);
    if (this.#detached) return;
    if (render === undefined) {
      if (done !== undefined) this.#send(done);
      return;
    }
    const operations = this.#replace(render, seen);
    if (operations.length > 0) this.#send(["patch", ++this.parts.view.version, operations, ran?.outcome]);
    else if (done !== undefined) this.#send(done);
  }

  // The render takes the place of the one before; what differs is returned.
  #replace(render: Render, seen: Snapshot): Operation[] {
    const { view } = this.parts;
    const { clock, limits } = this.#host;
    const known = this.#guessed ? undefined : view.render;
    const operations = known === undefined ? whole(render) : diff(known, render);
    if (known !== undefined && operations.some(([name]) => name === "body")) {
      this.#host.renderer.warnOfDoubt(this.parts.page, render);
    }
    if (view.render !== undefined) {
      view.previous = { offers: view.render.offers, until: clock.now() + limits.oldOffers };
    }
    view.render = render;
    view.state = seen.version;
    this.#guessed = false;
    return operations;
  }

  // The call has been committed whatever becomes of the render, so that a page that throws is an error of its own.
  async #renderOrTell(seen: Snapshot, ran: Ran | undefined): Promise<Render | undefined> {
    try {
      return await this.#render(seen, ran?.reflex);
    } catch (error) {
      const reference = makeReference();
      this.#host.log.error("a page could not be rendered", error, { page: this.parts.page.path, reference });
      this.#send(["error", 0, "render", `${errorSentences.render} (Reference ${reference}.)`]);
      return undefined;
    }
  }

  // `undefined`: the page has left with a response, which only a GET can follow.
  async #render(seen: Snapshot, ran?: Reflex): Promise<Render | undefined> {
    const { page, params, href, values } = this.parts;
    const { renderer } = this.#host;
    try {
      const render = await renderer.render(page, {
        url: new URL(href),
        params,
        session: await this.#host.values.read(seen.values),
        state: visitState(seen, page),
        user: seen.user,
        values,
        ...(ran === undefined ? {} : { ran }),
      });
      if (!(render instanceof Response)) return render;
      await render.body?.cancel();
    } catch (error) {
      if (!(error instanceof HttpError) || error.status >= 500) throw error;
    }
    this.#send(["resync", "left"]);
    return undefined;
  }
}

function whole({ head, body }: Render): Operation[] {
  return [["head", head], ["body", body]];
}
