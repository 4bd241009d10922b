import assert from "node:assert/strict";
import { memory } from "@argyle/argyle/memory";
import { FakeClock, open } from "@argyle/argyle/testing";
import chat from "./main.tsx";
import { Room } from "./room.ts";

Deno.test("chat: who has just come is a guest, is seen by all, and can speak at once", async () => {
  const app = chat();
  await using ann = await open(app, "/");
  await ann.see(/^Guest \d{4}$/, "#present");
  const guest = ann.text("#present li");
  assert.deepEqual([ann.text("title"), ann.text("#name"), ann.text("#here")], ["Chat", guest, "1 here"]);
  assert.equal(ann.text("#silence"), "Nobody has said anything yet.");
  assert.equal(ann.texts("#messages li").length, 0);
  await using bob = await open(app, "/");
  await ann.see("2 here", "#here");
  assert.equal(new Set(ann.texts("#present li")).size, 2);
  assert.deepEqual(ann.texts("#present li"), bob.texts("#present li"));
  await ann.submit("#post", { text: " Hello " });
  await bob.see("Hello", "#messages");
  assert.deepEqual([ann.texts("#messages p"), ann.value("#text")], [["Hello"], ""]);
  assert.equal(bob.text("#messages b"), guest);
  assert.equal(bob.text("#silence"), "");
  await ann.submit("#post", { text: "  " });
  assert.equal(ann.texts("#messages li").length, 1);
});

Deno.test("chat: names are chosen by people, and given back", async () => {
  const app = chat();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await ann.see("2 here", "#here");
  const [guest, other] = ann.texts("#present li");
  await ann.submit("#rename", { name: " Ann " });
  await bob.see("Ann", "#present");
  assert.deepEqual(bob.texts("#present li"), ["Ann", other]);
  assert.deepEqual([ann.text("#name"), ann.value("#rename-name"), bob.text("#name")], ["Ann", "Ann", other]);
  await ann.submit("#post", { text: "It is me" });
  await bob.see("It is me", "#messages");
  assert.equal(bob.text("#messages b"), "Ann");
  await ann.submit("#rename", { name: "x".repeat(41) });
  assert.equal(ann.text(".field-error"), "At most 40 letters");
  await ann.submit("#rename", { name: "" });
  await bob.see(guest!, "#present");
});

Deno.test("chat: a person is there once, in two tabs and after a reload, and has gone with the last tab", async () => {
  const clock = new FakeClock(), app = chat({ clock });
  await using bob = await open(app, "/", { clock });
  await bob.see("1 here", "#here");
  {
    await using ann = await open(app, "/", { clock });
    await bob.see("2 here", "#here");
    const names = bob.texts("#present li");
    await using tab = await ann.tab("/");
    await ann.reload();
    assert.deepEqual(tab.texts("#present li"), names);
    assert.equal(tab.text("#name"), ann.text("#name"));
    clock.turn(2000);
    assert.deepEqual(bob.texts("#present li"), names);
  }
  clock.turn(1000);
  await bob.see("1 here", "#here");
});

Deno.test("chat: what was said while the line was lost is there when it is back", async () => {
  const app = chat();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await bob.disconnect();
  await ann.submit("#post", { text: "Hello" });
  await bob.reconnect();
  await bob.see("Hello", "#messages");
});

Deno.test("chat: below a base, and with a cookie that is none", async () => {
  await using ann = await open(chat({ base: "/chat" }), "/chat", { cookie: "guest=1234; other=1" });
  await ann.see("Guest 1234", "#present");
  for (const cookie of ["guest=<b>", "guest=12345", "xguest=1234"]) {
    await using eve = await open(chat(), "/", { cookie });
    assert.match(eve.text("#name"), /^Guest \d{4}$/);
    assert.notEqual(eve.text("#name"), "Guest 1234");
  }
});

Deno.test("chat: processes on one engine are one room", async () => {
  const engine = memory(), secrets = ["of all processes: 0123456789abcdefghijk"];
  await using here = chat({ ...engine, secrets }), there = chat({ ...engine, secrets });
  await using ann = await open(here, "/");
  await using bob = await open(there, "/");
  await ann.see("2 here", "#here");
  await bob.see("2 here", "#here");
  await ann.submit("#post", { text: "Hello over there" });
  await bob.see("Hello over there", "#messages");
  await bob.submit("#post", { text: "Hello back" });
  await ann.see("Hello back", "#messages");
  assert.deepEqual(ann.texts("#messages p"), bob.texts("#messages p"));
});

Deno.test("room: a hundred messages are kept, fewer where they are long", async () => {
  const room = new Room(memory().store);
  for (let n = 1; n <= 120; n++) await room.say(`call ${n}`, "Ann", `${n}`);
  const messages = await room.messages();
  assert.deepEqual([messages.length, messages[0]?.text, messages.at(-1)?.id], [100, "21", 120]);
  for (let n = 1; n <= 20; n++) await room.say(`long ${n}`, "Ann", "x".repeat(1000));
  assert.equal((await room.messages()).length, 15);
});

Deno.test("room: what one call says is said once, and nothing is lost of those who speak at once", async () => {
  const { store } = memory();
  const rooms = [new Room(store), new Room(store)];
  await Promise.all(rooms.map((room) => room.say("the same call", "Ann", "once")));
  await Promise.all(Array.from({ length: 20 }, (_, n) => rooms[n % 2]!.say(`call ${n}`, "Bob", `${n}`)));
  const messages = await rooms[0]!.messages();
  assert.equal(messages.length, 21);
  assert.deepEqual(messages.map(({ id }) => id), Array.from({ length: 21 }, (_, n) => n + 1));
});
