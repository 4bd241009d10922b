import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { z } from "zod";
import { goTo } from "../../helpers/landed.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

class Orders extends Reflex {
  turn(page: number) {
    this.redirect({ query: { page: page === 1 ? undefined : page } }, { replace: true });
  }
  tags(tags: string[]) {
    this.redirect({ query: { tag: tags, "a b&c": "d=e", all: true, gone: null } });
  }
  clear() {
    this.redirect({ query: { page: undefined, q: undefined } });
  }
  wrong() {
    this.redirect({ query: { page: NaN } });
  }
  plain() {
    this.redirect("/orders?page=7", { replace: true });
  }
  enter() {
    this.login("ann");
    this.redirect({ query: { page: 3 } }, { replace: true });
  }
}

async function open() {
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Orders });
  app.page("/orders", ({ query: { page, q } }) => (
    <main>
      <p id="at">{`Page ${page} of ${q}`}</p>
      <i {...on("click", Orders, "turn", 2).on("click", Orders, "turn", 1).on("click", Orders, "clear")} />
      <i
        {...on("click", Orders, "tags", ["x", "y"]).on("click", Orders, "wrong").on("click", Orders, "plain")}
      />
      <i {...on("click", Orders, "enter")} />
    </main>
  ), { query: z.object({ page: z.coerce.number().default(1), q: z.string().default("all") }) });
  const server = await app.listen({ port: 0 });
  const page = await load(app, "/orders?q=tea"), peer = await Peer.live(server, page);
  return {
    server,
    page,
    peer,
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

timed("redirect: with another query of this page, in the place of it in the history", async () => {
  await using site = await open();
  const { peer } = site;
  assert.deepEqual(await peer.call("Orders#turn", [2]), ["done", 1]);
  assert.deepEqual(await peer.next(), ["go", "/orders?q=tea&page=2", null, 1]);
  assert.deepEqual((await goTo(peer, 1, "/orders?q=tea&page=2")).operations, [[
    "text",
    "at",
    "Page 2 of tea",
  ]]);
  assert.deepEqual(await peer.call("Orders#turn", [1]), ["done", 2]);
  assert.deepEqual(await peer.next(), ["go", "/orders?q=tea", null, 1]);
  assert.deepEqual(await peer.call("Orders#clear"), ["done", 3]);
  assert.deepEqual(await peer.next(), ["go", "/orders"]);
  assert.deepEqual(await peer.call("Orders#tags", [["x", "y"]]), ["done", 4]);
  assert.deepEqual(await peer.next(), ["go", "/orders?q=tea&page=2&tag=x&tag=y&a+b%26c=d%3De&all=true"]);
  assert.deepEqual(await peer.call("Orders#plain"), ["done", 5]);
  assert.deepEqual(await peer.next(), ["go", "/orders?page=7", null, 1]);
  assert.deepEqual((await peer.call("Orders#wrong")).slice(0, 3), ["error", 6, "failed"]);
});

timed("redirect: a login goes with a ticket, and what is sent again is told again, in full", async () => {
  await using site = await open();
  const { peer, page, server } = site;
  peer.send(["call", 1, 0, "Orders#turn", [2]]);
  assert.deepEqual([await peer.next(), await peer.next()], [["done", 1], [
    "go",
    "/orders?q=tea&page=2",
    null,
    1,
  ]]);
  await using again = await Peer.live(server, page);
  again.send(["call", 1, 0, "Orders#turn", [2]]);
  assert.deepEqual([await again.next(), await again.next()], [
    ["done", 1],
    ["go", "/orders?q=tea&page=2", null, 1],
  ]);
  again.send(["call", 2, 0, "Orders#enter"]);
  assert.deepEqual(await again.next(), ["done", 2]);
  const [kind, to, ticket, replace] = await again.next();
  assert.deepEqual([kind, to, replace], ["go", "/orders?q=tea&page=3", 1]);
  assert.match(String(ticket), /^[\w-]{22}$/);
});
