/**
 * The commands of `docs/deploying.md` that one machine can run, in an app that `init` has made.
 *
 * @module
 */

import assert from "node:assert/strict";
import { dirname } from "node:path";
import { init } from "../../cli/init.ts";
import { temporaryFolder } from "../helpers/folder.ts";
import { load, Peer } from "../helpers/peer.ts";
import { freePort, start } from "../helpers/project_of_ones_own.ts";
import { canStartRedis, startRedis } from "../helpers/redis.ts";
import { root } from "../project.ts";
import { skip } from "../skip.ts";

const page = await Deno.readTextFile(new URL("docs/deploying.md", root));
const timeout = 120_000;

/** What the page has in a fence. */
function fence(info: string): string {
  const [, text] = new RegExp(`^\`\`\`${info}\\n([^]*?)^\`\`\`$`, "m").exec(page) ?? [];
  assert.ok(text !== undefined, `docs/deploying.md has no \`\`\`${info}`);
  return text;
}

/** The commands of a name, for other ports than those of the page. */
function commands(name: string, ports: readonly number[] = []): string {
  return ports.reduce(
    (text, port, index) => text.replaceAll(`${8000 + index}`, `${port}`),
    fence(`sh run=${name}`),
  );
}

/** This Deno is what `deno` means. */
const env = { PATH: `${dirname(Deno.execPath())}:${Deno.env.get("PATH") ?? ""}`, NO_COLOR: "1" };

async function run(cwd: string, program: string, ...args: string[]): Promise<{ code: number; said: string }> {
  const output = await new Deno.Command(program, { args, cwd, env, stdin: "null" }).output();
  const text = new TextDecoder();
  return { code: output.code, said: text.decode(output.stdout) + text.decode(output.stderr) };
}

async function has(program: string): Promise<boolean> {
  return (await run(".", "sh", "-c", `command -v ${program}`)).code === 0;
}

/** Takes a connection to one port after the other, as a balancer that is not sticky. */
function balancer(ports: readonly number[]): { url: string; taken: number[] } & AsyncDisposable {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 }), taken = ports.map(() => 0);
  const connections = new Set<Deno.Conn>();
  let next = 0;
  const pass = async (from: Deno.Conn, to: Deno.Conn) => {
    try {
      await from.readable.pipeTo(to.writable);
    } catch (error) {
      // One end has gone, and the other goes with it.
      if (!(error instanceof Error)) throw error;
    } finally {
      connections.delete(from);
    }
  };
  const passing: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const from of listener) {
      const index = next++ % ports.length;
      taken[index]! += 1;
      const to = await Deno.connect({ hostname: "127.0.0.1", port: ports[index]! });
      connections.add(from).add(to);
      passing.push(pass(from, to), pass(to, from));
    }
  })();
  return {
    url: `http://127.0.0.1:${listener.addr.port}`,
    taken,
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const connection of connections) close(connection);
      await Promise.all(passing);
    },
  };
}

function close(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error; // its pipe has closed it
  }
}

if (await has("openssl") && await has("curl")) {
  Deno.test({
    name: "deploying: built, started, healthy, and ended by SIGTERM",
    timeout,
    async fn() {
      await using folder = await temporaryFolder({});
      await init([folder.path, "--yes"]);
      const built = await run(folder.path, "sh", "-ec", commands("build"));
      assert.equal(built.code, 0, built.said);
      const manifest = await Array.fromAsync(Deno.readDir(`${folder.path}/_build`));
      assert.ok(manifest.length > 0);

      const ports = [freePort()];
      await using server = await start(folder.path, ["sh", "-ec", `${commands("start", ports)}`], env);
      const healthy = await run(folder.path, "sh", "-ec", commands("health", ports));
      assert.deepEqual([healthy.code, healthy.said.trim()], [0, "ok"]);
      // The app has a name now, and answers to no other.
      const strange = await fetch(`${server.url}/`);
      assert.equal(strange.status, 421, await strange.text());
      await server.stop();
      await assert.rejects(fetch(`${server.url}/`));
    },
  });
} else {
  skip("deploying: built, started, healthy, and ended by SIGTERM", "no openssl or no curl on the PATH");
}

