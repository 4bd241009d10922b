/**
 * The engine of SockSync at our end of a line.
 *
 * @module
 */

import type { Clock } from "../protocol/clock.ts";
import { fits } from "../protocol/codec.ts";
import { Close } from "../protocol/markers.ts";
import type { Transport } from "../socksync/transport.ts";
import type { LineEnd } from "./sync_line.ts";
import { type Outbox, outbox } from "./sync_outbox.ts";
import { Most } from "./sync_pace.ts";

/** What the line does to an engine. */
export interface Engine {
  /** There is a line. */
  open(transport: Transport): void;
  /** Something came over it. */
  receive(data: unknown): void;
  /** It is gone. */
  lost(): void;
}

/**
 * Gives an engine its transports, one for each socket.
 *
 * @param failed is told of what could not be sent
 */
export function engineEnd(
  engine: Engine,
  clock: Clock,
  failed: (what: string, error: unknown) => void,
): LineEnd {
  let open: Outbox | undefined;
  return {
    open({ pace, expect, lose }) {
      const out = open = outbox(pace, clock, () => lose(Close.behind));
      engine.open({
        send(text) {
          if (open !== out) return;
          if (fits(text, Most.frame)) {
            expect();
            out.send(text);
          } else failed("send", new RangeError(`Cannot send a frame of more than ${Most.frame} bytes.`));
        },
        isBehind: (whenRead) => open === out && out.isBehind(whenRead),
        close(code, reason) {
          if (open !== out) return;
          // A browser lets a page say no code of the protocol's own. A letter has three bytes at most, and 123 may be sent.
          lose(code, code < 3000 ? 1000 : code, reason.slice(0, 41));
        },
      });
    },
    receive: (data) => engine.receive(data),
    lost() {
      open?.stop();
      open = undefined;
      engine.lost();
    },
  };
}
