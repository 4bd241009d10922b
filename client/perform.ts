/**
 * A declarative call: the arguments stand in the page.
 *
 * @module
 */

import type { ElementData } from "../protocol/frames.ts";
import { Attribute } from "../protocol/markers.ts";
import type { Offer } from "./bindings.ts";
import { attribute } from "./dom.ts";
import { showTruth } from "./fields.ts";
import type { Run } from "./lifecycle.ts";
import { elementData } from "./serialize.ts";

/**
 * Makes the call of an offer that somebody took up; its outcome is told by events, and rejects nothing.
 *
 * @param change what else is told of the element
 */
export type Perform = (
  element: Element,
  offer: Offer,
  event: Event,
  change?: (data: ElementData) => ElementData,
) => Promise<void>;

/** Makes the calls of offers. */
export function performer(run: Run): Perform {
  return async (element, { target, position }, event, change = (data) => data) => {
    try {
      await run(target, () => [
        JSON.parse(attribute(element, Attribute.args) ?? "[]")[position] ?? [],
        change(elementData(element, (event as SubmitEvent).submitter)),
      ], element);
      if (event.type === "submit" && element instanceof HTMLFormElement) showTruth(element);
    } catch {
      // It has been told.
    }
  };
}
