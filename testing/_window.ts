/**
 * A window: the page's document, and the browser's half of the framework at work in it.
 *
 * @module
 */

import type { Window } from "happy-dom";
import type { Socket } from "../client/environment.ts";
import type { Clock } from "../protocol/clock.ts";
import type { Json } from "../protocol/frames.ts";
import { Attribute } from "../protocol/markers.ts";
import { clientScripts } from "../server/page/client_script.ts";
import { clientPath } from "../server/page/document.ts";
import { giveFocusAsBrowsersDo } from "./_focus.ts";
import { Place } from "./_place.ts";

/** What a page takes from outside. */
export interface Outside {
  readonly clock: Clock;
  /** A number from 0 up to 1; always 0 where left out. */
  readonly random?: () => number;
  readonly setTimeout: (run: () => void, ms?: number) => number;
  readonly clearTimeout: (id?: number) => void;
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly connect: (url: string) => Socket;
  /** The page wants to be another one: a link, a form, a script. */
  readonly leave: (url: URL, init?: RequestInit) => void;
}

/** What of `client/core.ts` is used here. */
interface Exports {
  readonly client?: { run(target: string, read: () => [readonly Json[]]): Promise<Json | undefined> } | null;
}

/** What of happy-dom's window a script takes from the test instead. */
type Scope = Record<string, unknown>;

/**
 * One page that is shown. The script that runs in it is the very text that the server serves to browsers, made into a
 * function whose parameters are the window's names. Modules are evaluated once in a process and have one `document`:
 * they cannot be two people's. And to swap the globals around every turn of somebody's page would make each `await` in
 * a test a place where one person writes into another's page.
 */
export class PageWindow {
  readonly #window: Window;
  readonly #client: Exports | undefined;

  private constructor(window: Window, client: Exports | undefined) {
    this.#window = window;
    this.#client = client;
  }

  /** Shows a page; `isScripted` runs our script where the page has one. */
  static async open(
    html: string,
    url: URL,
    outside: Outside,
    isScripted: boolean,
  ): Promise<PageWindow> {
    const { Window } = await loadLibrary();
    const window = new Window({
      url: url.href,
      settings: {
        navigation: { disableMainFrameNavigation: true, disableChildFrameNavigation: true },
        disableIframePageLoading: true,
        disableJavaScriptFileLoading: true,
        disableCSSFileLoading: true,
        handleDisabledFileLoadingAsSuccess: true,
        // What a listener throws is a fault that the test is to see.
        disableErrorCapturing: true,
      },
    });
    giveFocusAsBrowsersDo(window);
    // Before the page is there: its ids are names of the window too.
    const scope = scopeOf(window, outside);
    window.document.write(html);
    const client = isScripted ? run(scope, await scriptsOf(window, outside)) : undefined;
    const shown = new PageWindow(window, client);
    shown.#follow(outside.leave);
    return shown;
  }

  /** The document. */
  get document(): Document {
    return this.#window.document as unknown as Document;
  }

  /** Its URL. */
  get url(): string {
    return this.#window.location.href;
  }

  /** Makes an event of this window. */
  event(kind: "Event" | "MouseEvent" | "InputEvent" | "KeyboardEvent", type: string, init: object): Event {
    return new this.#window[kind](type, init) as unknown as Event;
  }

  /** Tells the window itself something: `online`, `pagehide`. */
  tell(type: string): void {
    this.#window.dispatchEvent(new this.#window.Event(type));
  }

  /** What a form would send. */
  formData(form: HTMLFormElement, submitter: HTMLElement | null): Iterable<[string, FormDataEntryValue]> {
    return new this.#window.FormData(form as never, submitter as never) as never;
  }

  /** Calls a reflex as a script of the page would. */
  async call(target: string, args: readonly Json[]): Promise<Json | undefined> {
    const { client } = this.#client ?? {};
    if (!client) throw new Error(`Cannot call ${target}: the page has no script.`);
    return await client.run(target, () => [args]);
  }

