import assert from "node:assert/strict";
import { Proxy } from "./proxy.ts";

/** Says again what it hears, on a port of its own. */
class Echo implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #done = this.#serve();
  readonly hostname = "127.0.0.1";
  readonly port = this.#listener.addr.port;

  async #serve(): Promise<void> {
    const all: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      all.push(
        connection.readable.pipeTo(connection.writable).catch((error) => {
          if (!(error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe)) {
            throw error;
          }
        }),
      );
    }
    await Promise.all(all);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#done;
  }
}

async function connect({ port }: { port: number }): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  connection.setNoDelay();
  return connection;
}

async function say(connection: Deno.TcpConn, text: string): Promise<void> {
  await connection.write(new TextEncoder().encode(text));
}

/** What comes until `count` characters are there; less where the connection ends before. */
async function hear(connection: Deno.TcpConn, count: number): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(1024);
  while (text.length < count) {
    const read = await connection.read(buffer).catch((error) => {
      if (!(error instanceof Deno.errors.ConnectionReset)) throw error;
      return null;
    });
    if (read === null) break;
    text += new TextDecoder().decode(buffer.subarray(0, read));
  }
  return text;
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, timeout: 10_000, fn });
}

test("Proxy: passes on what both ends say, and an end as an end", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo);
  using connection = await connect(proxy);
  await say(connection, "hello");
  assert.equal(await hear(connection, 5), "hello");
  assert.equal(proxy.connections, 1);
  connection.closeWrite();
  assert.equal(await hear(connection, 1), "");
});

test("Proxy: what was said while frozen arrives after the thaw, in order", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo);
  using connection = await connect(proxy);
  proxy.freeze("down");
  await say(connection, "one ");
  await proxy.held("down");
  await say(connection, "two");
  proxy.thaw();
  assert.equal(await hear(connection, 7), "one two");
});

test("Proxy: a cut ends every connection, and what was on its way is lost", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo);
  using one = await connect(proxy);
  using other = await connect(proxy);
  proxy.freeze("up");
  await say(one, "lost");
  await say(other, "lost");
  await proxy.held("up");
  proxy.cut();
  assert.deepEqual([await hear(one, 1), await hear(other, 1)], ["", ""]);
  proxy.thaw();
  using next = await connect(proxy);
  await say(next, "there");
  assert.equal(await hear(next, 5), "there");
});

test("Proxy: each connection leads where it is told when it comes; nowhere is an end", async () => {
  await using echo = new Echo();
  const targets = [echo, undefined];
  await using proxy = new Proxy(() => targets.shift());
  using first = await connect(proxy);
  await say(first, "a");
  assert.equal(await hear(first, 1), "a");
  using second = await connect(proxy);
  assert.equal(await hear(second, 1), "");
  await say(first, "b");
  assert.equal(await hear(first, 1), "b");
});

test("Proxy: while it refuses, a connection ends at once", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo);
  proxy.refuse();
  using refused = await connect(proxy);
  assert.equal(await hear(refused, 1), "");
  proxy.accept();
  using connection = await connect(proxy);
  await say(connection, "a");
  assert.equal(await hear(connection, 1), "a");
});

test("Proxy: a delay is that of each byte, not of each after the other", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo);
  using connection = await connect(proxy);
  await say(connection, "a");
  assert.equal(await hear(connection, 1), "a");
  proxy.delay = 100;
  const start = performance.now();
  // Said one by one, so that they are read one by one.
  for (let i = 0; i < 10; i++) await say(connection, String(i));
  assert.equal(await hear(connection, 10), "0123456789");
  const took = performance.now() - start;
  assert.ok(took >= 199, `${took} ms`);
  assert.ok(took < 1000, `${took} ms`);
});

test("Proxy: where the server is away, a connection ends", async () => {
  const echo = new Echo();
  await echo[Symbol.asyncDispose]();
  await using proxy = new Proxy(echo);
  using connection = await connect(proxy);
  assert.equal(await hear(connection, 1), "");
});
