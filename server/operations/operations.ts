/**
 * Operations by hand: whatever the server wants to do to a page, written down.
 *
 * @module
 */

import type { Json } from "../../protocol/frames.ts";
import { isOpenAttribute, isOpenCookie, isOpenProperty, openValue } from "../../protocol/operation_rules.ts";
import { writeProps } from "../../islands/props.ts";
import { locationOf } from "../http/redirect.ts";
import type { Html } from "../page/html.ts";
import type { Raw } from "../page/raw.ts";
import { jsonText } from "../session/json_text.ts";
import { writeAlone } from "./alone.ts";
import type { Draft } from "./draft.ts";
import type { DoOperation } from "../../protocol/operations.ts";

/**
 * What every operation takes. What is not known here is told to those who listen for the operation's events.
 *
 * @example
 * ```ts
 * import { ops } from "@argyle/argyle";
 * import type { OperationOptions } from "@argyle/argyle/types";
 * const soon: OperationOptions = { delay: 500, batch: "greeting" };
 * ops().setTitle("Hello", soon).consoleLog("Hello", soon);
 * ```
 */
export interface OperationOptions {
  /** Milliseconds to wait before it is done; those behind it do not wait. */
  readonly delay?: number;
  /** Names operations that belong together: when the last of them is done, the event `argyle:batch-complete` says so. */
  readonly batch?: string;
  /** `true`: it is not done. Listeners may set it, too. */
  readonly cancel?: boolean;
  /** Whatever else its listeners are to know. */
  readonly [extra: string]: Json | undefined;
}

/**
 * What operations on elements take besides.
 *
 * @example
 * ```ts
 * import { ops } from "@argyle/argyle";
 * import type { ElementOptions } from "@argyle/argyle/types";
 * const all: ElementOptions = { selectAll: true };
 * ops().addCssClass(".row", "old", all);
 * ```
 */
export interface ElementOptions extends OperationOptions {
  /** `true`: all elements that the selector names; the first alone where left out. */
  readonly selectAll?: boolean;
  /** `true`: the selector is an XPath expression. */
  readonly xpath?: boolean;
  /** A selector for the element that has the focus afterwards; it stays where it is where left out. */
  readonly focusSelector?: string;
  /** What happens where there is no such element; as the app's `missingElement` says where left out. */
  readonly missing?: MissingElement;
}

/**
 * What happens where an operation finds no element: a warning in the browser's console; nothing; the event
 * `argyle:missing-element`; or an exception there, and the rest of its list is not done.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { MissingElement } from "@argyle/argyle/types";
 * const missingElement: MissingElement = "event";
 * const app = new App({ missingElement });
 * ```
 */
export type MissingElement = "warn" | "ignore" | "event" | "exception";

/**
 * Makes an empty list of operations: CableReady's 37, in the order in which they are written.
 *
 * Markup is JSX or {@linkcode raw}; a string is text. A selector names the first element that it fits, all of them with
 * `selectAll`.
 *
 * @returns a list to write into
 *
 * @example
 * ```tsx
 * import { App, ops, Reflex, topic } from "@argyle/argyle";
 *
 * const Room = topic("room/:room");
 * class Chat extends Reflex {
 *   shout(text: string) {
 *     // to everybody in the room, when the call is committed
 *     this.broadcast(Room({ room: "lobby" }), ops().append("#shouts", <li>{text}</li>).perform("chime", { volume: 0.2 }));
 *     this.ops.setFocus("[name=text]"); // to the one who has called
 *   }
 * }
 * const app = new App();
 * app.reflexes({ Chat });
 * // from anywhere else in the server
 * await app.broadcast(Room({ room: "lobby" }), ops().addCssClass("#lamp", "on"));
 * // in the answer to a request
 * app.route("/lamp", { GET: () => Response.json(ops().removeCssClass("#lamp", "on")) });
 * ```
 */
export function ops(): Operations {
  return new Operations();
}

/** What is in a list. */
export let draftsOf: (operations: Operations) => readonly Draft[];

