/**
 * A declarative call: the arguments stand in the page, the outcome is told by DOM events.
 *
 * @module
 */

import type { Json } from "../protocol/frames.ts";
import { Attribute, EVENT_PREFIX } from "../protocol/markers.ts";
import type { Offer, Perform } from "./bindings.ts";
import type { CallError } from "./call_error.ts";
import { announce, attribute, onPage } from "./dom.ts";
import { elementData } from "./serialize.ts";
import type { ElementData } from "../protocol/frames.ts";

/** Calls `Class#method`. */
export type Call = (target: string, args: readonly Json[], element: ElementData) => Promise<Json | undefined>;

/** Makes the call of an offer, and tells `argyle:success` or `argyle:error` on its element. */
export function performer(call: Call): Perform {
  return (element, offer, event) => {
    const submitter = (event as SubmitEvent).submitter ?? null;
    void settle(
      element,
      offer.target,
      () => call(offer.target, argsOf(element, offer), elementData(element, submitter)),
    );
  };
}

async function settle(
  element: Element,
  target: string,
  call: () => Promise<Json | undefined>,
): Promise<void> {
  try {
    const value = await call();
    tell(element, "success", { target, value });
  } catch (error) {
    // What is not a call's own error was thrown by reading the page.
    const { code = "malformed", message, fields } = error as Error & Partial<CallError>;
    tell(element, "error", { code, message, fields, target });
  }
}

function tell(element: Element, name: string, detail: unknown): void {
  announce(onPage(element) ? element : document, EVENT_PREFIX + name, detail);
}

function argsOf(element: Element, { position }: Offer): readonly Json[] {
  return JSON.parse(attribute(element, Attribute.args) ?? "[]")[position] ?? [];
}
