import assert from "node:assert/strict";
import type { Import } from "./graph.ts";
import { readImports } from "./graph.ts";
import { violations } from "./layers.ts";
import { listFiles, readManifest } from "./project.ts";

Deno.test("layers: the entries of deno.json exist", async () => {
  const files = await listFiles("", [".ts", ".tsx"]);
  const entries = Object.values((await readManifest()).exports).map((path) => path.replace("./", ""));
  assert.deepEqual(entries.filter((entry) => !files.includes(entry)), []);
});

Deno.test("layers: the parts import what the design allows", async () => {
  const imports = await readImports(await listFiles("", [".ts", ".tsx"]));
  assert.ok(imports.some(({ from, to }) => from === "protocol/mod.ts" && to === "protocol/frames.ts"));
  assert.deepEqual(violations(imports), []);
});

const forbidden: [from: string, specifier: string, to: string][] = [
  ["protocol/mod.ts", "../server/mod.ts", "server/mod.ts"],
  ["protocol/json.ts", "fast-check", "npm:fast-check@4.10.2"],
  ["protocol/json.ts", "node:path", "node:path"],
  ["client/mod.ts", "../server/page/page.ts", "server/page/page.ts"],
  ["client/mod.ts", "preact", "npm:preact@11.2.0"],
  ["client/preact.ts", "@preact/signals-core", "npm:/@preact/signals-core@1.14.5"],
  ["client/signals.ts", "preact", "npm:preact@11.2.0"],
  ["socksync/peer.ts", "../client/sync_line.ts", "client/sync_line.ts"],
  ["client/mod.ts", "@argyle/argyle", "mod.ts"],
  ["islands/island.ts", "../server/mod.ts", "server/mod.ts"],
  ["islands/client.ts", "./server.tsx", "islands/server.tsx"],
  ["server/app.ts", "../client/mod.ts", "client/mod.ts"],
  ["server/page/page.ts", "../reflex/reflex.ts", "server/reflex/reflex.ts"],
  ["server/page/page.ts", "../socket/socket.ts", "server/socket/socket.ts"],
  ["server/http/path.ts", "../engine/store.ts", "server/engine/store.ts"],
  ["server/observe.ts", "./http/path.ts", "server/http/path.ts"],
  ["server/engine/kv.ts", "../app.ts", "server/app.ts"],
  ["testing/mod.ts", "../cli/dev.ts", "cli/dev.ts"],
  ["cli/dev.ts", "../testing/mod.ts", "testing/mod.ts"],
  ["mod.ts", "./client/mod.ts", "client/mod.ts"],
  ["examples/counter/main.ts", "../../protocol/mod.ts", "protocol/mod.ts"],
  ["examples/counter/main.ts", "../chat/main.ts", "examples/chat/main.ts"],
  ["unknown/main.ts", "../protocol/mod.ts", "protocol/mod.ts"],
];

for (const [from, specifier, to] of forbidden) {
  Deno.test(`violations: ${from} may not import ${specifier}`, () => {
    assert.deepEqual(violations([{ from, specifier, to }]), [
      `${from} may not import "${specifier}" (${to}).`,
    ]);
  });
}

Deno.test("violations: what the tables allow is allowed", () => {
  const imports: Import[] = [
    { from: "protocol/mod.ts", specifier: "./json.ts", to: "protocol/json.ts" },
    { from: "client/preact.ts", specifier: "preact/hooks", to: "npm:/preact@11.2.0/hooks" },
    { from: "client/signals.ts", specifier: "@preact/signals-core", to: "npm:/@preact/signals-core@1.14.5" },
    { from: "islands/client.ts", specifier: "preact/hooks", to: "npm:/preact@11.2.0/hooks" },
    { from: "islands/server.tsx", specifier: "./island.ts", to: "islands/island.ts" },
    { from: "islands/server.tsx", specifier: "@argyle/argyle/jsx-runtime", to: "server/page/jsx_runtime.ts" },
    { from: "server/app.ts", specifier: "./reflex/reflex.ts", to: "server/reflex/reflex.ts" },
    { from: "server/page/page.ts", specifier: "../http/error.ts", to: "server/http/error.ts" },
    { from: "server/session/cookie.ts", specifier: "../seal/key_ring.ts", to: "server/seal/key_ring.ts" },
    { from: "server/http/path.ts", specifier: "../observe.ts", to: "server/observe.ts" },
    { from: "server/engine/kv.ts", specifier: "node:crypto", to: "node:crypto" },
    { from: "examples/counter/main.ts", specifier: "@argyle/argyle/kv", to: "server/engine/kv.ts" },
    { from: "examples/counter/ui/page.tsx", specifier: "../state.ts", to: "examples/counter/state.ts" },
    { from: "tests/layers_test.ts", specifier: "./layers.ts", to: "tests/layers.ts" },
  ];
  assert.deepEqual(violations(imports), []);
});