/** As if nothing had been written into a list. */
export let empty: (operations: Operations) => void;

/**
 * Operations in the order in which they are written. {@linkcode ops} makes an empty list; each method adds one, and gives
 * the list back.
 *
 * @example
 * ```ts
 * import { type Operations, ops } from "@argyle/argyle";
 * const busy = (operations: Operations) => operations.addCssClass("main", "busy").setTitle("Working …");
 * console.assert(busy(ops()).length === 2);
 * ```
 */
export class Operations {
  #drafts: Draft[] = [];

  /** How many there are. */
  get length(): number {
    return this.#drafts.length;
  }

  // Elements and what is in them.

  /** Puts markup into an element, behind what is in it. */
  append(selector: string, html: Html | Raw, options: ElementOptions = {}): this {
    return this.#markup("append", selector, html, options);
  }

  /**
   * Moves an element into another, behind what is in that.
   *
   * @param parent a selector for the other
   */
  graft(selector: string, parent: string, options: ElementOptions = {}): this {
    return this.#element("graft", selector, { parent: text(parent, "the parent") }, options);
  }

  /** Replaces what is in an element. */
  innerHtml(selector: string, html: Html | Raw, options: ElementOptions = {}): this {
    return this.#markup("innerHtml", selector, html, options);
  }

  /** Puts markup before, into or behind an element: `position`, `beforeend` where left out. */
  insertAdjacentHtml(
    selector: string,
    html: Html | Raw,
    options: ElementOptions & {
      readonly position?: "beforebegin" | "afterbegin" | "beforeend" | "afterend";
    } = {},
  ): this {
    return this.#markup("insertAdjacentHtml", selector, html, options);
  }

  /** Puts text before, into or behind an element: `position`, `beforeend` where left out. */
  insertAdjacentText(
    selector: string,
    content: string,
    options: ElementOptions & {
      readonly position?: "beforebegin" | "afterbegin" | "beforeend" | "afterend";
    } = {},
  ): this {
    return this.#element("insertAdjacentText", selector, { text: text(content, "the text", true) }, options);
  }

  /**
   * Brings an element to markup with as few changes as it takes, and keeps fields, focus and scroll positions. With
   * `childrenOnly` the markup is what is in it.
   */
  morph(
    selector: string,
    html: Html | Raw,
    options: ElementOptions & { readonly childrenOnly?: boolean } = {},
  ): this {
    return this.#markup("morph", selector, html, options);
  }

  /** Replaces an element. */
  outerHtml(selector: string, html: Html | Raw, options: ElementOptions = {}): this {
    return this.#markup("outerHtml", selector, html, options);
  }

  /** Puts markup into an element, before what is in it. */
  prepend(selector: string, html: Html | Raw, options: ElementOptions = {}): this {
    return this.#markup("prepend", selector, html, options);
  }

  /** Removes an element. */
  remove(selector: string, options: ElementOptions = {}): this {
    return this.#element("remove", selector, {}, options);
  }

  /** Replaces an element, as `outerHtml` does. */
  replace(selector: string, html: Html | Raw, options: ElementOptions = {}): this {
    return this.#markup("replace", selector, html, options);
  }

  /** Replaces what is in an element by text. */
  textContent(selector: string, content: string, options: ElementOptions = {}): this {
    return this.#element("textContent", selector, { text: text(content, "the text", true) }, options);
  }

  // Their attributes and properties.

  /** Adds classes to an element. */
  addCssClass(selector: string, name: string | readonly string[], options: ElementOptions = {}): this {
    return this.#element("addCssClass", selector, { name: classes(name) }, options);
  }

  /** Takes classes from an element. */
  removeCssClass(selector: string, name: string | readonly string[], options: ElementOptions = {}): this {
    return this.#element("removeCssClass", selector, { name: classes(name) }, options);
  }

