import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { loadRecording } from "../../bench/compare.ts";
import { byteLine } from "../../bench/line.ts";

const environment = {
  bench: "2026-11-20T10:00:00Z",
  rounds: 5,
  cores: 2,
  load: 0.5,
  deno: "2.9.6",
  v8: "15.0",
  target: "x86_64-unknown-linux-gnu",
};

function recorded(bytes: number): string {
  const line = { part: "sizes", ...byteLine({ measure: "get" }, [bytes]) };
  return `${JSON.stringify(environment)}\n${JSON.stringify(line)}\n`;
}

async function run(script: string, ...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const path = fileURLToPath(new URL(`../../bench/${script}`, import.meta.url));
  const deno = new Deno.Command(Deno.execPath(), { args: ["run", "-A", "--quiet", path, ...args] });
  const { code, stdout, stderr } = await deno.output();
  return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
}

async function withFile(text: string, use: (path: string) => Promise<void>): Promise<void> {
  const path = await Deno.makeTempFile({ suffix: ".jsonl" });
  try {
    await Deno.writeTextFile(path, text);
    await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("loadRecording: a file that is not there is told in a sentence", async () => {
  await assert.rejects(
    loadRecording("/nowhere/old.jsonl"),
    /^TypeError: Cannot compare with \/nowhere\/old\.jsonl: there is no such file\.$/,
  );
});

Deno.test("compare.ts: two files are compared on standard output", async () => {
  await withFile(recorded(10), (old) =>
    withFile(recorded(9), async (now) => {
      const { code, out } = await run("compare.ts", old, now);
      assert.equal(code, 0);
      assert.match(out, /^better +sizes get +-10 % +10 bytes +9 bytes$/m);
    }));
});

Deno.test("compare.ts: one file, or a malformed one, is a sentence and ends with 1", async () => {
  await withFile("{}", async (path) => {
    assert.deepEqual(await run("compare.ts", path), {
      code: 1,
      out: "",
      err: "Cannot compare: it takes two files, the earlier one first.\n",
    });
    const { code, err } = await run("compare.ts", path, path);
    assert.deepEqual([code, err], [
      1,
      `Cannot compare with ${path}: line 1 is not the first line of a bench.\n`,
    ]);
  });
});

Deno.test("main.ts: a foreign file is refused before anything is measured", async () => {
  await withFile("# Bench\n", async (path) => {
    const { code, out, err } = await run("main.ts", "sizes", "--compare", path);
    assert.deepEqual([code, out], [1, ""]);
    assert.equal(err, `Cannot compare with ${path}: line 1 is not the first line of a bench.\n`);
  });
});
