import assert from "node:assert/strict";
import { examples } from "../examples/all.ts";
import { TextLineStream } from "./server/fixtures/lines.ts";

const root = new URL("../", import.meta.url);

/** The command that an example's README gives under "Permissions". */
async function command(name: string): Promise<string[]> {
  const readme = await Deno.readTextFile(new URL(`examples/${name}/README.md`, root));
  const fence = /## Permissions\s+```sh\n([^`]+)```/.exec(readme);
  assert.ok(fence, `${name} says its permissions`);
  return fence[1]!.replaceAll("\\\n", " ").trim().split(/\s+/);
}

for (const { name } of examples) {
  Deno.test({
    name: `permissions: ${name} runs with what its README gives it, and no more`,
    timeout: 20_000,
    async fn() {
      const [program, ...args] = await command(name);
      assert.equal(program, "deno");
      assert.ok(
        !args.some((arg) => /^(-A|--allow-all|--allow-run|--allow-ffi|--allow-sys)/.test(arg)),
        args.join(" "),
      );
      const folder = await Deno.makeTempDir();
      // A port that was free a moment ago: the address is part of the permission.
      const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = listener.addr;
      listener.close();
      const child = new Deno.Command(Deno.execPath(), {
        args: args.map((arg) => arg.replaceAll(":8000", `:${port}`).replaceAll("=.data", `=${folder}`)),
        cwd: root,
        env: { PORT: String(port), DATA_DIR: folder },
        stdin: "null",
        stdout: "piped",
        stderr: "piped",
      }).spawn();
      const said: string[] = [];
      const { promise: listening, resolve } = Promise.withResolvers<void>();
      const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
        for await (
          const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
        ) {
          said.push(line);
          if (line.includes("listening on")) resolve();
        }
      };
      const reading = Promise.all([read(child.stdout), read(child.stderr)]);
      try {
        await Promise.race([listening, child.status.then(() => assert.fail(said.join("\n")))]);
        const response = await fetch(`http://127.0.0.1:${port}/`);
        assert.equal(response.status, 200, said.join("\n"));
        assert.match(await response.text(), /<main>/);
      } finally {
        child.kill("SIGTERM");
        await child.status;
        await reading;
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
