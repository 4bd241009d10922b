import assert from "node:assert/strict";
import { Balancer } from "./balancer.ts";

const at = (port: number) => ({ hostname: "127.0.0.1", port });

Deno.test("balancer: each connection to the next process that lives", () => {
  const backends: { port: number | undefined }[] = [{ port: 1 }, { port: 2 }, { port: 3 }];
  const { target } = new Balancer(backends, 1);
  assert.deepEqual([target(), target(), target(), target()], [at(2), at(3), at(1), at(2)]);
  backends[2]!.port = undefined;
  assert.deepEqual([target(), target()], [at(1), at(2)]);
  for (const backend of backends) backend.port = undefined;
  assert.equal(target(), undefined);
});
