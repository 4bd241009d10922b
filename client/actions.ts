/**
 * Operations by hand that change no markup: of fields and focus, of the browser, of the person.
 *
 * @module
 */

import { EVENT_PREFIX } from "../protocol/markers.ts";
import { isHarmlessProperty, isOpenCookie, ownPlace } from "../protocol/operation_rules.ts";
import { call, own } from "./call.ts";
import { announce, markSent } from "./core.ts";
import { deny, text } from "./deny.ts";
import type { Detail } from "./own_operation.ts";
import { focus } from "./targets.ts";

/** Carries an operation out on an element, the root element where none is named; a promise says when that is done. */
export type Act = (element: Element, detail: Detail, name: string) => void | Promise<void>;

/** By name. */
export const actions: Record<string, Act> = {
  // A name is anything: also one that every object has.
  __proto__: null as never,

  setProperty(element, { name, value }) {
    const key = text(name), members = element as unknown as Record<string, unknown>;
    const open = key in element && typeof members[key] !== "function" && isHarmlessProperty(key);
    if (!open) deny(`the property ${key}`);
    members[key] = value;
    markSent(element);
  },
  setValue(target, { value }) {
    const field = target as HTMLInputElement & { readonly options?: HTMLOptionsCollection },
      values = [value].flat().map(text);
    if (field.options && field.multiple) {
      for (const option of field.options) option.selected = values.includes(option.value);
    } else if (/^(check|radio)/.test(field.type)) {
      field.checked = value === true || values.includes(field.value);
    } else if ("value" in field) field.value = text(value);
    else deny("the value");
    // The server knows of it: what it says next is news.
    markSent(field);
  },
  setFocus: focus,
  // Some browsers say when they are there, or that they do not know the way.
  scrollIntoView: (element, detail) =>
    call(element, "scrollIntoView", {
      ...detail,
      ...matchMedia("(prefers-reduced-motion:reduce)").matches && { behavior: "instant" },
    } as object),
  dispatchEvent(target, { name, detail }) {
    if (text(name).startsWith(EVENT_PREFIX)) deny("the event");
    announce(target, name as string, detail);
  },

  setTitle: (_, { title }) => write("title", title),
  setMeta(_, { name, content }) {
    const selector = `meta[name=${CSS.escape(name as string)}]:not([http-equiv])`;
    const meta = call(document, "querySelector", selector) ??
      own(document, "head").appendChild(call(document, "createElement", "meta"));
    Object.assign(meta, { name, content });
  },
  setCookie: (_, { cookie }) => write("cookie", isOpenCookie(text(cookie)) ? cookie : deny("the cookie")),
  setStorageItem: store,
  removeStorageItem: store,
  clearStorage: store,

  go: (_, { delta }) => history.go(Number(delta) || deny("the place")),
  pushState: record,
  replaceState: record,
  redirectTo: (_, { url, action, external }) =>
    location[action === "replace" ? action : "assign"](placeOf(url, external)),
  reload: () => location.reload(),

  // deno-lint-ignore no-console -- it is what is asked for
  consoleLog: (_, { message, level }) => console[(level ?? "log") as "log"](message),
  // deno-lint-ignore no-console -- it is what is asked for
  consoleTable: (_, { data, columns }) => console.table(data, columns as string[]),
  async notification(_, detail) {
    detail.permission = await Notification.requestPermission();
    if (detail.permission === "granted") {
      new Notification(text(detail.title), detail.options as NotificationOptions);
    }
  },
};

/** Into the document, whatever the images and forms on the page are called. */
function write(key: "title" | "cookie", value: unknown): void {
  Reflect.set(Document.prototype, key, text(value), document);
}

function store(_: Element, { key, value, type }: Detail, name: string): void {
  const storage = type === "session" ? sessionStorage : localStorage;
  // "setStorageItem" is its "setItem", "clearStorage" its "clear".
  storage[name.replace("Storage", "") as "setItem"](text(key), text(value));
}

function record(_: Element, { state, url }: Detail, name: string): void {
  history[name as "pushState"](state ?? {}, "", placeOf(url));
}

function placeOf(url: unknown, external?: unknown): string {
  return ownPlace(text(url), location.href, external as boolean) ?? deny("the place");
}