  /**
   * Sets an attribute. A URL that could run script leads nowhere.
   *
   * @throws TypeError for what only a render writes: `on…`, `id`, `data-reflex…`
   */
  setAttribute(selector: string, name: string, value: string, options: ElementOptions = {}): this {
    return this.#element("setAttribute", selector, {
      name: attribute(name),
      value: openValue(name, text(value, name, true)),
    }, options);
  }

  /**
   * Removes an attribute.
   *
   * @throws TypeError for what only a render writes
   */
  removeAttribute(selector: string, name: string, options: ElementOptions = {}): this {
    return this.#element("removeAttribute", selector, { name: attribute(name) }, options);
  }

  /**
   * Sets a `data-*` attribute, by its name in `dataset`: `itemId` is `data-item-id`.
   *
   * @throws TypeError for what only a render writes
   */
  setDatasetProperty(selector: string, name: string, value: string, options: ElementOptions = {}): this {
    attribute(dataName(name));
    return this.#element("setDatasetProperty", selector, { name, value: text(value, name, true) }, options);
  }

  /**
   * Sets a property, where the element has one of that name: `scrollTop`, `open`; of custom elements any but markup.
   *
   * @throws TypeError for a property that holds markup or script
   */
  setProperty(selector: string, name: string, value: Json, options: ElementOptions = {}): this {
    return this.#element("setProperty", selector, {
      name: property(name),
      value: json(openValue(name, value), name),
    }, options);
  }

  /** Sets a property of the element's own style; an empty text removes it. */
  setStyle(selector: string, name: string, value: string, options: ElementOptions = {}): this {
    return this.#element("setStyle", selector, {
      name: text(name, "the name"),
      value: text(value, name, true),
    }, options);
  }

  /** Sets properties of the element's own style. */
  setStyles(
    selector: string,
    styles: { readonly [name: string]: string },
    options: ElementOptions = {},
  ): this {
    return this.#element("setStyles", selector, { styles: json(styles, "styles") }, options);
  }

  /** Writes into a field, as its person would: what a patch says of it later is another matter. */
  setValue(selector: string, value: string, options: ElementOptions = {}): this {
    return this.#element("setValue", selector, { value: text(value, "the value", true) }, options);
  }

  // Events, and the document.

  /** Dispatches an event that bubbles: from the element of `selector`, or from the root element. */
  dispatchEvent(
    name: string,
    detail: Json = null,
    options: ElementOptions & { readonly selector?: string } = {},
  ): this {
    const { selector, ...more } = options;
    const given = { name: text(name, "the name"), detail: json(detail, "detail") };
    return this.#add(
      "dispatchEvent",
      selector === undefined ? null : text(selector, "the selector"),
      given,
      more,
    );
  }

  /** Sets the content of the `meta` element of that name; makes one where there is none. */
  setMeta(name: string, content: string, options: OperationOptions = {}): this {
    return this.#add("setMeta", null, {
      name: text(name, "the name"),
      content: text(content, "the content", true),
    }, options);
  }

  /** Sets the document's title. */
  setTitle(title: string, options: OperationOptions = {}): this {
    return this.#add("setTitle", null, { title: text(title, "the title", true) }, options);
  }

  // The browser.

  /** Empties the browser's storage of this site: the tab's with `type: "session"`. */
  clearStorage(options: OperationOptions & { readonly type?: "local" | "session" } = {}): this {
    return this.#add("clearStorage", null, {}, options);
  }

  /** Goes back or on in the tab's history. */
  go(delta: number, options: OperationOptions = {}): this {
    if (!Number.isSafeInteger(delta)) throw new TypeError(`Cannot go: ${delta} is no whole number.`);
    return this.#add("go", null, { delta }, options);
  }

  /**
   * Adds an entry to the tab's history. The page stays what it is: the server goes on with the URL that it was loaded by.
   *
   * @throws HttpError 400 for what leads to another site
   */
  pushState(
    url: string,
    options: OperationOptions & { readonly state?: Json; readonly title?: string } = {},
  ): this {
    return this.#add("pushState", null, { url: place(url) }, options);
  }

  /**
   * Replaces the tab's entry in its history, likewise.
   *
   * @throws HttpError 400 for what leads to another site
   */
  replaceState(
    url: string,
    options: OperationOptions & { readonly state?: Json; readonly title?: string } = {},
  ): this {
    return this.#add("replaceState", null, { url: place(url) }, options);
  }

  /**
   * Leads the browser to another page of this site, or with `external` to another site. With `action: "replace"` there is
   * no way back to this one.
   *
   * @throws HttpError 400 for what leads to another site
   */
  redirectTo(
    url: string,
    options: OperationOptions & { readonly action?: "advance" | "replace"; readonly external?: boolean } = {},
  ): this {
    return this.#add("redirectTo", null, { url: place(url, options.external === true) }, options);
  }

  /** Loads the page again. */
  reload(options: OperationOptions = {}): this {
    return this.#add("reload", null, {}, options);
  }

  /** Removes an item of the browser's storage: of the tab's with `type: "session"`. */
  removeStorageItem(
    key: string,
    options: OperationOptions & { readonly type?: "local" | "session" } = {},
  ): this {
    return this.#add("removeStorageItem", null, { key: text(key, "the key") }, options);
  }

  /** Keeps a text in the browser's storage: in the tab's with `type: "session"`. */
  setStorageItem(
    key: string,
    value: string,
    options: OperationOptions & { readonly type?: "local" | "session" } = {},
  ): this {
    return this.#add("setStorageItem", null, {
      key: text(key, "the key"),
      value: text(value, "the value", true),
    }, options);
  }

  /** Scrolls until an element can be seen. */
  scrollIntoView(selector: string, options: ElementOptions & {
    readonly behavior?: "auto" | "instant" | "smooth";
    readonly block?: "start" | "center" | "end" | "nearest";
    readonly inline?: "start" | "center" | "end" | "nearest";
  } = {}): this {
    return this.#element("scrollIntoView", selector, {}, options);
  }

  /**
   * Sets a cookie that the page's scripts may read: `theme=dark; Path=/; Max-Age=31536000`. Others are set by
   * `this.cookie()` of a reflex.
   *
   * @throws TypeError for what is no cookie, or one of the framework's
   */
  setCookie(cookie: string, options: OperationOptions = {}): this {
    if (typeof cookie !== "string" || !isOpenCookie(cookie)) {
      throw new TypeError(
        "Cannot set the cookie: it is like `theme=dark; Path=/`, and not one of the framework's.",
      );
    }
    return this.#add("setCookie", null, { cookie }, options);
  }

  /** Gives an element the focus. */
  setFocus(selector: string, options: ElementOptions = {}): this {
    return this.#element("setFocus", selector, {}, options);
  }

  // The person, and the developer.

  /** Writes a line to the browser's console. */
  consoleLog(
    message: Json,
    options: OperationOptions & { readonly level?: "log" | "info" | "warn" | "error" | "debug" } = {},
  ): this {
    return this.#add("consoleLog", null, { message: json(message, "message") }, options);
  }

  /** Writes a table to the browser's console. */
  consoleTable(data: Json, options: OperationOptions & { readonly columns?: readonly string[] } = {}): this {
    return this.#add("consoleTable", null, { data: json(data, "data") }, options);
  }

  /**
   * Shows a notification of the system, if the person allows it; the browser asks.
   *
   * @param content as `new Notification` takes it
   */
  notification(
    title: string,
    content: { readonly body?: string; readonly icon?: string; readonly [key: string]: Json | undefined } =
      {},
    options: OperationOptions = {},
  ): this {
    return this.#add("notification", null, {
      title: text(title, "the title"),
      options: json(content as Json, "the content"),
    }, options);
  }

  /**
   * Gives an island props, beside those that it has: it is drawn again with them, and keeps its state. They hold until the
   * next render of the page that has others for it.
   *
   * @param selector of an element that holds the island, or of one that the island shows
   * @param props as an island takes them
   * @throws TypeError that names the path to what cannot travel
   */
  setProps<Props extends object = Record<string, unknown>>(
    selector: string,
    props: Partial<Props>,
    options: ElementOptions = {},
  ): this {
    return this.#element("setProps", selector, { props: writeProps(props, selector) }, options);
  }

  /**
   * An operation of the page's own, which its script has taught the browser by `operation(name, …)`.
   *
   * @param name as it was given there
   * @param detail what it needs to know
   * @param options `selector`: the element that it is for; the document's where left out
   * @throws TypeError for the name of one of these methods
   */
  perform(
    name: string,
    detail: { readonly [key: string]: Json } = {},
    options: ElementOptions & { readonly selector?: string } = {},
  ): this {
    if (typeof name !== "string" || !/^[A-Za-z][\w-]*$/.test(name)) {
      throw new TypeError(`Cannot perform ${JSON.stringify(name)}: a name is letters, digits, "_" and "-".`);
    }
    if (Object.hasOwn(Operations.prototype, name)) {
      throw new TypeError(`Cannot perform ${name}: it is a method, \`ops().${name}(…)\`.`);
    }
    const { selector, ...more } = options;
    return this.#add(name, selector === undefined ? null : text(selector, "the selector"), detail, more);
  }

  /**
   * The operations as they go over the wire, for `Response.json` and `JSON.stringify`; `perform` of
   * `@argyle/argyle/client` does them. Calls in their markup are those that the page itself offers.
   *
   * @throws TypeError for `on()` in their markup: outside an app nobody knows what its class is called
   */
  toJSON(): DoOperation[] {
    return writeAlone(this.#drafts);
  }

  static {
    draftsOf = (operations) => operations.#drafts;
    empty = (operations) => operations.#drafts = [];
  }

  #markup(name: string, selector: string, html: Html | Raw, options: ElementOptions): this {
    return this.#element(name, selector, {}, options, html, true);
  }

  #element(
    name: string,
    selector: string,
    detail: Draft["detail"],
    options: ElementOptions,
    html?: Html | Raw,
    hasHtml = false,
  ): this {
    return this.#add(name, text(selector, "the selector"), detail, options, html, hasHtml);
  }

  #add(
    name: string,
    target: string | null,
    detail: Draft["detail"],
    options: OperationOptions,
    html: Html | Raw = undefined,
    hasHtml = false,
  ): this {
    // Now, so that what cannot be sent fails where it is written.
    const all = json({ ...options, ...detail } as Json, name) as Draft["detail"];
    this.#drafts.push({ name, target, detail: all, html, hasHtml });
    return this;
  }
}

