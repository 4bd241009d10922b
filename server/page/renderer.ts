/**
 * From a page and its context to a render: load, then render in one go, then remember what was offered.
 *
 * @module
 */

import { canonicalJson } from "../../protocol/json.ts";
import type { Clock } from "../../protocol/clock.ts";
import type { Topic } from "../bus/topic.ts";
import type { Limits } from "../../protocol/limits.ts";
import type { Topics } from "../bus/topics.ts";
import { type Logger, makeReference, wordsOf } from "../observe.ts";
import { type IslandPlace, placed, registered } from "../../islands/placing.ts";
import { jsx } from "preact/jsx-runtime";
import { Attribute, IslandMark } from "../../protocol/markers.ts";
import { escapeHtml } from "./_escape.ts";
import type { Recorder } from "./binding.ts";
import type { OwnNames } from "./attribute_names.ts";
import { readQuery } from "../http/query.ts";
import { sealBy } from "../patch/diff.ts";
import { findDoubt } from "../patch/doubt.ts";
import type { AnyContext, ContextParts, KeyedParts, Sources } from "./context.ts";
import { keyedContext, Means, pageContext, publicContext, withMore } from "./context.ts";
import { completeHead } from "./document.ts";
import type { Html } from "./html.ts";
import type { Join } from "./joins.ts";
import { LiveSlots, type PlacedSlot } from "./live_slot.ts";
import { Offers } from "./offers.ts";
import { type Page, pageTimeout } from "./page.ts";
import { PageText } from "./page_text.ts";
import { type RenderedPage, renderPage } from "./render.ts";
import type { Part, Render } from "./shown.ts";
import { type Allows, Watch } from "./watch.ts";

/** What a renderer needs to know of the app's reflexes. */
export interface Names {
  /** The name that a class was registered with; throws where it was not. */
  nameOf(owner: object): string;
  /** Whether `Class#method` may be called at all. */
  find(target: string): unknown;
  /** A sentence for a developer about one that may not. */
  explain(target: string): string;
}

/** What a renderer needs to know of islands. */
export interface Islands {
  readonly place: IslandPlace;
  /** Whether whoever looks at a page may see what went wrong in one. */
  readonly development: boolean;
}

/** A piece of a page, rendered alone. */
export interface Fragment {
  readonly html: string;
  /** The calls it contains. */
  readonly offers: Offers;
}

/** Renders the pages of one app. */
export class Renderer {
  readonly #names: Names;
  readonly #app: string;
  /** The app's names for attributes, where it has its own. */
  readonly attributes: OwnNames | undefined;
  readonly #limits: Limits;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #warned = new Set<string>();
  readonly #bodies = new WeakMap<Page, PageText>();
  readonly #heads = new WeakMap<Page, { own: string; whole: string }>();

  readonly #sources: Sources;
  readonly #topics: Pick<Topics, "now">;
  readonly #islands: Islands | undefined;

  /**
   * @param app the app's name, the title of pages without one
   * @param attributes the app's names for attributes, where it has its own
   * @param islands where browsers find them; pages have none where left out
   */
  constructor(
    names: Names,
    { app, attributes }: { app: string; attributes: OwnNames | undefined },
    { limits, clock, log }: { limits: Limits; clock: Clock; log: Logger },
    { topics, ...sources }: Sources & { topics: Pick<Topics, "now"> },
    islands?: Islands,
  ) {
    this.#islands = islands;
    this.#names = names;
    this.#app = app;
    this.attributes = attributes;
    if (attributes !== undefined) sealBy(attributes.permanent, attributes.ignore);
    this.#limits = limits;
    this.#clock = clock;
    this.#log = log;
    this.#sources = sources;
    this.#topics = topics;
  }

