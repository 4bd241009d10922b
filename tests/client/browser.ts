/**
 * A browser for tests: happy-dom's window, its names mounted where scripts expect them. Import it before anything of
 * `client/`.
 *
 * @module
 */

import { Window } from "happy-dom";

/** The window. Its timers are never waited for: the client's clock is a fake. */
export const window = new Window({ url: "https://shop.test/app/orders?page=2#top" });

const names = [
  "document",
  "Node",
  "Element",
  "HTMLElement",
  "HTMLFormElement",
  "HTMLInputElement",
  "HTMLScriptElement",
  "HTMLSelectElement",
  "HTMLOptionElement",
  "HTMLTemplateElement",
  "DocumentFragment",
  "Document",
  "MutationObserver",
  "Range",
  "CustomEvent",
  "Event",
  "EventTarget",
  "FormData",
];

for (const name of names) {
  Object.defineProperty(globalThis, name, {
    value: Reflect.get(window, name),
    configurable: true,
    writable: true,
  });
}
// Selects and forms are proxies here, and events can be dispatched on those only by what they take for their own method.
Object.defineProperty(globalThis, "Element", {
  value: class extends window.Element {
    static override [Symbol.hasInstance](value: unknown): boolean {
      return value instanceof window.Element;
    }
    override dispatchEvent(event: Parameters<typeof window.Element.prototype.dispatchEvent>[0]): boolean {
      return this.dispatchEvent(event);
    }
  },
  configurable: true,
  writable: true,
});
// Window listeners: `addEventListener("online", …)`.
globalThis.addEventListener = window.addEventListener.bind(window) as unknown as typeof addEventListener;

// Its first timer is over before a test begins.
await window.happyDOM.waitUntilComplete();

/** Fills the page. */
export function show(body: string, head = ""): void {
  document.head.innerHTML = head;
  document.body.innerHTML = body;
}

/** The one element that a selector names. */
export function $<E extends Element = HTMLElement>(selector: string): E {
  const element = document.querySelector<E>(selector);
  if (!element) throw new Error(`Nothing on the page is ${selector}.`);
  return element;
}

/** Lets promises and mutation observers run. */
export async function tick(): Promise<void> {
  await window.happyDOM.waitUntilComplete();
  for (let i = 0; i < 10; i++) await Promise.resolve();
}
