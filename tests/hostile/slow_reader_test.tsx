import assert from "node:assert/strict";
import { App, ops, topic } from "@argyle/argyle";
import { Path, PROTOCOL_VERSION } from "@argyle/argyle/protocol";
import { load, type LoadedPage, Peer, timed } from "../helpers/peer.ts";
import { RawPeer } from "../helpers/raw.ts";

const News = topic("news");

/** A page's socket whose other end reads only when it is told to. */
class SlowPeer implements Disposable {
  readonly #peer: RawPeer;
  #unread = "";

  private constructor(peer: RawPeer) {
    this.#peer = peer;
  }

  static async live(server: { port: number; url: string }, { cookie, token }: LoadedPage): Promise<SlowPeer> {
    const raw = await RawPeer.connect(server);
    await raw.send(
      `GET ${Path.socket} HTTP/1.1\r\nhost: 127.0.0.1:${server.port}\r\norigin: ${server.url}\r\ncookie: ${cookie}\r\n` +
        "upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n" +
        "sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    assert.equal((await raw.answer())?.status, 101);
    const peer = new SlowPeer(raw);
    await peer.send(["hello", PROTOCOL_VERSION, token, 0]);
    assert.deepEqual(await peer.next(), ["ready", 0]);
    return peer;
  }

  async send(frame: unknown): Promise<void> {
    const text = JSON.stringify(frame);
    assert.ok(text.length < 65_536);
    const length = text.length < 126 ? [text.length] : [126, text.length >> 8, text.length & 255];
    await this.#peer.send(String.fromCharCode(0x81, ...length) + text);
  }

  /** Reads one frame. */
  async next(): Promise<unknown[]> {
    while (true) {
      const found = this.#frame();
      if (found !== undefined) return found;
      const more = await this.#peer.text(1);
      assert.notEqual(more, "", "the socket was closed");
      this.#unread += more;
    }
  }

  #frame(): unknown[] | undefined {
    const byte = (at: number) => this.#unread.charCodeAt(at);
    const length = byte(1), header = length < 126 ? 2 : length === 126 ? 4 : 10;
    if (!(this.#unread.length >= header)) return undefined;
    let size = length < 126 ? length : 0;
    for (let i = 2; i < header; i++) size = size * 256 + byte(i);
    if (this.#unread.length < header + size) return undefined;
    const text = this.#unread.slice(header, header + size);
    this.#unread = this.#unread.slice(header + size);
    return JSON.parse(text);
  }

  [Symbol.dispose](): void {
    this.#peer.close();
  }
}

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
