import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { projectOf, projectOfAll, shownIn } from "../../islands/bundle_project.ts";
import { temporaryFolder } from "../helpers/folder.ts";

Deno.test("projectOf: the folder of the nearest deno.json, or deno.jsonc, above a module", async () => {
  await using folder = await temporaryFolder({
    "deno.json": "{}",
    "member/deno.jsonc": "{}",
    "member/islands/a.tsx": "",
    "islands/b c.tsx": "",
  });
  const root = pathToFileURL(`${folder.path}/`);
  const of = (path: string) => new URL(path, root).href;
  assert.equal((await projectOf(of("islands/b%20c.tsx"))).href, root.href);
  assert.equal((await projectOf(of("member/islands/a.tsx"))).href, of("member/"));
  assert.equal((await projectOfAll([of("main.tsx"), of("islands/b%20c.tsx")])).href, root.href);
  assert.equal((await projectOfAll(["file:///elsewhere/main.tsx", of("islands/b%20c.tsx")])).href, root.href);
  assert.equal(
    (await projectOfAll(["https://a.test/main.tsx", "https://a.test/island.tsx"])).protocol,
    "file:",
  );
  assert.equal(shownIn(root, of("islands/b%20c.tsx")), "islands/b c.tsx");
  assert.equal(shownIn(root, "npm:postgres"), "npm:postgres");
});
