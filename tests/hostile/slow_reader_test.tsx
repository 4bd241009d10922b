import assert from "node:assert/strict";
import { App, ops, topic } from "@argyle/argyle";
import { load, Peer, timed } from "../helpers/peer.ts";
import { SlowPeer } from "../helpers/slow_peer.ts";

const News = topic("news");

for (const shared of [true, false]) {
  timed(
    `slow reader: ${
      shared ? "of a shared page" : "of their own page"
    }: nobody waits for them, what waits is bounded, and then one patch`,
    async () => {
      const app = new App();
      let n = 0;
      const page = ({ subscribe }: { subscribe(topic: ReturnType<typeof News>): void }) => {
        subscribe(News());
        return <p id="text">{`${n} `.padEnd(100_000, "x")}</p>;
      };
      if (shared) app.page("/", page, { key: () => "all" });
      else app.page("/", page);
      await using server = await app.listen({ port: 0 });
      using slow = await SlowPeer.live(server, await load(app));
      await using quick = await Peer.live(server, await load(app));
      const changes = 150;
      for (n = 1; n <= changes; n++) {
        await app.publish(News());
        const [kind, version] = await quick.next();
        assert.deepEqual([kind, version], ["patch", n]);
      }
      n--;
      // What the kernel has taken, what was under way when the mark was passed, and then one for all the rest.
      let frames = 0, bytes = 0, text = "";
      while (!text.startsWith(`${changes} `)) {
        const [kind, version, operations] = await slow.next() as [string, number, [string, string, string][]];
        assert.deepEqual([kind, version], ["patch", ++frames]);
        text = operations[0]![2].replace('<p id="text">', "");
        bytes += text.length;
      }
      assert.ok(frames < changes, `${frames} patches`);
      assert.ok(bytes < changes * 100_000 - 1_000_000, `${bytes} bytes`);
      n++;
      await app.publish(News());
      assert.deepEqual((await slow.next()).slice(0, 2), ["patch", frames + 1]);
    },
  );
}

timed("slow reader: is told the last of what was said, after what is true", async () => {
  const app = new App();
  let n = 0;
  app.page("/", ({ subscribe }) => {
    subscribe(News());
    return <p id="text">{`${n} `.padEnd(100_000, "x")}</p>;
  }, { key: () => "all" });
  await using server = await app.listen({ port: 0 });
  using slow = await SlowPeer.live(server, await load(app));
  await using quick = await Peer.live(server, await load(app));
  for (n = 1; n <= 100; n++) {
    await app.publish(News());
    await quick.next();
  }
  for (n = 1; n <= 100; n++) {
    await app.broadcast(News(), ops().setTitle(`${n}`));
    assert.deepEqual((await quick.next()).slice(2), [[["do", "setTitle", null, { title: `${n}` }]]]);
  }
  const titles: string[] = [];
  let version = 0, text = "";
  while (titles.at(-1) !== "100") {
    const [kind, next, [operation]] = await slow.next() as [string, number, [string[]]];
    assert.deepEqual([kind, next], ["patch", ++version]);
    if (operation[0] === "do") titles.push((operation[3] as unknown as { title: string }).title);
    else {
      assert.deepEqual(titles, [], "what is true comes first");
      text = operation[2]!;
    }
  }
  assert.match(text, /100 x/);
  assert.deepEqual(titles, Array.from({ length: 64 }, (_, i) => `${i + 37}`));
});
