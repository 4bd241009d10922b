import assert from "node:assert/strict";
import { burst } from "../../bench/floors/burst.ts";
import { Windows } from "../../bench/floors/windows.ts";
import { SYNC, syncPage } from "../../bench/pages/sync.ts";
import { insertFrames, ITEMS, PAGES } from "../../bench/sync_frames.ts";
import { openBareWindow, openWindow } from "../../bench/sync_members.ts";
import {
  burstRate,
  callRate,
  echoRate,
  knowFunctions,
  setRate,
  subscribeToAll,
} from "../../bench/sync_rates.ts";
import { Stream } from "../../bench/stream.ts";
import { callFrame, returnFrame } from "../../bench/sync_frames.ts";
import { echo } from "../../bench/floors/echo.ts";
import { timed } from "../helpers/peer.ts";
import { serve } from "./serve.ts";

const limits = { syncFramesPerSecond: 1e9, syncFrameBurst: 1e9 };

/** Counts those who were shown a number. */
function counter(): { shown: (before: number, now: number) => void; all(count: number): Promise<void> } {
  let left = 0, resolve = () => {};
  return {
    shown: () => void (--left === 0 && resolve()),
    all(count) {
      left = count;
      return new Promise((done) => resolve = done);
    },
  };
}

timed(
  "insertFrames: what the endpoint tells each page, to the letter, so that the floor sends as much",
  async () => {
    const page = syncPage({ limits });
    await using _ = page.app;
    await using server = serve(page.app.fetch);
    const { shown, all } = counter();
    const members = [];
    for (let index = 0; index < PAGES; index++) {
      members.push(await openWindow(server.url.replace("http", "ws") + SYNC, shown));
    }
    for (const number of [ITEMS, ITEMS + 1]) {
      const done = all(PAGES);
      await page.insert(number);
      await done;
    }
    assert.deepEqual([...new Set(members.map(({ shown }) => shown))], [ITEMS + 1]);
  },
);

timed("Windows: every socket is sent the frames of its page", async () => {
  const windows = new Windows();
  await using server = serve((request) => windows.serve(request));
  const { shown, all } = counter();
  const members = [];
  for (let index = 0; index < PAGES; index++) {
    members.push(await openBareWindow(server.url.replace("http", "ws"), shown));
  }
  for (const number of [ITEMS, ITEMS + 1]) {
    const done = all(PAGES);
    windows.send(number);
    await done;
  }
  assert.deepEqual([...new Set(members.map(({ shown }) => shown))], [ITEMS + 1]);
  assert.throws(() => windows.send(ITEMS), /^RangeError: Cannot send 1000: 1002 is prepared\.$/);
});

timed("rates: floor and endpoint send the same frames of variables, and each of them comes", async () => {
  const page = syncPage({ limits });
  await using _ = page.app;
  await using server = serve(page.app.fetch);
  await using floor = serve(burst);
  await using own = await Stream.open(server.url.replace("http", "ws") + SYNC);
  await using bare = await Stream.open(floor.url.replace("http", "ws"));
  await subscribeToAll(own);
  const set = setRate(
    "set",
    own,
    (value) => callFrame("setAll", value, { value }),
    (value) => returnFrame("setAll", value, value),
  );
  for (const rate of [set, burstRate("bare", bare)]) {
    for (let turn = 0; turn < 2; turn++) {
      await rate.prepare?.();
      await rate.run();
    }
  }
});

timed("rates: a thousand calls are answered while one that came before them waits", async () => {
  const page = syncPage({ limits });
  await using _ = page.app;
  await using server = serve(page.app.fetch);
  await using floor = serve(echo);
  await using own = await Stream.open(server.url.replace("http", "ws") + SYNC);
  await using bare = await Stream.open(floor.url.replace("http", "ws"));
  await knowFunctions(own, "add", "hold", "release");
  const call = callRate("call", own);
  for (const rate of [call, echoRate("echo", bare, call.text)]) {
    for (let turn = 0; turn < 2; turn++) await rate.run();
  }
});

timed("Stream: what a listener throws ends what is done", async () => {
  await using floor = serve(echo);
  await using stream = await Stream.open(floor.url.replace("http", "ws"));
  await assert.rejects(
    stream.run({
      begin: () => stream.send("one"),
      hear(text) {
        throw new Error(`Cannot use ${text}.`);
      },
    }),
    /^Error: Cannot use one\.$/,
  );
});

Deno.test("insertFrames: an item on top moves the last of each page to the next", () => {
  assert.deepEqual(insertFrames(0, 1000)[2]?.match(/"number":(\d+)/)?.[1], "1000");
  assert.deepEqual(insertFrames(2, 1000)[2]?.match(/"number":(\d+)/)?.[1], "960");
});
