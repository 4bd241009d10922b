import assert from "node:assert/strict";
import { connectSync } from "@argyle/argyle/client";
import { action, list, variable, type Watched } from "@argyle/argyle/socksync";
import { z } from "zod";
import { serveGroups } from "./sync_serve.ts";

function makeGroups() {
  return {
    stock: variable(3),
    names: list(["a", "b", "c"]),
    double: action(z.object({ n: z.number() }), ({ n }) => 2 * n),
  };
}

type Groups = ReturnType<typeof makeGroups>;

/** Waits until something that is watched is as it should be. */
function until<T>(watched: Watched<T>, isSo: () => boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = watched.watch(() => isSo() && resolve());
  if (isSo()) resolve();
  return promise.finally(end);
}

Deno.test("connectSync: over a real socket, values, pages and calls come through, and closing leaves nothing", async () => {
  const groups = makeGroups();
  await using server = await serveGroups(groups);
  using peer = connectSync<Groups>(server.url);
  const stock = peer.variable("stock"), names = peer.list("names", { pageSize: 2 });
  assert.equal(await stock.get(), 3);
  await groups.stock.update((value) => value + 1);
  await until(stock, () => stock.value === 4);
  await until(names, () => names.status === "fresh");
  assert.deepEqual([names.value, names.pages], [["a", "b"], 2]);
  await groups.names.insert(0, "z");
  await until(names, () => names.value[0] === "z" && names.value.length === 2);
  assert.deepEqual(names.value, ["z", "a"]);
  assert.equal(await peer.function("double").call({ n: 4 }), 8);
});

Deno.test("connectSync: a line that the server drops comes back, and so does what was seen over it", async () => {
  const groups = makeGroups();
  await using server = await serveGroups(groups);
  using peer = connectSync<Groups>(server.url);
  const stock = peer.variable("stock");
  await stock.get();
  server.guest().close();
  await until(stock, () => stock.status === "stale");
  await groups.stock.set(9); // while nobody hears it
  await until(stock, () => stock.status === "fresh");
  assert.equal(stock.value, 9);
});

Deno.test("connectSync: a server that stops is found again where it stands anew", async () => {
  const before = await serveGroups(makeGroups()), { url, port } = before;
  using peer = connectSync<Groups>(url);
  const stock = peer.variable("stock");
  await stock.get();
  await before[Symbol.asyncDispose]();
  await until(stock, () => stock.status === "stale");
  const after = makeGroups();
  await after.stock.set(5);
  await using _server = await serveGroups(after, { port });
  await until(stock, () => stock.status === "fresh");
  assert.equal(stock.value, 5);
});

Deno.test("connectSync: headers reach the server; whoever is refused goes on asking, and comes in when they may", async () => {
  let mayEnter = false;
  const heard: unknown[] = [], asked = Promise.withResolvers<void>();
  await using server = await serveGroups(makeGroups(), {
    authorize({ request, origin }) {
      heard.push(request.headers.get("authorization"), origin);
      asked.resolve();
      return mayEnter;
    },
  });
  using peer = connectSync<Groups>(server.url, { headers: { authorization: "Bearer 4f9d" } });
  const stock = peer.variable("stock").get();
  await asked.promise;
  assert.equal(peer.isOpen, false);
  mayEnter = true;
  assert.equal(await stock, 3);
  assert.deepEqual(heard.slice(0, 2), ["Bearer 4f9d", undefined]);
});

Deno.test("connectSync: the server calls a function of the program, and sees its variable", async () => {
  const mine = {
    zoom: variable(1),
    greet: action(z.object({ name: z.string() }), ({ name }) => `Hello ${name}`),
  };
  await using server = await serveGroups(makeGroups());
  using peer = connectSync<Groups>(server.url, { groups: mine });
  await peer.variable("stock").get();
  const guest = server.guest<typeof mine>(), zoom = guest.variable("zoom");
  assert.equal(await guest.function("greet").call({ name: "Ann" }), "Hello Ann");
  await zoom.get();
  await mine.zoom.set(2);
  await until(zoom, () => zoom.value === 2);
});

Deno.test("connectSync: 2,500 calls at once all come through, on one line, which the server's limits let live", async () => {
  await using server = await serveGroups(makeGroups());
  using peer = connectSync<Groups>(server.url);
  await peer.variable("stock").get();
  let lines = 0;
  using _watch = peer.watch(() => lines++);
  const double = peer.function("double");
  const outcomes = await Promise.all(Array.from({ length: 2500 }, (_, n) => double.call({ n })));
  assert.deepEqual(outcomes, Array.from({ length: 2500 }, (_, n) => 2 * n));
  assert.equal(lines, 0);
});

Deno.test("connectSync: closed while it connects, nothing is left", async () => {
  await using server = await serveGroups(makeGroups());
  const peer = connectSync(server.url);
  peer.close();
});