  /** Ends everything that runs in it. */
  async close(): Promise<void> {
    this.tell("pagehide");
    await this.#window.happyDOM.close();
  }

  // Last of all listeners: what the page has prevented is not followed.
  #follow(leave: Outside["leave"]): void {
    const window = this.#window as unknown as EventTarget;
    window.addEventListener("click", (event) => {
      const link = (event.target as Element | null)?.closest?.("a[href], area[href]");
      if (event.defaultPrevented || !link) return;
      event.preventDefault();
      const url = new URL(link.getAttribute("href") ?? "", this.url);
      if (url.href.startsWith(`${this.url.split("#")[0]}#`)) return;
      leave(url);
    });
    window.addEventListener("submit", (event) => {
      if (event.defaultPrevented) return;
      event.preventDefault();
      const { submitter } = event as SubmitEvent;
      leave(...this.#submission(event.target as HTMLFormElement, submitter));
    });
  }

  #submission(form: HTMLFormElement, submitter: HTMLElement | null): [URL, RequestInit?] {
    const url = new URL(form.getAttribute("action") ?? "", this.url);
    const pairs = Array.from(
      this.formData(form, submitter),
      ([name, value]) => [name, typeof value === "string" ? value : value.name],
    );
    const fields = new URLSearchParams(pairs);
    if (form.method.toLowerCase() !== "post") {
      url.search = fields.toString();
      return [url];
    }
    return [url, { method: "POST", body: fields, headers: { referer: this.url.split("#")[0]! } }];
  }
}

/**
 * Loads the document's library: when the first page is opened, not when a test imports the kit for its clock alone. It
 * takes longer than most tests.
 */
export function loadLibrary(): Promise<typeof import("happy-dom")> {
  return import("happy-dom");
}

/** The scripts of a page: what each carries, and what stands beside it. */
type Name = "client" | "rest" | "patches" | "operations" | "care";

type Script = (...values: unknown[]) => Exports;

type Codes = Readonly<Record<Name, string>>;

const compiled = new Map<string, { names: readonly string[]; run: Script }>();

/** The scripts that a page names: an app with names of its own for attributes serves its own. */
async function scriptsOf(window: Window, { fetch }: Outside): Promise<Codes> {
  const source = window.document.querySelector(`script[${Attribute.page}]`)?.getAttribute("src");
  if (!source || source.endsWith(clientPath("client"))) return clientScripts;
  const get = async (path: string) => {
    const response = await fetch(new URL(path, window.location.href).href, {});
    if (!response.ok) {
      throw new Error(`Cannot open a page: its script ${path} is answered by ${response.status}.`);
    }
    return await response.text();
  };
  const beside = (name: Name) => get(source.replace(/client(?=-\w+\.js$)/, name));
  return {
    client: await get(source),
    rest: await beside("rest"),
    patches: await beside("patches"),
    operations: await beside("operations"),
    care: await beside("care"),
  };
}

function run(scope: Scope, codes: Codes): Exports {
  const client = evaluate("client", codes, scope, {
    client: undefined,
    // All are there: nothing has to be got. It is asked for while the first one is still being evaluated.
    load: async (path: string) => {
      await undefined;
      const [name] = /\w+/.exec(path) as unknown as [Name];
      return evaluate(name, codes, scope, { client, load: undefined });
    },
  });
  return client;
}

function evaluate(
  name: Name,
  codes: Codes,
  scope: Scope,
  own: { client: unknown; load: unknown },
): Exports {
  const code = codes[name];
  let script = compiled.get(code);
  if (script === undefined) compiled.set(code, script = compile(name, code, Object.keys(scope)));
  return script.run(own.client, own.load, ...script.names.map((name) => scope[name]));
}

