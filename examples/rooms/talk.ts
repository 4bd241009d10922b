/**
 * Speaks in a room from a terminal: each line is said to all, `/8 Hello` to 8 alone.
 *
 *     deno run --allow-net=127.0.0.1:8000 examples/rooms/talk.ts http://127.0.0.1:8000 lobby 7
 *
 * @module
 */

// deno-lint-ignore-file no-console -- a program speaks to its terminal
import process from "node:process";
import { createInterface } from "node:readline";
import { connectEvents, type EventsClient, EventsError, type EventsMessage } from "@argyle/argyle/client";
import type { Rooms } from "./rooms.ts"; // the type, and nothing else

function inWords(message: EventsMessage<Rooms>): string {
  switch (message.type) {
    case "message":
      return `${message.sender}: ${message.msg}`;
    case "whisper":
      return `${message.from}, to you alone: ${message.msg}`;
    case "join":
      return `${message.client_id} has come.`;
    case "leave":
      return `${message.client_id} has left.`;
  }
}

async function listen(client: EventsClient<Rooms>): Promise<void> {
  for await (const message of client) console.log(inWords(message));
}

async function say(client: EventsClient<Rooms>, line: string): Promise<void> {
  const [, to, whispered] = /^\/(-?\d+) (.*)$/.exec(line) ?? [];
  try {
    if (to === undefined || whispered === undefined) await client.send("message", { msg: line });
    else await client.send("whisper", { to: Number(to), msg: whispered });
  } catch (error) {
    if (!(error instanceof EventsError)) throw error;
    console.log(error.message);
  }
}

if (import.meta.main) {
  const [server = "http://127.0.0.1:8000", room = "lobby", number = "7"] = Deno.args;
  const client = connectEvents<Rooms>(`${server}/room/${encodeURIComponent(room)}/${number}`);
  const listening = listen(client);
  for await (const line of createInterface({ input: process.stdin })) {
    if (line.trim() !== "") await say(client, line);
  }
  client.close();
  await listening;
}
