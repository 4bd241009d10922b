import assert from "node:assert/strict";
import { readNotice, writeNotice } from "../../../server/bus/notice.ts";

const noOffers = () => assert.fail("An event offers nothing.");

Deno.test("notice: an event is read as it was written", () => {
  const event = [
    "event",
    "room/a",
    "/room/:room",
    "message",
    '{"type":"message","msg":"\\u2028\\""}',
  ] as const;
  assert.deepEqual(readNotice(JSON.parse(writeNotice(event)), noOffers), event);
});

Deno.test("notice: an event that is none is not read", () => {
  for (
    const said of [
      ["event"],
      ["event", "room/a", "/room", "message"],
      ["event", "room/a", "/room", "message", {}],
      ["event", 1, "/room", "message", "{}"],
      ["event", "room/a", "/room", "message", "{}", "more"],
    ]
  ) assert.equal(readNotice(said, noOffers), undefined);
});
