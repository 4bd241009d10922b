/** Tabs of one session whose sockets are at different processes: their calls meet in the store alone. */
import assert from "node:assert/strict";
import { type Contender, startContender } from "../../helpers/contender.ts";
import { load, Peer } from "../../helpers/peer.ts";
import { findRedis, randomPrefix, removeKeys, skipRedis } from "../../helpers/redis.ts";

/** Processes that share a Redis, and tabs of one session at them. */
async function meet(url: string, processes: number) {
  const prefix = randomPrefix(), secret = crypto.getRandomValues(new Uint8Array(32)).toBase64();
  const scope = new AsyncDisposableStack();
  scope.defer(() => removeKeys(url, prefix));
  const all = await Promise.all(Array.from({ length: processes }, async () => {
    return scope.use(await startContender({ url, prefix, secret }));
  }));
  const { cookie } = await load(all[0]!.app);
  return {
    all,
    shown: async () => (await load(all[0]!.app, "/", { cookie })).body,
    tab: async (at: Contender) => scope.use(await Peer.live(at, await load(at.app, "/", { cookie }))),
    [Symbol.asyncDispose]: () => scope.disposeAsync(),
  };
}

/** Clicks again and again, each time when the last is answered. Returns what was not done. */
async function click(peer: Peer, times: number): Promise<unknown[]> {
  const refused: unknown[] = [];
  for (let i = 0; i < times; i++) {
    const frame = await peer.call("Counter#increment");
    if (frame[0] !== "patch" && frame[0] !== "done") refused.push(frame);
  }
  return refused;
}

const server = await findRedis();
if (server === undefined) skipRedis("races: calls of one session at several processes");
else withRedis(server.url);

function withRedis(url: string): void {
  Deno.test({
    name: "races: two tabs at two processes count to a thousand, and no call is told busy",
    timeout: 120_000,
    async fn() {
      await using meeting = await meet(url, 2);
      const tabs = await Promise.all(meeting.all.map(meeting.tab));
      assert.deepEqual((await Promise.all(tabs.map((tab) => click(tab, 500)))).flat(), []);
      assert.match(await meeting.shown(), />1000<\/output>/);
    },
  });

  Deno.test({
    name: "races: twenty tabs at three processes all get what they ask for",
    timeout: 120_000,
    async fn() {
      await using meeting = await meet(url, 3);
      const tabs = await Promise.all(Array.from({ length: 20 }, (_, i) => meeting.tab(meeting.all[i % 3]!)));
      assert.deepEqual((await Promise.all(tabs.map((tab) => click(tab, 20)))).flat(), []);
      assert.match(await meeting.shown(), />400<\/output>/);
    },
  });
}
