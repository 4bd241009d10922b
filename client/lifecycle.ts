/**
 * The life of one reflex, told stage by stage: `created`, `before`, `queued` where there is no line, `delivered`; then
 * `success` (after `nothing`, where nothing on the page has changed), `halted`, `forbidden` or `error`; then `after`
 * and `finalize`.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import type { ElementData, Json } from "../protocol/frames.ts";
import { EVENT_PREFIX, Loading } from "../protocol/markers.ts";
import type { LoadRest } from "./beside.ts";
import type { Calls } from "./calls.ts";
import { announce, onPage } from "./dom.ts";
import { ReflexError } from "./reflex_error.ts";
import type { ReflexDetail } from "./reflex_event.ts";

/** What a reflex is sent with. */
export type Sent = readonly [args: readonly Json[], data?: ElementData];

/**
 * Makes a reflex live. The promise is that of {@linkcode Calls.call}; it rejects as well where a listener has stopped it,
 * and where `read` throws.
 */
export type Run = (reflex: string, read: () => Sent, element?: Element) => Promise<Json | undefined>;

/**
 * Makes reflexes live.
 *
 * @param expect somebody should be there to answer
 * @param load gets what shows that one is under way
 */
export function lifecycle(calls: Calls, expect: () => void, load: LoadRest, clock: Clock): Run {
  let last = 0;
  return async (reflex, read, element) => {
    const detail: ReflexDetail = { stage: "created", reflex, id: ++last, args: [], data: {}, element };
    const tell = (stage: ReflexDetail["stage"], more?: Partial<ReflexDetail>) =>
      announce(
        element && onPage(element) ? element : document,
        EVENT_PREFIX + stage,
        Object.assign(detail, more, { stage }),
      );
    // What is over in a moment is not worth a change of the page. Without a network it does not show.
    let finish: (() => void) | undefined = clock.after(Loading.patience, () => {
      load().then(({ showBusy }) => {
        if (finish && element) finish = showBusy(element);
      }, () => {});
    });
    try {
      const [args, data = {}] = read();
      // A copy: whoever has made the list may go on with it.
      Object.assign(detail, { args: JSON.parse(JSON.stringify(args)), data });
      tell("created");
      if (!tell("before")) throw new ReflexError("halted", "Stopped by a listener.");
      const outcome = calls.call(reflex, detail.args, detail.data, tell);
      expect();
      const value = await outcome;
      tell("success", { value });
      return value;
    } catch (error) {
      // What is not a reflex's own error was thrown by reading what it is sent with.
      const { code = "malformed", message, fields } = error as Error & Partial<ReflexError>;
      tell(/halted|forbidden/.test(code) ? code as "halted" : "error", { code, message, fields });
      throw error;
    } finally {
      finish?.();
      finish = undefined;
      tell("after");
      tell("finalize");
    }
  };
}