// What a module has and a function has not becomes a parameter, in the few forms in which the minifier writes it. In a
// block of its own: a parameter and a declaration of the script may have one name.
function compile(
  script: Name,
  code: string,
  names: readonly string[],
): { names: readonly string[]; run: Script } {
  const body = code
    .replaceAll(/import\s*\{([^}]*)\}\s*from\s*"[^"]+";/g, (_, list: string) => {
      return `const{${renamed(list, ([name, own]) => `${name}:${own}`)}}=$client;`;
    })
    .replace(/export\s*\{([^}]*)\};?\s*$/, (_, list: string) => {
      return `return{${renamed(list, ([own, name]) => `${name}:${own}`)}}`;
    })
    .replaceAll("import.meta.url", '"/client-0.js"')
    .replaceAll(/\bimport\(/g, "$load(");
  if (/\b(import|export)\b/.test(body.replaceAll(/"[^"]*"/g, ""))) {
    throw new Error(
      `Cannot run the browser's script ${script}: it is written in a form that is not known here.`,
    );
  }
  return { names, run: new Function("$client", "$load", ...names, `"use strict";{${body}\n}`) as Script };
}

function renamed(list: string, write: (pair: [string, string]) => string): string {
  return list.split(",").map((item) => {
    const [from = "", to = from] = item.trim().split(/\s+as\s+/);
    return write([from, to]);
  }).join();
}

/** Every name that a script of this window may use, with its value. */
function scopeOf(window: Window, outside: Outside): Scope {
  const scope: Scope = {};
  for (let object: object = window; object !== Object.prototype; object = Object.getPrototypeOf(object)) {
    for (const name of Object.getOwnPropertyNames(object)) {
      if (name in scope || unnameable.has(name) || language.has(name)) continue;
      if (!/^[A-Za-z_$][\w$]*$/.test(name)) continue;
      const value: unknown = Reflect.get(window, name);
      // `addEventListener`, unlike `Element`, is called on the window.
      scope[name] = typeof value === "function" && /^[a-z]/.test(name) ? value.bind(window) : value;
    }
  }
  const { clock, random = () => 0 } = outside;
  return Object.assign(scope, {
    Element: elementOf(window),
    Range: Place,
    fetch: outside.fetch,
    setTimeout: outside.setTimeout,
    clearTimeout: outside.clearTimeout,
    WebSocket: class {
      constructor(url: string) {
        return outside.connect(url);
      }
    },
    Date: class extends Date {
      static override now = () => clock.now();
    },
    // Chance spreads the attempts of many browsers over time. Where there is one, nobody is to wait for it.
    Math: Object.create(Math, { random: { value: random } }),
    location: addressBar(window, outside.leave),
  });
}

/**
 * The window's `Element`, for scripts that take its methods from the prototype since a field of that name may stand in
 * front of the element's own. Forms and selects are proxies here, and `dispatchEvent` fails on those unless it is theirs.
 */
function elementOf(window: Window): unknown {
  const { Element } = window;
  return class extends Element {
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof Element;
    }
    override dispatchEvent(event: Parameters<typeof Element.prototype.dispatchEvent>[0]): boolean {
      return this.dispatchEvent(event);
    }
  };
}

/** Names that no parameter can have. */
const unnameable = new Set(["constructor", "eval", "arguments"]);

/** The language's own: of a window they are another realm's, whose lists and promises are not those of the test. */
const language = new Set(
  ("Array ArrayBuffer Boolean DataView Date Error EvalError Float32Array Float64Array Function Int16Array Int32Array " +
    "Int8Array Intl JSON Map Math Number Object Promise RangeError ReferenceError Reflect RegExp Set String Symbol " +
    "SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakSet")
    .split(" "),
);

/** The window's location, that leads through the app. */
function addressBar({ location }: Window, leave: Outside["leave"]): unknown {
  const go = (to: string) => leave(new URL(to, location.href));
  const ways: Record<string, unknown> = {
    reload: () => go(location.href),
    assign: go,
    replace: go,
  };
  return new Proxy(location, {
    get: (target, name) => ways[String(name)] ?? Reflect.get(target, name),
    set: (_, name, value) => {
      if (name !== "href") return false;
      go(String(value));
      return true;
    },
  });
}
