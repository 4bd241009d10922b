/**
 * The life of the page's connection: opening, hearing, losing and finding it again. The one answer to every doubt is a
 * resync: the page's own URL is fetched again, and a new socket goes on from there.
 *
 * @module
 */

import type { ClientFrame, ServerFrame } from "../protocol/frames.ts";
import { Close } from "../protocol/markers.ts";
import type { Operation } from "../protocol/operations.ts";
import { PROTOCOL_VERSION } from "../protocol/version.ts";
import { backoff } from "./backoff.ts";
import { ReflexError } from "./reflex_error.ts";
import { type LoadPatches, patches } from "./beside.ts";
import type { Calls } from "./calls.ts";
import { page } from "./dom.ts";
import type { Environment, Socket } from "./environment.ts";
import { heartbeat } from "./heartbeat.ts";
import { type PageData, pageData } from "./page.ts";
import { RARE } from "./rare.ts";
import type { Fresh } from "./refresh.ts";
import { showStatus } from "./status.ts";
import { tellNow } from "./watch.ts";

/** Milliseconds. */
const Time = {
  /** Without `ready` for so long, an attempt has failed. */
  handshake: 10_000,
  /** A socket that was ready for so long was a good one. */
  steady: 10_000,
  /** Resyncs that follow each other within this time slow down, up to it. */
  resyncPace: 5000,
  /** The first resync comes within this time. */
  resyncSpread: 200,
  /** After a restart everybody comes back; within this time, unless the server has said another. */
  returnSpread: 1000,
} as const;

/** How the connection changes the page. */
export interface Interpreter {
  /** Applies one patch. Throws when the page is not as the server believes. */
  patch(operations: readonly Operation[]): void;
  /** Brings the whole page to a new one. */
  replace(head: Element, body: Element): void;
}

/** One page's connection. Holds at most one socket, one plan for the next attempt and one request for the page. */
export interface Connection {
  /** Connects at once, or makes sure that the socket we have still has another end. */
  wake(): void;
  /** Lets go of everything; `wake` starts again. */
  sleep(): void;
  /** A call was made; somebody should be there to answer it. */
  expect(): void;
  /** From now on, what comes waits for the script beside this one. */
  need: LoadPatches;
  /** Sends a frame, where there is a socket. */
  say(frame: ClientFrame): void;
  /** Brings the page to its next version, which is `theirs`, or finds out what it is now. */
  patch(theirs: number, operations: readonly Operation[]): void;
  /** The page is another from now on, and has come to this version. Calls go on: their numbers are the socket's. */
  become(fresh: PageData, at: number): void;
}

