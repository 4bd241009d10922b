/**
 * What is done again and again over one socket of SockSync, and the same over a bare one.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Stream } from "./stream.ts";
import { callFrame, returnFrame, setFrame, subscribeFrames, variableName, VARIABLES } from "./sync_frames.ts";

/** Something that is done so many times in a turn. */
export interface Rate {
  readonly name: string;
  /** How often in a turn. */
  readonly count: number;
  /** A text of it, for a note. */
  readonly text: string;
  /** What comes before the clock starts. */
  prepare?(): Promise<void>;
  run(): Promise<void>;
}

/** All variables get so many values in a turn; this many of them at once are on their way. */
const VALUES = 20, AHEAD = 2;

/**
 * Frames of variables: each of them has to come, for each value, in order.
 *
 * @param ask what has the server set all of them
 * @param answer what comes beside the frames; nothing where left out
 */
export function setRate(
  name: string,
  stream: Stream,
  ask: (value: number) => string,
  answer?: (value: number) => string,
): Rate {
  let value = 0;
  return {
    name,
    count: VALUES * VARIABLES,
    text: setFrame(variableName(0), 1),
    async run() {
      const first = value + 1, last = value + VALUES;
      let at = 0, coming = first, asked = first + AHEAD - 1, answered = answer === undefined ? last : value;
      const isOver = () => coming > last && answered === last;
      await stream.run({
        begin() {
          for (let value = first; value <= asked; value++) stream.send(ask(value));
        },
        hear(text) {
          if (text === answer?.(answered + 1)) {
            answered++;
            return isOver();
          }
          if (text !== setFrame(variableName(at), coming)) throw new Error(`Cannot go on with ${text}.`);
          if (++at < VARIABLES) return false;
          at = 0;
          coming++;
          if (asked < last) stream.send(ask(++asked));
          return isOver();
        },
      });
      value = last;
    },
  };
}

/** The same of a bare socket, whose server has the frames of a turn at hand. */
export function burstRate(name: string, stream: Stream): Rate {
  const rate = setRate(name, stream, String);
  let first = 1;
  return {
    ...rate,
    async prepare() {
      const text = `prepare:${first}:${VALUES}`;
      assert.deepEqual(await stream.exchange(text), [text]);
      first += VALUES;
    },
  };
}

/**
 * Has a stream see all variables, and know what sets them. Deno's client holds back a second small frame until the first is
 * acknowledged, some 44 ms; so none of these waits for an answer but the last.
 */
export async function subscribeToAll(stream: Stream): Promise<void> {
  for (let index = 0; index < VARIABLES; index++) {
    stream.send(subscribeFrames("var", variableName(index))[0]);
  }
  await knowFunctions(stream, "setAll");
}

/** Has a stream know functions. */
export async function knowFunctions(stream: Stream, ...names: readonly string[]): Promise<void> {
  for (const name of names) stream.send(JSON.stringify({ func: "subscribe", type: "function", name }));
  // No JSON: that is answered, and nothing before it was.
  const [answer = ""] = await stream.exchange("ping");
  assert.equal(JSON.parse(answer).error_code, 7);
}

/** Calls of a turn, and how many of them are out at once. */
const CALLS = 10_000, OUT = 1000;

/**
 * Calls over one socket. Another that came before them is not over before they are: it does not hold them up, or nothing
 * would ever come.
 */
export function callRate(name: string, stream: Stream): Rate {
  let last = 0;
  const textOf = (id: number) => callFrame("add", id, { a: id, b: 1 });
  return {
    name,
    count: CALLS,
    text: textOf(100_000),
    async run() {
      const hold = ++last, first = last + 1, end = last += CALLS, release = ++last;
      const outstanding = new Set<string>();
      let made = first, left = CALLS, ended = 0;
      const call = () => {
        stream.send(textOf(made));
        outstanding.add(returnFrame("add", made, made + 1));
        made++;
      };
      const expected = [returnFrame("hold", hold, 0), returnFrame("release", release, 0)];
      await stream.run({
        begin() {
          stream.send(callFrame("hold", hold));
          while (made < first + OUT) call();
        },
        hear(text) {
          if (left === 0 && expected.includes(text)) return ++ended === expected.length;
          if (!outstanding.delete(text)) throw new Error(`Nobody has called for ${text}.`);
          if (made <= end) call();
          if (--left === 0) stream.send(callFrame("release", release));
          return false;
        },
      });
    },
  };
}

/**
 * The same of an echo, or of whatever answers a text with the same text.
 *
 * @param out how many of them are out at once
 */
export function echoRate(name: string, stream: Stream, text: string, out = OUT): Rate {
  return {
    name,
    count: CALLS,
    text,
    async run() {
      let sent = 0, left = CALLS;
      const send = () => {
        stream.send(text);
        sent++;
      };
      await stream.run({
        begin() {
          while (sent < out) send();
        },
        hear(answer) {
          if (answer !== text) throw new Error(`Cannot go on with ${answer}.`);
          if (sent < CALLS) send();
          return --left === 0;
        },
      });
    },
  };
}
