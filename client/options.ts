/**
 * What only some pages need: words behind an event, and attributes that say how a call is made.
 *
 * @module
 */

import { Attribute, Option } from "../protocol/markers.ts";
import type { Offer, Options } from "./bindings.ts";
import { disable } from "./disable.ts";
import { attribute } from "./dom.ts";
import { moreData } from "./more_data.ts";
import { pace } from "./pace.ts";
import type { Perform } from "./perform.ts";
import { useAll, useChanged, usedNames } from "./used.ts";
import { accepts, beyond, carryOut, nameOf } from "./words.ts";

/** Forms that are being sent. */
const sending = new WeakSet<Element>();

function take(element: Element, offer: Offer, event: Event, perform: Perform): void {
  useChanged(event);
  const sends = event.type === "submit" && element instanceof HTMLFormElement;
  // What is sent twice was meant once; and what is being sent is looked at by whom it is sent to.
  if (sending.has(element) && (sends || offer.target === Attribute.check)) return;
  carryOut(element, offer, event);
  const question = attribute(element, Option.confirm);
  if (question !== null && !globalThis.confirm(question)) return;
  if (!sends) return pace(element, nameOf(offer), () => void make(element, offer, event, perform));
  sending.add(element);
  useAll(element);
  void make(element, offer, event, perform).finally(() => sending.delete(element));
}

async function make(element: Element, offer: Offer, event: Event, perform: Perform): Promise<void> {
  const checks = offer.target === Attribute.check && element instanceof HTMLFormElement;
  if (checks && sending.has(element)) return;
  let enable: (() => void) | undefined;
  const { submitter } = event as SubmitEvent;
  try {
    await perform(element, offer, event, (data) => {
      const more = moreData(element, data);
      if (checks) return { ...more, u: usedNames(element) };
      // A disabled field is not sent: only now, when everything has been read.
      enable = disable(element, submitter);
      return more;
    });
  } finally {
    enable?.();
  }
}

/** See {@linkcode Options}. */
export const options: Options = { accepts, beyond, take };