Deno.test({
  name: "deploying: what the container runs, and how it is asked for its health",
  timeout,
  async fn() {
    await using folder = await temporaryFolder({});
    await init([folder.path, "--yes"]);
    const port = freePort(), file = fence("dockerfile").replaceAll("8000", `${port}`);
    const command = (name: string): string[] =>
      JSON.parse(new RegExp(`^${name} (\\[.*\\])$`, "m").exec(file)![1]!);
    const secret = btoa("a secret of at least 32 bytes, for a test");
    const more = { ...env, ARGYLE_SECRET: secret, DENO_JOBS: "2" };
    await using _server = await start(folder.path, command("CMD"), more);
    const [program = "", ...args] = command("HEALTHCHECK CMD");
    const healthy = await run(folder.path, program, ...args);
    assert.equal(healthy.code, 0, healthy.said);
    const response = await fetch(`http://127.0.0.1:${port}/`);
    assert.match(await response.text(), /Hello, whoever you are!/);
  },
});

if (await canStartRedis() && await has("openssl")) {
  Deno.test({
    name: "deploying: two processes on Redis, behind a balancer that is not sticky, are one app",
    timeout,
    async fn() {
      await using redis = await startRedis();
      await using folder = await temporaryFolder({});
      await init([folder.path, "--store", "redis", "--yes"]);
      const ports = [freePort(), freePort()];
      const both = commands("redis", ports).replace("redis://127.0.0.1:6379", redis.url);
      await using _servers = await start(folder.path, ["sh", "-ec", both], env, 2);
      await using front = balancer(ports);

      const app = { fetch: (request: Request) => fetch(request) };
      const first = await load(app, "/", { origin: front.url });
      {
        await using one = await Peer.live(front, first);
        await using other = await Peer.live(
          front,
          await load(app, "/", { origin: front.url, cookie: first.cookie }),
        );
        assert.equal((await one.call("Greeting#wave"))[0], "patch");
        assert.equal((await other.call("Greeting#wave"))[0], "patch");
        assert.equal((await one.call("Greeting#wave"))[0], "patch");
      }
      const { body } = await load(app, "/", { origin: front.url, cookie: first.cookie });
      assert.match(body, /aria-label="3 waves"/);
      assert.ok(front.taken.every((count) => count > 0), `${front.taken}`);
    },
  });
} else {
  skip("deploying: two processes on Redis", "no redis-server or no openssl on the PATH");
}

if (await canCompile()) {
  Deno.test({
    name: "deploying: one file",
    timeout,
    async fn() {
      await using folder = await temporaryFolder({});
      await init([folder.path, "--yes"]);
      const port = freePort();
      const serve = page.split("## One file")[1]!.match(/```ts ignore .*\n([^]*?)```/)![1]!;
      assert.match(serve, /"0\.0\.0\.0", port: 8000/);
      await Deno.writeTextFile(`${folder.path}/serve.ts`, serve.replace("8000", `${port}`));
      for (const name of ["build", "compile"]) {
        const { code, said } = await run(folder.path, "sh", "-ec", commands(name));
        assert.equal(code, 0, said);
      }
      await using server = await start(folder.path, ["./shop"], env);
      const response = await fetch(`${server.url}/`);
      assert.match(await response.text(), /Hello, whoever you are!/);
    },
  });
} else {
  skip("deploying: one file", "deno compile cannot fetch its runtime here");
}

if (await has("nginx")) {
  Deno.test("deploying: nginx takes the configuration", async () => {
    const [server, around] = [...page.matchAll(/^```nginx\n([^]*?)^```$/gm)].map(([, text]) => text!);
    const config = `events {}\nhttp {\n${around}${server!.replace("listen 443 ssl", "listen 8443")}}\n`;
    await using folder = await temporaryFolder({ "nginx.conf": config });
    const { code, said } = await run(
      folder.path,
      "nginx",
      "-t",
      "-p",
      folder.path,
      "-c",
      `${folder.path}/nginx.conf`,
    );
    assert.equal(code, 0, said);
  });
} else {
  skip("deploying: nginx takes the configuration", "no nginx on the PATH");
}

if (await has("caddy")) {
  Deno.test("deploying: Caddy takes the configuration", async () => {
    await using folder = await temporaryFolder({ "Caddyfile": fence("caddyfile") });
    const { code, said } = await run(
      folder.path,
      "caddy",
      "adapt",
      "--validate",
      "--config",
      `${folder.path}/Caddyfile`,
    );
    assert.equal(code, 0, said);
  });
} else {
  skip("deploying: Caddy takes the configuration", "no caddy on the PATH");
}

/** Whether the runtime that goes into a compiled program can be had. */
async function canCompile(): Promise<boolean> {
  await using folder = await temporaryFolder({ "one.ts": "1;\n" });
  return (await run(folder.path, "deno", "compile", "--output", "one", "one.ts")).code === 0;
}
