import assert from "node:assert/strict";
import chat from "./main.tsx";
import { Rooms } from "./rooms.ts";

Deno.test("chat: a room's page has what was said, and a form to enter it", async () => {
  const app = chat();
  const response = await app.fetch(new Request("http://localhost/lobby"));
  const html = await response.text();
  assert.match(html, /<title>#lobby<\/title>/);
  assert.match(html, /Nobody has said anything yet\./);
  assert.match(html, /<form data-reflex="submit->Chat#enter">/);
});

Deno.test("chat: nobody in particular goes to the lobby", async () => {
  const response = await chat().fetch(new Request("http://localhost/"));
  assert.deepEqual([response.status, response.headers.get("location")], [303, "/lobby"]);
  const below = await chat({ base: "/chat" }).fetch(new Request("http://localhost/chat/"));
  assert.equal(below.headers.get("location"), "/chat/lobby");
});

Deno.test("rooms: a hundred messages are kept, of a thousand rooms", () => {
  const rooms = new Rooms();
  for (let n = 1; n <= 120; n++) rooms.say("a", "Ann", `${n}`);
  assert.deepEqual([rooms.messages("a").length, rooms.messages("a")[0]?.text], [100, "21"]);
  for (let n = 0; n < 1000; n++) rooms.say(`room ${n}`, "Ann", "hi");
  assert.equal(rooms.messages("a").length, 0);
  assert.equal(rooms.messages("room 999").length, 1);
});
