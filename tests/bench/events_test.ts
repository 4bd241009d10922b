import assert from "node:assert/strict";
import { echo } from "../../bench/floors/echo.ts";
import { texts } from "../../bench/measures/events.ts";
import { EVENTS, eventsPage } from "../../bench/pages/events.ts";
import { Stream } from "../../bench/stream.ts";
import { echoRate } from "../../bench/sync_rates.ts";
import { timed } from "../helpers/peer.ts";
import { serve } from "./serve.ts";

const limits = { syncFramesPerSecond: 1e9, syncFrameBurst: 1e9 };

timed("events: each text comes back to the letter, so that an echo of it is its floor", async () => {
  await using app = eventsPage({ limits });
  await using server = serve(app.fetch);
  await using floor = serve(echo);
  const place = server.url.replace("http", "ws") + EVENTS;
  for (const text of Object.values(texts)) {
    await using own = await Stream.open(`${place}${encodeURIComponent(text.slice(0, 9))}`);
    await using bare = await Stream.open(floor.url.replace("http", "ws"));
    for (const stream of [own, bare]) await echoRate("one", stream, text, 204).run();
  }
});

timed("events: what valibot refuses is not done", async () => {
  await using app = eventsPage({ limits });
  await using server = serve(app.fetch);
  await using own = await Stream.open(`${server.url.replace("http", "ws")}${EVENTS}a`);
  for (const text of Object.values(texts)) {
    const [answer = ""] = await own.exchange(text.replace('"sender":7', '"sender":"7"'));
    assert.deepEqual(JSON.parse(answer).errors.map(({ loc, type }: Record<string, unknown>) => [loc, type]), [
      [["sender"], "type_error.number"],
    ]);
  }
});