  /**
   * Renders a page, without what is in its `<Live>` parts.
   *
   * @returns the render, or the response with which the page left
   * @throws HttpError 504 after `limits.load`, 403 for a topic that is not for its person; whatever the page throws
   */
  render(page: Page, parts: ContextParts): Render | Response | Promise<Render | Response> {
    const { since = this.#topics.now } = parts;
    const { means, watch } = this.#means(page, parts, allowing(parts));
    const context = page.options.cache === undefined
      ? pageContext(parts, means)
      : publicContext(parts, means);
    return this.#render(page, wrapped(page, context, true), watch, since);
  }

  /** Renders a page that many share, likewise. Whether they may see its topics is asked when they come. */
  async renderKeyed(page: Page, parts: KeyedParts): Promise<Render | Response> {
    const since = this.#topics.now;
    const { means, watch } = this.#means(page, { params: parts, owner: "key" }, () => true);
    return await this.#render(page, wrapped(page, keyedContext(parts, means), false), watch, since);
  }

  /**
   * Renders what is in a part, without what is in the parts inside it.
   *
   * @throws HttpError as {@linkcode render}; TypeError where it writes a `<Head>`; whatever it throws
   */
  async renderPart(page: Page, slot: PlacedSlot, parts: ContextParts): Promise<Part> {
    const { since = this.#topics.now } = parts;
    const { means, watch } = this.#means(page, parts, allowing(parts));
    for (const topic of slot.topics) void watch.add(topic)?.catch(() => {});
    const rendered = slot.render(pageContext(parts, means));
    const html = rendered instanceof Promise ? await this.#inTime(page, rendered) : rendered;
    await watch.settle();
    const { id, name, open } = slot;
    // In its element, so that ids count on that.
    const { body, head, offers, slots } = this.#write(
      page,
      jsx(name as never, { id, [Attribute.live]: "", children: html } as never) as unknown as Html,
    );
    if (head !== "") throw new TypeError(`Cannot render <Head> in <Live>: it is the page's.`);
    const close = `</${name}>`, from = body.indexOf(">") + 1;
    // A part that shows nothing holds a comment: what is empty is one that is not known.
    const inner = body.slice(from, -close.length) || "<!---->";
    return {
      slot,
      body: flat(`${open}${inner}${close}`),
      offers,
      slots: slots.map((inside) => ({ ...inside, at: inside.at - from + open.length })),
      topics: watch.topics,
      joins: watch.joins,
      since,
      place: undefined,
    };
  }

  /**
   * Renders what is shown besides a page, at once.
   *
   * @param page whose it is, for the log
   * @param what names it in errors
   * @throws TypeError where it writes a `<Head>` or has `<Live>` parts; whatever it throws
   */
  renderFragment(page: Pick<Page, "path">, html: Html, what: string): Fragment {
    const { body, head, offers, slots } = this.#write(page, html);
    if (head !== "") throw new TypeError(`Cannot ${what} with <Head>: it is the page's.`);
    if (slots.length > 0) throw new TypeError(`Cannot ${what} with <Live>: a part stands in its page.`);
    return { html: flat(body), offers };
  }

  #means(
    page: Page,
    { owner, user, params }: { owner: string; user?: string | undefined; params: unknown },
    allows: Allows,
  ): { means: Means; watch: Watch } {
    // One person in all their tabs and, once it is known who they are, in all their browsers.
    const person = user === undefined ? `session ${owner}` : `user ${user}`;
    const watch = new Watch(allows, person, this.#limits);
    return { watch, means: new Means(this.#sources, watch, [owner, page.path, params]) };
  }

  // Most pages have nothing to wait for: they are rendered when this returns.
  #render(
    page: Page,
    shown: Html | Response | Promise<Html | Response>,
    watch: Watch,
    since: number,
  ): Render | Response | Promise<Render | Response> {
    if (shown instanceof Promise) {
      return this.#inTime(page, shown).then((html) => this.#render(page, html, watch, since));
    }
    if (shown instanceof Response) return shown;
    const settled = watch.settle();
    return settled === undefined
      ? this.#finish(page, shown, watch, since)
      : settled.then(() => this.#finish(page, shown, watch, since));
  }

  #finish(page: Page, html: Html, watch: Watch, since: number): Render {
    const { head, body, offers, slots } = this.#write(page, html);
    if (page.options.cache !== undefined) refuseLive(page, offers, slots);
    const text = this.#oneText(page, flat(body));
    return new OwnRender(
      this.#completeHead(page, head),
      text,
      offers,
      slots,
      watch.topics,
      watch.joins,
      since,
    );
  }

  #write(page: Pick<Page, "path">, html: Html): RenderedPage & { offers: Offers; slots: PlacedSlot[] } {
    const offers = new Offers();
    let live: LiveSlots | undefined;
    const recorder: Recorder = {
      nameOf: (owner) => this.#names.nameOf(owner),
      offer: (target, args) => offers.add(target, args),
      live: (slot) => (live ??= new LiveSlots()).add(slot),
      islands: this.#islands && {
        development: this.#islands.development,
        failed: (error, island) => this.#showFailure(error, island, page),
      },
    };
    const write = () => renderPage(html, recorder, this.attributes);
    const { head, body } = this.#islands === undefined ? write() : placed(this.#islands.place, write);
    this.#warn(page, offers);
    if (live === undefined) return { head, body, offers, slots: none };
    const { html: rest, slots } = live.take(body);
    return { head, body: rest, offers, slots };
  }

