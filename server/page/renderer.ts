/**
 * From a page and its context to a render: load, then render in one go, then remember what was offered.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Logger } from "../observe.ts";
import type { ContextParts } from "./context.ts";
import { pageContext, publicContext } from "./context.ts";
import { readQuery } from "../http/query.ts";
import { findDoubt } from "../patch/doubt.ts";
import { completeHead } from "./document.ts";
import type { Html } from "./html.ts";
import { Offers } from "./offers.ts";
import { type Page, type PageContext, pageTimeout } from "./page.ts";
import { renderPage } from "./render.ts";
import type { Render } from "./view.ts";

/** What a renderer needs to know of the app's reflexes. */
export interface Names {
  /** The name that a class was registered with; throws where it was not. */
  nameOf(owner: object): string;
  /** Whether `Class#method` may be called at all. */
  find(target: string): unknown;
  /** A sentence for a developer about one that may not. */
  explain(target: string): string;
}

/** Renders the pages of one app. */
export class Renderer {
  readonly #names: Names;
  readonly #app: string;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #warned = new Set<string>();
  readonly #bodies = new WeakMap<Page, string>();
  readonly #heads = new WeakMap<Page, { own: string; whole: string }>();

  /** @param app the app's name, the title of pages without one */
  constructor(names: Names, app: string, limits: Limits, clock: Clock, log: Logger) {
    this.#names = names;
    this.#app = app;
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
  }

  /**
   * Renders a page.
   *
   * @returns the render, or the response with which the page left
   * @throws HttpError 504 after `limits.load`; whatever the page throws
   */
  async render(page: Page, parts: ContextParts): Promise<Render | Response> {
    const html = await this.#load(page, parts);
    if (html instanceof Response) return html;
    const offers = new Offers();
    const { head, body } = renderPage(html, {
      nameOf: (owner) => this.#names.nameOf(owner),
      offer: (target, args) => offers.add(target, args),
    });
    this.#warn(page, offers);
    const [offered] = offers.targets();
    if (offered !== undefined && page.options.cache !== undefined) {
      throw new TypeError(`Cannot offer ${offered} on ${page.path}: a page with \`cache\` is not live.`);
    }
    return { head: this.#completeHead(page, head), body: this.#oneText(page, flat(body)), offers };
  }

  async #load(page: Page, parts: ContextParts): Promise<Html | Response> {
    const html = wrapped(page, parts);
    if (!(html instanceof Promise)) return html; // most pages: no timer for them
    const { promise: deadline, reject } = Promise.withResolvers<never>();
    const cancel = this.#clock.after(this.#limits.load, () => {
      this.#log.warn("a page took too long", { page: page.path, ms: this.#limits.load });
      reject(pageTimeout(this.#limits.load));
    });
    try {
      return await Promise.race([html, deadline]);
    } finally {
      cancel();
    }
  }

  /** Says once of a page where its markup keeps patches from being small. */
  warnOfDoubt(page: Page, { body }: Pick<Render, "body">): void {
    const warning = canonicalJson([page.path]);
    if (this.#warned.has(warning)) return;
    this.#warned.add(warning);
    const at = findDoubt(body);
    if (at === undefined) return;
    this.#log.warn("a page is patched as a whole: behind this, a browser's tree may not be what is written", {
      page: page.path,
      at,
    });
  }

  // A thousand visitors of a page keep one text of its head, style sheet and all.
  #completeHead(page: Page, own: string): string {
    const known = this.#heads.get(page);
    if (known?.own === own) return known.whole;
    const whole = completeHead(own, this.#app);
    this.#heads.set(page, { own, whole });
    return whole;
  }

  // Visitors who see the same, as most do who have just come, keep one text. Their offers stay their own.
  #oneText(page: Page, body: string): string {
    const known = this.#bodies.get(page);
    if (known === body) return known;
    this.#bodies.set(page, body);
    return body;
  }

  // A misspelt name is found when it is rendered, not when somebody clicks.
  #warn(page: Page, offers: Offers): void {
    for (const target of offers.targets()) {
      if (this.#names.find(target) !== undefined) continue;
      const warning = canonicalJson([page.path, target]);
      if (this.#warned.has(warning)) continue;
      this.#warned.add(warning);
      this.#log.warn(`a page offers what cannot be called: ${this.#names.explain(target)}`, {
        page: page.path,
        target,
      });
    }
  }
}

// A render comes as a tree of pieces. It is searched and compared as long as somebody shows it: here it becomes one.
function flat(html: string): string {
  html.charCodeAt(0);
  return html;
}

// The page alone; its query is its own, the layouts' is the URL's.
function shown(page: Page, context: PageContext): Html | Response | Promise<Html | Response> {
  const { query: schema } = page.options;
  if (schema === undefined) return page.component(context);
  const show = (query: unknown) =>
    page.component(Object.assign(Object.create(Object.getPrototypeOf(context)), context, { query }));
  const query = readQuery(schema, context.query);
  return query instanceof Promise ? query.then(show) : show(query);
}

// The page in its layouts. Nothing is awaited that is there already.
function wrapped(page: Page, parts: ContextParts): Html | Response | Promise<Html | Response> {
  const context = page.options.cache === undefined ? pageContext(parts) : publicContext(parts);
  let html = shown(page, context);
  for (const layout of [...page.layouts].reverse()) {
    const wrap = (children: Html | Response) => {
      if (children instanceof Response) return children;
      return layout(Object.assign(Object.create(Object.getPrototypeOf(context)), context, { children }));
    };
    html = html instanceof Promise ? html.then(wrap) : wrap(html);
  }
  return html;
}