/** Nothing happens before the first `wake`. */
export function connection(
  script: HTMLScriptElement,
  calls: Calls,
  interpreter: Interpreter,
  load: LoadPatches,
  env: Environment,
): Connection {
  const { clock, random, location } = env;
  const nextDelay = backoff(random);
  const pulse = heartbeat(clock, calls.waiting, () => say(["ping"]), () => lost(0, true));
  let data = pageData(script);
  /** Patches applied since this page data was loaded. */
  let version = 0;
  let socket: Socket | undefined;
  let ready = false;
  /** Cancels the next attempt. */
  let planned: (() => void) | undefined;
  /** Cancels the wait for `ready`, and then for the socket to be steady. */
  let settling: (() => void) | undefined;
  /** Frames that wait. */
  let backlog: Promise<unknown> | undefined;
  /** Every frame waits until the script beside this one is here. */
  let needed = false;
  /** The page shows what nobody knows: it must be fetched before a socket is opened. */
  let stale = false;
  /** The next fetch is a new visit's. */
  let anew = false;
  let fetching: AbortController | undefined;
  let lastResync = -Infinity;
  let resyncs = 0;

  function plan(ms: number): void {
    planned?.();
    planned = clock.after(ms, attempt);
  }

  function attempt(): void {
    planned?.();
    planned = undefined;
    if (stale) void resync();
    else open();
  }

  function open(): void {
    drop();
    const url = new URL("socket", script.src); // `Path.socket`: it lies beside the script
    url.protocol = url.protocol.replace("http", "ws");
    const line = socket = env.connect(url.href);
    let opened = false;
    line.onopen = () => {
      opened = true;
      say(["hello", PROTOCOL_VERSION, data.token, version]);
    };
    line.onmessage = (event) => {
      pulse.stop();
      take(event.data as string);
      expect();
    };
    line.onclose = ({ code, reason }) => lost(code, opened, reason);
    settling = clock.after(Time.handshake, () => lost(0, opened));
  }

  function say(frame: ClientFrame): void {
    socket?.send(JSON.stringify(frame));
  }

  /** A socket may close twice, or late: a dropped one has no handlers any more. */
  function drop(): void {
    const line = socket;
    socket = undefined;
    ready = false;
    backlog = undefined;
    settling?.();
    pulse.stop();
    calls.offline();
    if (!line) return;
    line.onopen = line.onmessage = line.onclose = null;
    line.close();
  }

  function lost(code: number, opened: boolean, reason?: string): void {
    drop();
    showStatus("offline");
    if (code === Close.upgrade) return location.reload();
    if (code === Close.policy || code === Close.tooLarge) {
      // What this socket was closed for would close the next one too.
      calls.abandon("disconnected");
    }
    if (code === Close.replaced) {
      anew = true;
      return wishResync();
    }
    // Refused before it opened: a session or a key may be gone, and a fresh page brings a fresh cookie.
    if (!opened) stale = true;
    if (fetching) return;
    const comesBack = code === Close.restart || code === Close.away || code === Close.age;
    // A server that stops says first how far apart its pages are to come back, in milliseconds.
    plan(comesBack ? random() * (parseInt(reason!) || Time.returnSpread) : nextDelay(page("hidden")));
  }

  // A frame may have to wait for a script, and what comes behind it for the frame.
  function take(text: string): void {
    const line = socket;
    tellNow();
    const hear = () => {
      if (socket === line) receive(JSON.parse(text));
    };
    if (!(backlog || needed || patches || RARE.test(text))) return hear();
    backlog = Promise.all([load(), backlog]).then(([{ prepare }]) => prepare(text, hear, env));
    backlog.catch(() => {
      needed = false; // without that script a page does less, but lives
      wishResync(); // it can still be brought to what it should be as a whole
    });
  }

  function receive(frame: ServerFrame): void {
    switch (frame[0]) {
      case "ready":
        return online(frame[1]);
      case "patch":
        patch(frame[1], frame[2]);
        if (frame[3]) calls.settle(false, ...frame[3]);
        return;
      case "done":
        return calls.settle(true, frame[1], frame[2]);
      case "error": {
        const [, n, code, message, fields] = frame;
        if (n) return calls.fail(n, new ReflexError(code, message, fields));
        break;
      }
      case "resync":
        return wishResync();
    }
    patches?.receive(frame, script, env).then((isDone) => isDone || wishResync());
  }

  function online(theirs: number): void {
    if (stale || fetching) return; // this socket is about to be replaced
    if (theirs !== version) return wishResync();
    ready = true;
    settling?.();
    settling = clock.after(Time.steady, () => nextDelay.reset());
    showStatus("online");
    calls.online((text) => socket?.send(text));
  }

  function patch(theirs: number, operations: readonly Operation[]): void {
    if (stale || fetching) return; // the page that is being fetched replaces all of this
    if (theirs !== version + 1) return wishResync();
    try {
      interpreter.patch(operations);
      version = theirs;
    } catch {
      wishResync(); // the page is not as the server believes
    }
  }

  /** One resync at a time; a wish during the fetch makes one more after it. */
  function wishResync(): void {
    const underWay = fetching || (stale && planned);
    stale = true;
    calls.offline();
    if (!underWay) planResync();
  }

  function planResync(): void {
    resyncs = clock.now() - lastResync < Time.resyncPace ? resyncs + 1 : 0;
    plan(random() * Math.min(Time.resyncPace, Time.resyncSpread * 2 ** resyncs));
  }

  async function resync(): Promise<void> {
    const mine = fetching = new AbortController();
    const first = anew;
    stale = anew = false;
    const answer = await load().then(
      ({ refresh }) => refresh(env, first ? undefined : data.token, mine),
      // Nobody is there, or only a proxy; or the server has other scripts by now, and the page has to be loaded with them.
      () => env.fetch(location.href, { method: "HEAD" }).then(({ status }) => status > 428, () => true),
    ) as Partial<Fresh & { after: number }> | false | undefined;
    if (fetching !== mine) return; // put to sleep meanwhile
    fetching = undefined;
    lastResync = clock.now();
    if (!answer) return location.reload();
    if (answer.data) return arrive(answer as Fresh);
    stale = true;
    anew ||= first;
    showStatus("offline");
    plan(Math.max(answer.after || 0, nextDelay(page("hidden"))));
  }

  function arrive(fresh: Fresh): void {
    try {
      interpreter.replace(fresh.head, fresh.body);
    } catch {
      return location.reload(); // what cannot be patched can still be loaded
    }
    if (fresh.data.visit !== data.visit) calls.restart();
    data = fresh.data;
    version = 0;
    drop();
    if (stale) planResync();
    else open();
  }

  function expect(): void {
    if (ready) pulse.expect();
  }

  return {
    expect,
    say,
    patch,
    become(fresh, at) {
      data = fresh;
      version = at;
    },
    need() {
      needed = true;
      return load();
    },
    wake() {
      if (ready) pulse.probe();
      else if (!socket && !fetching) attempt();
    },
    sleep() {
      planned?.();
      planned = undefined;
      if (fetching) stale = true;
      fetching?.abort();
      fetching = undefined;
      drop();
    },
  };
}
