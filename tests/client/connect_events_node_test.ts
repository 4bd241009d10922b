import assert from "node:assert/strict";
import { clientScripts } from "../../server/page/client_script.ts";
import { serveRooms } from "./events_serve.ts";

/** What a program in Node does with the script that browsers get. It prints what it has seen, as JSON. */
const program = `
const { connectEvents, EventsError } = await import(process.argv[2]);
const client = connectEvents(process.argv[3]);
const seen = [], joined = new Promise((resolve) => client.on("join", resolve));
seen.push(await joined);
const loop = client[Symbol.asyncIterator]();
client.notify("message", { msg: "Hello" });
seen.push((await loop.next()).value, await client.send("time", { zone: "UTC" }));
for await (const part of client.stream("count", { to: 2 })) seen.push(part);
const error = await client.send("message", { msg: 5 }, { timeout: 5000 }).catch((error) => error);
seen.push(error instanceof EventsError && [error.reason, error.errors[0].loc, error.errors[0].type]);
const waited = client.send("wait").catch(({ reason }) => reason);
client.send("wait"); // nobody waits for it
await new Promise((resolve) => setTimeout(resolve, 20));
client.close();
seen.push(await waited, client.status, await loop.next());
console.log(JSON.stringify(seen));
`;

Deno.test("connectEvents: in Node the browser's script connects, sends, hears, and lets the process end", async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  await using server = await serveRooms({ waited: () => promise });
  const folder = await Deno.makeTempDir();
  try {
    const [script, main] = [`${folder}/events.mjs`, `${folder}/main.mjs`];
    await Deno.writeTextFile(script, clientScripts.events);
    await Deno.writeTextFile(main, program);
    const { code, stdout, stderr } = await new Deno.Command(Deno.env.get("NODE") ?? "node", {
      args: ["--experimental-websocket", "--no-warnings", main, script, server.url(7)],
    }).output();
    const decoder = new TextDecoder();
    assert.equal(code, 0, decoder.decode(stderr));
    assert.equal(decoder.decode(stderr), "");
    assert.deepEqual(JSON.parse(decoder.decode(stdout)), [
      { client_id: 7 },
      { type: "message", msg: "Hello", sender: 7 },
      { now: "UTC" },
      { n: 1 },
      { n: 2 },
      ["refused", ["msg"], "type_error.string"],
      "disconnected",
      "closed",
      { done: true },
    ]);
  } finally {
    resolve();
    await Deno.remove(folder, { recursive: true });
  }
});
