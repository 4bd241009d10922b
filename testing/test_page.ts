/**
 * A page that a test has open, as one person sees it.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { Json } from "../protocol/frames.ts";
import { Attribute, EVENT_PREFIX, VISIT_HEADER } from "../protocol/markers.ts";
import type { Logger } from "../server/observe.ts";
import {
  bubbling,
  choose,
  described,
  type FieldValue,
  fill,
  isSubmit,
  submitterOf,
  tick as tickBox,
  write,
} from "./_fields.ts";
import { FOCUSABLE } from "./_focus.ts";
import { duplicateIds, find, select } from "./_find.ts";
import { Network, type Visitor } from "./_network.ts";
import { type Exchange, type FailedCall, Recording } from "./_recording.ts";
import { tick, Timers } from "./_timers.ts";
import { loadLibrary, PageWindow } from "./_window.ts";

/** What all pages of one person have in common. */
export interface Person extends Visitor {
  readonly clock: Clock;
  readonly log: Logger;
  readonly patience: number;
  readonly isScripted: boolean;
}

/** How much of a text a sentence shows, at most. */
const SHOWN = 200;

/** Milliseconds that a page has to come, at least: it is asked for before anything that a test is about. */
const LOADING = 10_000;

/**
 * A page that a test has open: the document, the framework's own script at work in it, and a socket to the app, all in
 * memory. Made by {@linkcode open}.
 *
 * What acts (`click`, `type`, `submit` …) is done when the outcome of whatever it has called has come and what it brings
 * is on the page; where nothing was called, at once. A call that fails fails no action: `last.error` has it. An action
 * that cannot be done, or is not over in time, rejects with a sentence.
 *
 * Selectors are those of CSS; where several elements are so, the first is meant. Spaces in a text count as one, and none
 * at its ends.
 *
 * @example
 * ```tsx
 * import { App, on, Reflex } from "@argyle/argyle";
 * import { open, type TestPage } from "@argyle/argyle/testing";
 * class Counter extends Reflex {
 *   increment() {
 *     this.session.count = (this.session.count ?? 0) + 1;
 *   }
 * }
 * const app = new App();
 * app.reflexes({ Counter });
 * app.page("/", ({ session }) => <button id="n" {...on("click", Counter, "increment")}>{session.count ?? 0}</button>);
 *
 * const clickTwice = async (page: TestPage) => {
 *   await page.click("#n");
 *   await page.click("#n");
 * };
 * await using ann = await open(app, "/");
 * await using bob = await open(app, "/");
 * await clickTwice(ann);
 * console.assert(ann.text("#n") === "2" && bob.text("#n") === "0");
 * ```
 */
export class TestPage implements AsyncDisposable {
  readonly #person: Person;
  readonly #network: Network;
  readonly #timers: Timers;
  readonly #recording = new Recording();
  readonly #tabs: TestPage[] = [];
  readonly #warned = new Set<string>();
  readonly #failures: unknown[] = [];
  #window: PageWindow | undefined;
  #status = 0;
  #leaving = 0;
  #losesAnswer = false;
  #isClosed = false;
  /** A field that was typed into, and not left yet. */
  #typed: Element | undefined;
  #change = Promise.withResolvers<void>();

