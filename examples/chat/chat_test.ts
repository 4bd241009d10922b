import assert from "node:assert/strict";
import { open } from "@argyle/argyle/testing";
import chat from "./main.tsx";
import { Rooms } from "./rooms.ts";

Deno.test("chat: nobody in particular goes to the lobby, and enters it by a name", async () => {
  await using ann = await open(chat(), "/");
  assert.equal(ann.url, "http://localhost/lobby");
  assert.equal(ann.text("title"), "#lobby");
  assert.equal(ann.text("#messages"), "Nobody has said anything yet.");
  await ann.submit("#me form", { name: " " });
  assert.equal(ann.text("#problem"), "Say who you are.");
  await ann.submit("#me form", { name: "Ann" });
  assert.equal(ann.text("#me label"), "You are Ann");
  await using below = await open(chat({ base: "/chat" }), "/chat/");
  assert.equal(below.url, "http://localhost/chat/lobby");
});

Deno.test("chat: what one says, all in the room are shown, and nobody else", async () => {
  const app = chat();
  await using ann = await open(app, "/lobby");
  await using bob = await open(app, "/lobby");
  await using eve = await open(app, "/kitchen");
  await ann.submit("#me form", { name: "Ann" });
  assert.equal(bob.text("#me label"), "Your name");
  await ann.submit("#me form", { text: "Hello" });
  await bob.see("Hello", "#messages");
  assert.deepEqual([ann.texts("#messages p"), ann.value("#text")], [["Hello"], ""]);
  assert.equal(bob.text("#messages b"), "Ann");
  assert.equal(eve.text("#messages"), "Nobody has said anything yet.");
  assert.equal(eve.last.operations.length, 0);
});

Deno.test("chat: who has left writes no more, and what was typed is nobody else's", async () => {
  const app = chat();
  await using ann = await open(app, "/lobby");
  await ann.submit("#me form", { name: "Ann" });
  await using tab = await ann.tab("/lobby");
  await ann.click("#me button.plain");
  assert.equal(ann.text("#me label"), "Your name");
  await tab.submit("#me form", { text: "Still me?" });
  assert.deepEqual([tab.last.error?.code, tab.last.error?.message], ["forbidden", "Say who you are first."]);
  assert.equal(ann.texts("#messages p").length, 0);
});

Deno.test("chat: what was said while the line was lost is there when it is back", async () => {
  const app = chat();
  await using ann = await open(app, "/lobby");
  await using bob = await open(app, "/lobby");
  await bob.disconnect();
  await ann.submit("#me form", { name: "Ann" });
  await ann.submit("#me form", { text: "Hello" });
  await bob.reconnect();
  await bob.see("Hello", "#messages");
});

Deno.test("rooms: a hundred messages are kept, of a thousand rooms", () => {
  const rooms = new Rooms();
  for (let n = 1; n <= 120; n++) rooms.say("a", "Ann", `${n}`);
  assert.deepEqual([rooms.messages("a").length, rooms.messages("a")[0]?.text], [100, "21"]);
  for (let n = 0; n < 1000; n++) rooms.say(`room ${n}`, "Ann", "hi");
  assert.equal(rooms.messages("a").length, 0);
  assert.equal(rooms.messages("room 999").length, 1);
});
