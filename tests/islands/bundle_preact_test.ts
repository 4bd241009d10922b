import assert from "node:assert/strict";
import { ModuleGraph } from "../../islands/bundle_graph.ts";
import { preactOf } from "../../islands/bundle_preact.ts";

const client = "file:///argyle/islands/client.ts";

function graphWith(...versions: string[]): ModuleGraph {
  const npmPackages = Object.fromEntries(versions.map((version) => [
    `preact@${version}`,
    { name: "preact", version, dependencies: [], localPath: `/npm/preact/${version}` },
  ]));
  const [own = "11.2.0"] = versions;
  return new ModuleGraph({
    modules: [
      {
        specifier: client,
        dependencies: [{ specifier: "preact", code: { specifier: `npm:preact@${own}` } }],
      },
      { specifier: `npm:/preact@${own}`, npmPackage: `preact@${own}` },
    ],
    redirects: { [`npm:preact@${own}`]: `npm:/preact@${own}` },
    npmPackages,
  }, "data:");
}

Deno.test("bundle: the one Preact is what our own half of the browser imports", () => {
  assert.equal(preactOf(graphWith("11.2.0", "11.9.0"), client).folder, "/npm/preact/11.2.0");
});

Deno.test("bundle: a Preact that takes objects for elements is refused, and so is none", () => {
  assert.throws(
    () => preactOf(graphWith("10.29.8"), client),
    /with Preact 10\.29\.8: it has to be 11 or newer/,
  );
  assert.throws(() => preactOf(graphWith(), client), /Preact is not there/);
});