  private constructor(person: Person) {
    this.#person = person;
    const changed = () => this.#changed();
    this.#timers = new Timers(person.clock, changed);
    this.#network = new Network(person, {
      up: (text) => this.#recording.up(text),
      down: (text) => {
        if (this.#losesAnswer) {
          this.#losesAnswer = false;
          this.#network.cut();
          return false;
        }
        this.#recording.down(text);
        return true;
      },
      ended: (code) => this.#recording.ended(code),
      changed,
    });
  }

  /**
   * Opens a page: what {@linkcode open} does.
   *
   * @ignore
   */
  static async open(person: Person, path: string): Promise<TestPage> {
    // Before any time is taken.
    await loadLibrary();
    const page = new TestPage(person);
    try {
      await page.goto(path);
    } catch (error) {
      await page[Symbol.asyncDispose]();
      throw error;
    }
    return page;
  }

  /** The page's URL, as it is in the address bar. */
  get url(): string {
    return this.#shown.url;
  }

  /** The status with which the page came: 200, 404. */
  get status(): number {
    return this.#status;
  }

  /** The person's cookies, as a request's header has them: another test begins where this one is, with `cookie`. */
  get cookie(): string {
    return this.#person.jar.header;
  }

  /** Whether the page has a socket that is ready. */
  get live(): boolean {
    return this.#shown.document.documentElement.getAttribute(Attribute.status) === "online";
  }

  /** What has gone over the line since the last action of this page began. */
  get last(): Exchange {
    return this.#recording.exchange;
  }

  /**
   * Clicks on an element, as with the left button. Where that is a link, or a button of a form, and no reflex takes it,
   * the page is left as in a browser.
   *
   * @throws Error where there is no such element, or it is disabled or hidden
   */
  async click(selector: string): Promise<void> {
    await this.#act(`click ${selector}`, (window) => {
      const element = this.#reachable(selector, "click");
      this.#enter(element);
      for (const type of ["mousedown", "mouseup"]) {
        element.dispatchEvent(window.event("MouseEvent", type, { ...bubbling, cancelable: true }));
      }
      (element as HTMLElement).click();
    });
  }

  /**
   * Lets an event of any type happen at an element.
   *
   * @param init what its constructor takes: `{ bubbles: false }`, `{ key: "a" }`, `{ ctrlKey: true }`
   * @throws Error where there is no such element
   */
  async fire(selector: string, type: string, init: Readonly<Record<string, unknown>> = {}): Promise<void> {
    await this.#act(`fire ${type} at ${selector}`, (window) => {
      const kind = /^key/.test(type)
        ? "KeyboardEvent"
        : /^(mouse|.*click$)/.test(type)
        ? "MouseEvent"
        : "Event";
      const element = this.#find(selector, `fire ${type} at`);
      element.dispatchEvent(window.event(kind, type, { ...bubbling, cancelable: true, ...init }));
    });
  }

  /**
   * Writes a text into a field, over the one that is there: one `input` event. The `change` event comes when the field is
   * left: with an action at another element, or by {@linkcode leave}.
   *
   * @throws Error where there is no such field, or it is disabled or hidden
   */
  async type(selector: string, text: string): Promise<void> {
    await this.#act(`type into ${selector}`, (window) => {
      const element = this.#reachable(selector, "type into");
      this.#enter(element);
      write(window, element, text, selector);
      this.#typed = element;
    });
  }

  /** Leaves the field that was typed into: `change` and `blur`. */
  async leave(): Promise<void> {
    await this.#act("leave the field", () => this.#enter(undefined));
  }

  /**
   * Presses a key in a field. Enter in a form's `input` submits it.
   *
   * @param key as `KeyboardEvent.key` names it: `Enter`, `Escape`, `a`
   */
  async press(selector: string, key: string): Promise<void> {
    await this.#act(`press ${key} in ${selector}`, (window) => {
      const element = this.#reachable(selector, `press ${key} in`);
      this.#enter(element);
      const strike = (type: string) =>
        element.dispatchEvent(window.event("KeyboardEvent", type, { ...bubbling, key, cancelable: true }));
      const { form } = element as HTMLInputElement;
      if (strike("keydown") && key === "Enter" && form && element.matches("input")) {
        this.#commit();
        this.#submit(form);
      }
      strike("keyup");
    });
  }

  /**
   * Ticks a checkbox or a radio button, or unticks a checkbox; one that is so already is left alone.
   *
   * @param on whether it is ticked afterwards
   */
  async check(selector: string, on = true): Promise<void> {
    await this.#act(`check ${selector}`, () => {
      const element = this.#reachable(selector, "check");
      this.#enter(element);
      tickBox(element, on, selector);
    });
  }

  /**
   * Chooses the options of a `select` that have these values, and no others.
   *
   * @throws Error where one is not offered
   */
  async select(selector: string, ...values: readonly string[]): Promise<void> {
    await this.#act(`select in ${selector}`, (window) => {
      const element = this.#reachable(selector, "select in");
      this.#enter(element);
      choose(window, element, values, selector);
    });
  }

  /**
   * Fills a form by the names of its fields, and submits it by its first button.
   *
   * @param selector the form, or the button that submits it; the page's only form where left out
   * @param fields a text each; `true` or `false` for a box; a value or several for options
   * @throws Error where there is no such form or field
   */
  async submit(selector = "form", fields: Readonly<Record<string, FieldValue>> = {}): Promise<void> {
    await this.#act(`submit ${selector}`, (window) => {
      const element = this.#reachable(selector, "submit");
      const forms = select(window.document, selector, "submit").length;
      if (selector === "form" && forms > 1) {
        throw new Error(`Cannot submit form: there are ${forms} of them; say which by a selector.`);
      }
      const form = element.localName === "form"
        ? element
        : isSubmit(element) && (element as HTMLButtonElement).form;
      if (!form) {
        throw new Error(`Cannot submit ${selector}: ${described(element)} is no form and submits none.`);
      }
      this.#enter(undefined);
      fill(window, form as HTMLFormElement, fields, selector);
      if (form === element) this.#submit(form as HTMLFormElement);
      else (element as HTMLElement).click();
    });
  }

  /**
   * Calls a reflex as the page's own scripts do, by `call` of `@argyle/argyle/client`.
   *
   * @param target `Class#method`
   * @returns what the method returned. Rejects with a `ReflexError` where it fails
   */
  async call(target: string, ...args: readonly Json[]): Promise<Json | undefined> {
    let outcome: Promise<Json | undefined> | undefined;
    let isOver = false;
    await this.#act(`call ${target}`, (window) => {
      outcome = window.call(target, args).finally(() => isOver = true);
      // The caller hears of it below, when the page has come to rest.
      outcome.catch(({ code, message, fields }: FailedCall) =>
        this.#recording.failed({ code, message, fields, reflex: target })
      );
    });
    await this.#until(() => isOver, () => `Cannot call ${target}: ${this.#lack()}.`);
    return await outcome;
  }

  /** The text of the first element that a selector names. */
  text(selector: string): string {
    return textOf(this.#find(selector, "read the text of"));
  }

  /** The texts of all elements that a selector names, in the order of the page; none is an empty list. */
  texts(selector: string): string[] {
    return select(this.#shown.document, selector, "read the texts of").map(textOf);
  }

  /** The markup of the first element that a selector names, the element itself included. */
  html(selector: string): string {
    return this.#find(selector, "read the markup of").outerHTML;
  }

  /** The value of an attribute of the first element that a selector names; `null` where it has none. */
  attribute(selector: string, name: string): string | null {
    return this.#find(selector, `read ${name} of`).getAttribute(name);
  }

  /** What stands in a field; for a `select` the first option that is chosen. */
  value(selector: string): string {
    const element = this.#find(selector, "read the value of");
    const { value } = element as HTMLInputElement;
    if (typeof value === "string") return value;
    throw new Error(`Cannot read the value of ${selector}: ${described(element)} has none.`);
  }

  /** Whether a checkbox or a radio button is ticked, as the person sees it. */
  checked(selector: string): boolean {
    const { checked } = this.#find(selector, "look at") as HTMLInputElement;
    if (typeof checked === "boolean") return checked;
    throw new Error(`Cannot look at ${selector}: it is not there to be ticked.`);
  }

  /** Whether the page has an element that a selector names. */
  has(selector: string): boolean {
    return select(this.#shown.document, selector, "look for").length > 0;
  }

  /**
   * Waits until a text stands on the page: what others do comes when it comes.
   *
   * @param text a part of it, or a pattern
   * @param selector where: in any element that is so
   * @throws Error that tells what stands there instead, when it has not come in time
   */
  async see(text: string | RegExp, selector = "body"): Promise<void> {
    const wanted = (found: string) =>
      typeof text === "string" ? found.includes(text) : found.search(text) >= 0;
    await this.#until(() => this.texts(selector).some(wanted), () => {
      const found = this.texts(selector).map((found) => JSON.stringify(found.slice(0, SHOWN))).join(", ");
      const sought = typeof text === "string" ? JSON.stringify(text) : String(text);
      return `Cannot see ${sought} in ${selector}: there is ${found || "no such element"}.`;
    });
  }

  /**
   * Waits until something is so: it is asked whenever the page may have changed.
   *
   * @throws Error when that has not come in time
   */
  async until(isSo: () => boolean): Promise<void> {
    await this.#until(isSo, () => "Cannot see what was waited for: it has not come in time.");
  }

  /** Opens another page of the same person: the same cookies, another tab. It closes with this one, or sooner. */
  async tab(path: string): Promise<TestPage> {
    const tab = await TestPage.open(this.#person, path);
    this.#tabs.push(tab);
    return tab;
  }

  /** Goes to another page, as by the address bar. */
  async goto(path: string): Promise<void> {
    if (this.#isClosed) void this.#shown;
    const { origin, patience } = this.#person, time = Math.max(LOADING, patience);
    this.#recording.begin();
    this.#leave(new URL(path, this.#window?.url ?? origin));
    await this.#until(() => this.#isIdle, () => `Cannot open ${path}: ${this.#lack(time)}.`, time);
    if (!this.#person.isScripted || !this.has(`head script[${Attribute.page}]`)) return;
    await this.#until(() => this.live, () => `Cannot open ${path}: the app has refused the page's socket.`);
  }

  /**
   * Goes to another page of the app as by a link that is followed over the socket, whether or not there is such a link;
   * what cannot be brought over it is loaded, as in a browser.
   *
   * @throws Error where the page cannot be reached
   *
   * @example
   * ```tsx
   * import { App } from "@argyle/argyle";
   * import { open } from "@argyle/argyle/testing";
   * const app = new App();
   * app.page("/", () => <h1 id="title">Home</h1>).page("/orders", () => <h1 id="title">Orders</h1>);
   * await using ann = await open(app, "/");
   * await ann.visit("/orders");
   * console.assert(ann.text("#title") === "Orders");
   * ```
   */
  async visit(path: string): Promise<void> {
    await this.#act(`go to ${path}`, ({ document }) => {
      const link = document.createElement("a");
      link.setAttribute("href", path);
      link.setAttribute(Attribute.navigate, "");
      document.body.append(link);
      link.click();
      link.remove();
    });
    if (this.has(`head script[${Attribute.page}]`)) {
      await this.#until(() => this.live, () => `Cannot go to ${path}: ${this.#lack()}.`);
    }
  }

  /** Loads the page again. */
  async reload(): Promise<void> {
    await this.goto(this.url);
  }

  /**
   * Cuts the line: the socket is gone, and nothing comes through until {@linkcode reconnect}. Meanwhile actions are done
   * at once, and what they call waits in the page.
   *
   * @param when `now`; or with the next `answer`, which is lost on its way: the app has run what the page still waits for
   */
  async disconnect(when: "now" | "answer" = "now"): Promise<void> {
    if (when === "answer") this.#losesAnswer = true;
    else this.#network.cut();
    await tick();
  }

  /** Mends the line, and waits until the page is live and has the outcome of all that it called. */
  async reconnect(): Promise<void> {
    this.#losesAnswer = false;
    this.#network.mend();
    this.#shown.tell("online");
    await this.#until(
      () => this.live && this.#isIdle,
      () => `Cannot reconnect ${this.url}: the app has not taken the page back.`,
    );
  }

  /** Closes the page, and the tabs that were opened from it. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#changed();
    for (const tab of this.#tabs) await tab[Symbol.asyncDispose]();
    await this.#window?.close();
    this.#timers.close();
    await tick();
  }

  get #shown(): PageWindow {
    if (this.#isClosed) throw new Error("Cannot use the page: it is closed.");
    if (this.#window === undefined) throw new Error("Cannot use the page: it is not there yet.");
    return this.#window;
  }

  /** Whether nothing is under way that this page has begun. */
  get #isIdle(): boolean {
    if (this.#leaving > 0 || this.#timers.isBusy || this.#network.isBusy) return false;
    return this.#network.isCut || !this.#recording.isBusy;
  }

  /** What has not come in time. */
  #lack(patience = this.#person.patience): string {
    const { pending } = this.#recording, time = `within ${patience} ms`;
    if (this.#network.isCut) return `the line is cut, and was not mended ${time}`;
    if (pending.length > 0) return `${pending.join(", ")} had no outcome ${time}`;
    if (!this.#timers.isBusy) return `the app did not answer ${time}`;
    return `a timer did not ring ${time}; a clock that is turned by hand has to be turned`;
  }

  async #act(what: string, act: (window: PageWindow) => void): Promise<void> {
    const window = this.#shown;
    this.#recording.begin();
    this.#timers.mark(() => act(window));
    await this.#until(() => this.#isIdle, () => `Cannot ${what}: ${this.#lack()}.`);
  }

  /** Waits, but not for ever, until something is so. */
  async #until(isSo: () => boolean, late: () => string, patience = this.#person.patience): Promise<void> {
    const { promise: end, reject } = Promise.withResolvers<never>();
    // It may come before somebody looks, and then is nobody's for a moment.
    end.catch(() => {});
    const timer = setTimeout(() => reject(new Error(late())), patience);
    try {
      for (;;) {
        // Taken before the look: what changes during it is not missed.
        const { promise: change } = this.#change;
        await tick();
        if (this.#isClosed) throw new Error(late().replace(/: .*/s, ": the page was closed."));
        if (this.#failures.length > 0) throw this.#failures.shift();
        if (this.#leaving === 0 && isSo()) break;
        // The end comes first: what changes for ever has one too.
        await Promise.race([end, change]);
      }
    } finally {
      clearTimeout(timer);
    }
    this.#warnOfDuplicates();
  }

  #changed(): void {
    const { resolve } = this.#change;
    this.#change = Promise.withResolvers();
    resolve();
  }

  #leave(url: URL, init?: RequestInit): void {
    this.#leaving++;
    this.#load(url, init)
      .catch((error) => this.#failures.push(error))
      .finally(() => {
        this.#leaving--;
        this.#changed();
      });
  }

  async #load(to: URL, init?: RequestInit): Promise<void> {
    const { response, url } = await this.#network.visit(to, init);
    const html = await response.text();
    if (this.#isClosed) return;
    await this.#window?.close();
    this.#typed = undefined;
    this.#warned.clear();
    this.#recording.restart();
    this.#status = response.status;
    const window = this.#window = await PageWindow.open(html, url, {
      clock: this.#person.clock,
      setTimeout: this.#timers.set,
      clearTimeout: this.#timers.clear,
      fetch: (url, init) => this.#fetch(url, init),
      connect: (url) => this.#network.connect(url),
      leave: (url, init) => this.#leave(url, init),
    }, this.#person.isScripted);
    for (const stage of ["error", "halted", "forbidden"]) {
      window.document.addEventListener(EVENT_PREFIX + stage, ({ detail }: CustomEventInit) => {
        this.#recording.failed(detail);
      }, true);
    }
  }

  async #fetch(url: string, init: RequestInit): Promise<Response> {
    const response = await this.#network.fetch(url, init);
    // Without the name of its visit, the page comes back as another one.
    const isPage = url.split("#")[0] === this.#window?.url.split("#")[0];
    if (isPage && !new Headers(init.headers).has(VISIT_HEADER)) this.#recording.restart();
    return response;
  }

  #find(selector: string, doing: string): Element {
    return find(this.#shown.document, selector, doing);
  }

  #reachable(selector: string, doing: string): Element {
    const element = this.#find(selector, doing);
    if (element.matches(":disabled")) throw new Error(`Cannot ${doing} ${selector}: it is disabled.`);
    if (element.closest("[hidden]")) throw new Error(`Cannot ${doing} ${selector}: it is hidden.`);
    return element;
  }

  #submit(form: HTMLFormElement): void {
    const button = submitterOf(this.#shown.document, form);
    if (button) button.click();
    else form.requestSubmit();
  }

  /** Goes to an element, and so leaves the one before. */
  #enter(element: Element | undefined): void {
    if (this.#typed !== element) this.#commit();
    const { activeElement } = this.#shown.document;
    // Who clicks where nothing can have the focus takes it away.
    const next = element?.closest(FOCUSABLE);
    if (!next) (activeElement as HTMLElement | null)?.blur();
    else if (next !== activeElement) (next as HTMLElement).focus();
  }

  #commit(): void {
    this.#typed?.dispatchEvent(this.#shown.event("Event", "change", bubbling));
    this.#typed = undefined;
  }

  #warnOfDuplicates(): void {
    if (this.#isClosed) return;
    for (const id of duplicateIds(this.#shown.document)) {
      if (this.#warned.has(id)) continue;
      this.#warned.add(id);
      this.#person.log.warn("several elements have one id: a patch of it reaches the first", {
        id,
        page: this.url,
      });
    }
  }
}

function textOf(element: Element): string {
  return (element.textContent ?? "").trim().replace(/\s+/g, " ");
}