// As it was written: it is relative to the page. The browser looks once more where it leads.
function place(url: string, external = false): string {
  locationOf(text(url, "the URL"), external);
  return url.toWellFormed();
}

// A copy: whoever has made the value may go on with it.
function json(value: Json, what: string): Json {
  return JSON.parse(jsonText(value, what)) as Json;
}

function text(value: string, what: string, mayBeEmpty = false): string {
  if (typeof value !== "string") throw new TypeError(`Cannot write the operation: ${what} is no text.`);
  if (value === "" && !mayBeEmpty) {
    throw new TypeError(`Cannot write the operation: ${what} is an empty text.`);
  }
  return value.toWellFormed();
}

function classes(name: string | readonly string[]): string | string[] {
  const names = [name].flat().flatMap((name) => text(name, "the class").trim().split(/\s+/));
  return names.length === 1 ? names[0]! : names;
}

function attribute(name: string): string {
  if (typeof name === "string" && isOpenAttribute(name)) return name;
  throw new TypeError(`Cannot write ${JSON.stringify(name)}: only a render writes this attribute.`);
}

function property(name: string): string {
  if (typeof name === "string" && isOpenProperty(name, true)) return name;
  throw new TypeError(`Cannot set ${JSON.stringify(name)}: no operation sets this property.`);
}

/** The attribute that `dataset` has under a name. */
export function dataName(name: string): string {
  return `data-${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
