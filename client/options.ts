/**
 * What only some pages need: words behind an event, and attributes that say how a call is made.
 *
 * @module
 */

import { Option } from "../protocol/markers.ts";
import type { Offer, Options } from "./bindings.ts";
import { disable } from "./disable.ts";
import { attribute } from "./dom.ts";
import { moreData } from "./more_data.ts";
import { pace } from "./pace.ts";
import type { Perform } from "./perform.ts";
import { accepts, beyond, carryOut, nameOf } from "./words.ts";

function take(element: Element, offer: Offer, event: Event, perform: Perform): void {
  carryOut(element, offer, event);
  const question = attribute(element, Option.confirm);
  if (question !== null && !globalThis.confirm(question)) return;
  pace(element, nameOf(offer), () => void make(element, offer, event, perform));
}

async function make(element: Element, offer: Offer, event: Event, perform: Perform): Promise<void> {
  let enable: (() => void) | undefined;
  const { submitter } = event as SubmitEvent;
  try {
    await perform(element, offer, event, (data) => {
      const more = moreData(element, data);
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
