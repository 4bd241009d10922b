/**
 * A line in the console for each reflex, while developing: `Counter#increment #3 success 12 ms ↑ 95 B ↓ 38 B`. The server
 * names this script in a page only there.
 *
 * @module
 */

import type { ServerFrame } from "../protocol/frames.ts";
import { EVENT_PREFIX, Path } from "../protocol/markers.ts";
import type { ReflexDetail, ReflexStage } from "./reflex_event.ts";

/** What was seen of a reflex on its way. */
interface Seen {
  /** When it began. */
  readonly start: number;
  /** The number of its frame, once that was sent. */
  n?: number;
  /** It has changed nothing on the page. */
  nothing?: boolean;
}

/** Bytes of the frames of a call. */
interface Bytes {
  readonly up: number;
  /** Unknown until its outcome has come. */
  down?: number;
}

const seen = new WeakMap<ReflexDetail, Seen>();
const frames = new Map<number, Bytes>();
/** The number of the call that was sent last. */
let last: number | undefined;

/** In the middle between black and white: a console is light or dark. */
const colours: Partial<Record<ReflexStage, string>> = {
  success: "#2da44e",
  halted: "#bf8700",
  forbidden: "#bf8700",
  error: "#e5534b",
};

on("created", (detail) => seen.set(detail, { start: performance.now() }));
// It is told in the same breath in which its frame is sent.
on("delivered", (detail) => note(detail, { n: last! }));
on("nothing", (detail) => note(detail, { nothing: true }));
for (const stage of Object.keys(colours) as ReflexStage[]) on(stage, tell);
countBytes();

function on(stage: ReflexStage, run: (detail: ReflexDetail) => void): void {
  document.addEventListener(EVENT_PREFIX + stage, ({ detail }: CustomEventInit<ReflexDetail>) => {
    if (detail?.reflex) run(detail); // else it is a fault that is no reflex's
  }, true);
}

function note(detail: ReflexDetail, more: Partial<Seen>): void {
  // Where this script came after the reflex had begun, there is nothing to note it with.
  const known = seen.get(detail);
  if (known) Object.assign(known, more);
}

function tell(detail: ReflexDetail): void {
  const { stage, reflex, id, code, message, data } = detail, { start, n, nothing } = seen.get(detail) ?? {};
  const took = start === undefined ? "" : ` ${Math.round(performance.now() - start)} ms`;
  // The client hears of a frame before we do: its bytes are counted when all have heard.
  setTimeout(() => {
    const bytes = n === undefined ? undefined : frames.get(n);
    if (n !== undefined) frames.delete(n);
    if (data.q) return;
    const kind = nothing ? " (nothing)" : stage === "error" ? ` (${code})` : "";
    const { up, down } = bytes ?? {};
    const amounts = (up === undefined ? "" : ` ↑ ${up} B`) + (down === undefined ? "" : ` ↓ ${down} B`);
    // deno-lint-ignore no-console -- the console is what it is for
    console.info(
      "%c%s%c #%d %c%s%c%s",
      "font-weight: bold",
      reflex,
      "",
      id,
      `color: ${colours[stage]}`,
      stage + kind,
      "color: #888",
      took + amounts + (message ? `: ${message}` : ""),
    );
  });
}

/** The page's socket may be open by now: what it sends goes through its prototype all the same. */
function countBytes(): void {
  const { send } = WebSocket.prototype, known = new WeakSet<WebSocket>();
  WebSocket.prototype.send = function (data) {
    if (typeof data === "string" && new URL(this.url).pathname.endsWith(Path.socket)) {
      if (!known.has(this)) this.addEventListener("message", ({ data }) => received(data));
      known.add(this);
      sent(data);
    }
    send.call(this, data);
  };
}

function sent(text: string): void {
  const [kind, n] = JSON.parse(text) as [kind: string, n: number];
  if (kind === "call") frames.set(last = n, { up: size(text) });
}

function received(text: string): void {
  const frame = JSON.parse(text) as ServerFrame;
  const n = frame[0] === "patch" ? frame[3]?.[0] : frame[0] === "done" || frame[0] === "error" ? frame[1] : 0;
  const bytes = n && frames.get(n);
  if (bytes) bytes.down = size(text);
}

function size(text: string): number {
  return new TextEncoder().encode(text).length;
}
