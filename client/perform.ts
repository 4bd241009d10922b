/**
 * A declarative call: the arguments stand in the page, the outcome is told by DOM events.
 *
 * @module
 */

import type { Json } from "../protocol/frames.ts";
import { Attribute, EVENT_PREFIX } from "../protocol/markers.ts";
import type { Perform } from "./bindings.ts";
import type { CallError } from "./call_error.ts";
import { announce, attribute, onPage } from "./dom.ts";
import { showTruth } from "./fields.ts";
import { elementData } from "./serialize.ts";
import type { ElementData } from "../protocol/frames.ts";

/** Calls `Class#method`. */
export type Call = (target: string, args: readonly Json[], element: ElementData) => Promise<Json | undefined>;

/** Makes the call of an offer, and tells `argyle:success` or `argyle:error` on its element. */
export function performer(call: Call): Perform {
  return async (element, { target, position }, event) => {
    const tell = (name: string, detail: unknown) =>
      announce(onPage(element) ? element : document, EVENT_PREFIX + name, detail);
    try {
      const args = JSON.parse(attribute(element, Attribute.args) ?? "[]")[position] ?? [];
      const value = await call(target, args, elementData(element, (event as SubmitEvent).submitter));
      if (event.type === "submit" && element instanceof HTMLFormElement) showTruth(element);
      tell("success", { target, value });
    } catch (error) {
      // What is not a call's own error was thrown by reading the page.
      const { code = "malformed", message, fields } = error as Error & Partial<CallError>;
      tell("error", { code, message, fields, target });
    }
  };
}