  // The operator finds it in the log, by its reference; a developer sees it at once.
  #showFailure(error: unknown, island: string, { path }: Pick<Page, "path">): string {
    const reference = makeReference();
    this.#log.error("an island could not be rendered", error, { page: path, island, reference });
    if (!this.#islands?.development) return "";
    const text = error instanceof Error ? `${error.name}: ${error.message}` : wordsOf(error);
    return `<pre ${IslandMark.error}>${escapeHtml(`${island}: ${text} (reference ${reference})`)}</pre>`;
  }

  async #inTime<T>(page: Page, html: Promise<T>): Promise<T> {
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

  /** Whether pages may have islands: there are some, and browsers find them. */
  get hasIslands(): boolean {
    return this.#islands !== undefined && registered().length > 0;
  }

  /** Whether only a render writes an attribute, because it is one of `data-reflex` and its like. */
  isOwn(name: string): boolean {
    return this.attributes === undefined
      ? name.startsWith(Attribute.reflex)
      : Object.values(this.attributes).includes(name);
  }

  /** Says once of a page where its markup keeps patches from being small. */
  warnOfDoubt(page: Page, body: string): void {
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
  #oneText(page: Page, body: string): PageText {
    const known = this.#bodies.get(page);
    if (known?.length === body.length && known.value === body) return known;
    const text = new PageText(body);
    this.#bodies.set(page, text);
    return text;
  }

  // A misspelt name is found when it is rendered, not when somebody clicks.
  #warn(page: Pick<Page, "path">, offers: Offers): void {
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

/** A render of a page. */
// A class: an object with a getter and a function of its own takes ten times as long to make, and 0.7 KB to keep.
export class OwnRender implements Render {
  readonly #text: PageText;

  constructor(
    readonly head: string,
    text: PageText,
    readonly offers: Offers,
    readonly slots: readonly PlacedSlot[],
    readonly topics: readonly Topic[],
    readonly joins: readonly Join[],
    readonly since: number,
  ) {
    this.#text = text;
  }

  get body(): string {
    return this.#text.value;
  }

  rest(): void {
    this.#text.rest();
  }
}

// A render comes as a tree of pieces. It is searched and compared as long as somebody shows it: here it becomes one.
function flat(html: string): string {
  html.charCodeAt(0);
  return html;
}

const none: PlacedSlot[] = [];

function allowing({ user, values }: ContextParts): Allows {
  return (topic) => topic.allows({ user, verb: "subscribe", get: values.get });
}

function refuseLive(page: Page, offers: Offers, slots: readonly PlacedSlot[]): void {
  const [offered] = offers.targets();
  if (offered !== undefined) {
    throw new TypeError(`Cannot offer ${offered} on ${page.path}: a page with \`cache\` is not live.`);
  }
  if (slots.length > 0) {
    throw new TypeError(`Cannot render <Live> on ${page.path}: a page with \`cache\` is not live.`);
  }
}

// The page alone; its query is its own, the layouts' is the URL's.
function shown(page: Page, context: AnyContext): Html | Response | Promise<Html | Response> {
  const { query: schema } = page.options;
  if (schema === undefined) return page.component(context);
  const show = (query: unknown) => page.component(withMore(context, { query }));
  const query = readQuery(schema, context.query);
  return query instanceof Promise ? query.then(show) : show(query);
}

// The page in its layouts. Nothing is awaited that is there already.
function wrapped(
  page: Page,
  context: AnyContext,
  readsQuery: boolean,
): Html | Response | Promise<Html | Response> {
  let html = readsQuery ? shown(page, context) : page.component(context);
  for (const layout of [...page.layouts].reverse()) {
    const wrap = (children: Html | Response) => {
      if (children instanceof Response) return children;
      return layout(withMore(context, { children }));
    };
    html = html instanceof Promise ? html.then(wrap) : wrap(html);
  }
  return html;
}
