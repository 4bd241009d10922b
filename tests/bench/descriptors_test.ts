import assert from "node:assert/strict";
import { descriptorLimits, readLimits, withDescriptors } from "../../bench/descriptors.ts";

const command = ["deno", "run", "server.tsx"] as const;

Deno.test("readLimits: soft and hard, numbers or none", () => {
  assert.deepEqual(readLimits("1024\nunlimited\n"), { soft: 1024, hard: Infinity });
  assert.throws(() => readLimits("sh: ulimit: not found"), /Cannot read .* as two limits of files/);
});

Deno.test("withDescriptors: a command within the soft limit is as it was", () => {
  assert.deepEqual(withDescriptors(1024, { soft: 1024, hard: 4096 }, command), [...command]);
});

Deno.test("withDescriptors: a soft limit that is too low is raised for the command", async () => {
  const { hard } = await descriptorLimits();
  const raised = withDescriptors(60, { soft: 50, hard }, ["sh", "-c", "ulimit -Sn"]);
  // In a process whose soft limit is as low as that.
  const args = ["-c", 'ulimit -Sn 50 && exec "$@"', "sh", ...raised];
  const { stdout } = await new Deno.Command("sh", { args }).output();
  assert.equal(new TextDecoder().decode(stdout), "60\n");
});

Deno.test("withDescriptors: a hard limit that is too low is told in a sentence", () => {
  assert.throws(
    () => withDescriptors(5400, { soft: 1024, hard: 4096 }, command),
    /^RangeError: Cannot open 5400 sockets: a process may have 4096 files here \(ulimit -Hn\)/,
  );
});
