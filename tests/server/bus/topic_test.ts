import assert from "node:assert/strict";
import fc from "fast-check";
import { topic } from "@argyle/argyle";
import type { TopicContext } from "@argyle/argyle/types";

const asks = (user?: string, verb: TopicContext["verb"] = "subscribe"): TopicContext => ({
  user,
  verb,
  get: () => assert.fail("nothing is set"),
});

Deno.test("topic: its name is its path with its params; two of one name are one", () => {
  const Items = topic("items"), Room = topic("room/:room"), Seat = topic("hall/:hall/seat/:seat");
  assert.equal(Items().name, "items");
  assert.equal(Room({ room: "lobby" }).name, "room/lobby");
  assert.equal(Seat({ hall: "a b", seat: 7 }).name, "hall/a%20b/seat/7");
});

Deno.test("topic: what a stranger wrote is no separator and no wildcard of any broker", () => {
  const Room = topic("room/:room");
  fc.assert(fc.property(fc.string({ minLength: 1, maxLength: 40, unit: "binary" }), (room) => {
    const { name } = Room({ room });
    assert.match(name, /^room\/[A-Za-z0-9_%-]+$/);
    assert.equal(decodeURIComponent(name.slice(5)), room.toWellFormed());
  }));
  for (const room of ["*", ">", "a.b", "a:b", "../x", "a/b", "\0", "%2A"]) {
    assert.match(Room({ room }).name, /^room\/[A-Za-z0-9_%-]+$/);
  }
});

Deno.test("topic: a path that is none, a param that is missing, and a name that is too long are refused", () => {
  for (const path of ["", "/a", "a/", "a b", "a*", "a/:", "a//b", "a.b"]) {
    assert.throws(() => topic(path), { name: "TypeError", message: /^Cannot declare the topic/ });
  }
  const Room = topic("room/:room") as unknown as (params?: unknown) => unknown;
  assert.throws(() => Room(), { message: "Cannot name the topic room/:room: room is not there." });
  assert.throws(() => Room({ room: "" }), { message: 'Cannot name the topic room/:room: room is "".' });
  assert.throws(() => Room({ room: {} }), TypeError);
  assert.throws(() => Room({ room: "x".repeat(600) }), RangeError);
});

Deno.test("topic: everybody may, but one with a user is the user's; authorize decides otherwise", async () => {
  const Mine = topic("cart/:user"), Open = topic("room/:room");
  const Staff = topic("staff/:user", {
    authorize: ({ user, verb }, params) => verb === "publish" || user !== params.user,
  });
  assert.equal(Open({ room: "a" }).allows(asks()), true);
  assert.equal(Mine({ user: "ann" }).allows(asks("ann")), true);
  assert.equal(Mine({ user: "ann" }).allows(asks("bob")), false);
  assert.equal(Mine({ user: "ann" }).allows(asks()), false);
  assert.equal(Staff({ user: "ann" }).allows(asks("bob")), true);
  assert.equal(Staff({ user: "ann" }).allows(asks("ann")), false);
  assert.equal(Staff({ user: "ann" }).allows(asks("ann", "publish")), true);
  const Slow = topic("slow", { authorize: () => Promise.resolve(false) });
  assert.equal(await Slow().allows(asks()), false);
});

Deno.test("topic: nothing but true is a yes, at once or later", async () => {
  for (const answer of ["yes", 1, {}, [], null, undefined, false, "", 0]) {
    for (const given of [answer, Promise.resolve(answer)]) {
      const Odd = topic("odd", { authorize: () => given as boolean });
      assert.equal(await Odd().allows(asks()), false, String(answer));
    }
  }
  const thenable = { then: (resolve: (value: boolean) => void) => resolve(true) };
  const Later = topic("later", { authorize: () => thenable as unknown as Promise<boolean> });
  assert.equal(await Later().allows(asks()), true);
});
