import assert from "node:assert/strict";
import type { Schema } from "@argyle/argyle";
import { SessionValues } from "../../../server/session/values.ts";
import { MemoryLog } from "../../helpers/peer.ts";

type Answer = ReturnType<Schema["~standard"]["validate"]>;

const schema = (validate: (value: unknown) => Answer): Schema => ({
  "~standard": { version: 1, vendor: "test", validate },
});

Deno.test("session values: what is there already is not a promise", () => {
  const log = new MemoryLog();
  assert.deepEqual(new SessionValues(undefined, log).read('{"n":1}'), { n: 1 });
  const adding = schema((value) => ({ value: { ...value as object, more: true } }));
  assert.deepEqual(new SessionValues(adding, log).read('{"n":1}'), { n: 1, more: true });
});

Deno.test("session values: each reader has a copy of its own", () => {
  const values = new SessionValues(undefined, new MemoryLog());
  const text = '{"list":[1]}';
  const first = values.read(text) as { list: number[] };
  first.list.push(2);
  assert.deepEqual(values.read(text), { list: [1] });
});

Deno.test("session values: a schema may answer later, also with a promise of another library", async () => {
  const log = new MemoryLog();
  const later = schema((value) => Promise.resolve({ value }));
  assert.deepEqual(await new SessionValues(later, log).read('{"n":1}'), { n: 1 });
  const foreign = schema((value) => ({ then: (done: (_: unknown) => void) => done({ value }) }) as never);
  assert.deepEqual(await new SessionValues(foreign, log).read('{"n":2}'), { n: 2 });
});

Deno.test("session values: what the schema refuses begins anew, at once or later", async () => {
  for (const wrap of [(answer: Answer) => answer, (answer: Answer) => Promise.resolve(answer)]) {
    const log = new MemoryLog();
    const strict = schema((value) =>
      wrap(
        (value as { n?: unknown }).n === undefined
          ? { value: { n: 0 } }
          : { issues: [{ message: "No", path: ["n"] }] },
      )
    );
    assert.deepEqual(await new SessionValues(strict, log).read('{"n":"x"}'), { n: 0 });
    assert.deepEqual(log.lines, [
      'warn a stored session does not fit its schema, and begins anew {"fields":"n"}',
    ]);
  }
  const never = schema(() => ({ issues: [{ message: "No", path: ["n"] }] }));
  await assert.rejects(async () => await new SessionValues(never, new MemoryLog()).read("{}"), {
    name: "WireError",
    code: "failed",
  });
});
