import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

/** Pages beside the one that floods. */
const OTHERS = 99;

/** Whose calls were carried out, in their order. */
let carriedOut: string[] = [];

class Work extends Reflex {
  go(who: string) {
    carriedOut.push(who);
    for (const end = performance.now() + 0.2; performance.now() < end;);
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

const flooder = "flooder", other = "other";

async function open() {
  carriedOut = [];
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Work });
  app.page("/", ({ session }) => (
    <main>
      <p id="p">{session.count ?? 0}</p>
      <button {...on("click", Work, "go", flooder)}>a</button>
      <button {...on("click", Work, "go", other)}>b</button>
    </main>
  ));
  const server = await app.listen({ port: 0 });
  const live = async () => Peer.live(server, await load(app));
  const peers = await Promise.all(Array.from({ length: OTHERS }, live));
  return {
    flood: await live(),
    peers,
    async [Symbol.asyncDispose]() {
      for (const peer of peers) await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

function call(n: number, who: string): string {
  return JSON.stringify(["call", n, 0, "Work#go", [who]]);
}

timed(
  "one socket of a hundred floods with calls: the others take no more than twice as many turns",
  async () => {
    await using site = await open();
    const { flood, peers } = site;
    for (let n = 1; n <= 190; n++) flood.send(call(n, flooder));
    for (const peer of peers) peer.send(call(1, other));
    for (const peer of peers) assert.equal((await peer.next())[0], "patch");
    const last = carriedOut.lastIndexOf(other);
    const before = carriedOut.slice(0, last).filter((who) => who === flooder).length;
    // Two, on a machine with nothing else to do: whoever is read takes a turn, whatever else lies there for it.
    assert.ok(before <= OTHERS, `${before} calls of the flood came before the last of ${OTHERS}.`);
    await flood[Symbol.asyncDispose]();
  },
);

timed(
  "one socket of a hundred floods with what is refused: it is closed after three, the others do not notice",
  async () => {
    await using site = await open();
    const { flood, peers } = site;
    for (let i = 0; i < 400; i++) flood.send("{");
    for (const peer of peers) peer.send(call(1, other));
    for (const peer of peers) assert.equal((await peer.next())[0], "patch");
    // Where it had sent more than was read, its system may tell it of a reset before it has read the answers.
    assert.ok((await flood.ended()).heard.length <= 3);
  },
);
