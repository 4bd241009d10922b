import assert from "node:assert/strict";
import { timed } from "../helpers/peer.ts";
import { runDeno } from "../project.ts";

interface Seen {
  readonly statuses: Record<string, number>;
  readonly named: readonly string[];
  readonly caller: readonly string[];
  readonly watching: readonly string[];
  readonly sharing: readonly string[];
}

async function run(env: Record<string, string>): Promise<{ near: Seen; far: Seen }> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./fixtures/paneled.tsx", import.meta.url).pathname],
    env: { ARGYLE_ENV: "", ARGYLE_PANEL: "", ...env },
  }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
  return JSON.parse(new TextDecoder().decode(stdout));
}

const development = { ARGYLE_ENV: "development" };
const isTiming = (text: string) => text.startsWith('["timing"');

timed("timing: a developer's browser hears of the stages, behind the frame that they are of", async () => {
  const { near } = await run(development);
  assert.deepEqual(near.statuses, { dev: 200, log: 200, panel: 200 });
  assert.deepEqual(
    near.named,
    ["panel", "client", "log"],
    "the panel hears the socket from its first frame on",
  );
  const frames = near.caller.map((text) => JSON.parse(text));
  const timings = frames.filter(([kind]) => kind === "timing");
  assert.deepEqual(timings.map(([, n, , outcome]) => [n, outcome]), [
    [1, "page"],
    [2, "page"],
    [3, "failed"],
    [4, "unknown_reflex"],
  ], "what asks to be left out of the log is left out");
  const [, , version, , stages, causes] = timings[0];
  assert.equal(version, 1);
  assert.deepEqual(
    stages.map(([stage]: [string]) => stage),
    ["wait", "check", "run", "commit", "render", "diff", "patch"],
  );
  assert.ok(stages.every(([, ms]: [string, number]) => ms >= 0));
  assert.deepEqual(causes, []);
  for (const n of [1, 2, 3, 4]) {
    const outcome = frames.findIndex(([kind, a, , b]) =>
      kind === "patch" ? b?.[0] === n : kind === "error" && a === n
    );
    const timing = frames.findIndex(([kind, of]) => kind === "timing" && of === n);
    assert.ok(outcome >= 0 && outcome < timing, `${n}: ${outcome}, ${timing}`);
  }
  const [push] = near.watching.filter(isTiming).map((text) => JSON.parse(text));
  assert.deepEqual([push[1], push[3], push[5]], [0, "page", [["news", "Counter#tell"]]]);
  const [step] = near.sharing.filter(isTiming).map((text) => JSON.parse(text));
  assert.deepEqual([step[2], step[5]], [1, push[5]], "a page that many share, too");
});

timed(
  "timing: nobody else does, from another machine, in production, or where the panel is off",
  async () => {
    const { near, far } = await run(development), { near: production } = await run({});
    const { near: off } = await run({ ...development, ARGYLE_PANEL: "off" });
    for (const seen of [far, production, off]) {
      assert.deepEqual([...seen.caller, ...seen.watching, ...seen.sharing].filter(isTiming), []);
    }
    for (const seen of [far, production]) {
      assert.deepEqual(seen.statuses, { dev: 404, log: 404, panel: 404 });
      assert.deepEqual(seen.named, ["client"]);
    }
    assert.deepEqual(off.named, ["client", "log"]);
    // To the byte, the wire is the same but for those frames.
    const wire = ({ caller }: Seen) =>
      caller.filter((text) => !isTiming(text)).map((text) => text.replace(/Reference \w+/, "Reference R"));
    for (const seen of [near, far, off]) assert.deepEqual(wire(seen), wire(production));
  },
);

timed("dev scripts: the package has no static way to them", async () => {
  const { success, stdout, stderr } = await runDeno(["info", "--json", "--no-lock", "mod.ts"]);
  assert.ok(success, stderr);
  const { roots, modules } = JSON.parse(stdout) as { roots: string[]; modules: Module[] };
  const byName = new Map(modules.map((module) => [module.specifier, module]));
  const leadsThere = (isFollowed: (isDynamic: boolean) => boolean) => {
    const found = new Set<string>(), left = [...roots];
    for (let name = left.pop(); name !== undefined; name = left.pop()) {
      if (found.has(name)) continue;
      found.add(name);
      for (const { code, isDynamic = false } of byName.get(name)?.dependencies ?? []) {
        if (code?.specifier !== undefined && isFollowed(isDynamic)) left.push(code.specifier);
      }
    }
    return [...found].some((name) => name.endsWith("/server/page/dev_scripts.ts"));
  };
  assert.equal(leadsThere(() => true), true, "it is found where it is looked for");
  assert.equal(leadsThere((isDynamic) => !isDynamic), false);
});

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly code?: { readonly specifier?: string };
    readonly isDynamic?: boolean;
  }[];
}
