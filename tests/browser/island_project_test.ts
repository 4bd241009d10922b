import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { build } from "../../cli/build.ts";
import { type TemporaryFolder, temporaryFolder } from "../helpers/folder.ts";
import { readManifest } from "../project.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { startProcess } from "./process.ts";
import { open, says } from "./serve.ts";

const main = `
import { App, on, Reflex } from "@argyle/argyle";
import Counter from "./islands/counter.tsx";
class Shop extends Reflex { more() { this.session.from = (this.session.from ?? 1) + 1; } }
const app = new App({ name: "project" });
app.reflexes({ Shop });
app.page("/", ({ session }) => (
  <main>
    <Counter from={session.from ?? 1} />
    <button id="more" {...on("click", Shop, "more")}>more</button>
  </main>
));
await using server = await app.listen({ port: Number(Deno.env.get("PORT")) });
await server.finished;
`;

const counter = `
import { island } from "@argyle/argyle/islands";
import { useEffect, useState } from "preact/hooks";
import { word } from "../word.ts";
function Counter({ from }: { from: number }) {
  const [count, setCount] = useState(0);
  const [lives, setLives] = useState(false);
  useEffect(() => setLives(true), []);
  return <button id="count" data-lives={String(lives)} onClick={() => setCount(count + 1)}>{word}{" "}{from}{" "}{count}</button>;
}
export default island(import.meta.url, Counter);
`;

/** A project as a user has it, elsewhere, which links this checkout. */
async function linked(): Promise<TemporaryFolder> {
  const { imports } = await readManifest();
  const config = {
    links: [fileURLToPath(new URL("../../", import.meta.url))],
    imports: {
      "@argyle/argyle": "jsr:@argyle/argyle@^0.1.0",
      "@argyle/argyle/": "jsr:/@argyle/argyle@^0.1.0/",
      "preact": imports["preact"],
    },
    compilerOptions: { jsx: "precompile", jsxImportSource: "@argyle/argyle" },
    unstable: ["kv"],
  };
  return await temporaryFolder({
    "deno.json": JSON.stringify(config),
    "main.tsx": main,
    "word.ts": 'export const word = "clicks";\n',
    "islands/counter.tsx": counter,
  });
}

/** Clicks on the server's and on the browser's part. */
async function works(page: Page, url: string, word: string): Promise<void> {
  await open(page, url);
  await page.locator("#count[data-lives=true]").waitFor();
  await page.click("#count");
  await says(page, "#count", `${word} 1 1`);
  await page.click("#more");
  await says(page, "#count", `${word} 2 1`);
}

browse(
  "a linked project elsewhere: its islands live while developing, and say what is wrong",
  async ({ page }) => {
    await using folder = await linked();
    const env = { ARGYLE_ENV: "development" };
    await using server = await startProcess([`${folder.path}/main.tsx`], { folder: folder.path, env });
    await works(page, server.url, "clicks");

    await Deno.writeTextFile(`${folder.path}/word.ts`, 'import "node:fs";\nexport const word = "broken";\n');
    await page.addInitScript(() =>
      addEventListener("argyle:build-error", (event) => {
        document.documentElement.dataset["wrong"] = JSON.stringify((event as CustomEvent).detail);
      })
    );
    await page.reload();
    // A module that throws has its page loaded again, once: what it has said is asked for in one go.
    const said = await page.waitForFunction(() => document.documentElement.dataset["wrong"]);
    const wrong = JSON.parse((await said.jsonValue())!);
    const { text, file, line } = wrong as { text: string; file: string; line: number };
    assert.match(text, /islands\/counter\.tsx → word\.ts → node:fs/);
    assert.deepEqual([file, line], ["word.ts", 1]);
    assertQuiet(page, { except: [/Cannot bundle/] });
  },
);

browse(
  "a linked project elsewhere: built, and served without a process and without leave to write",
  async ({ page }) => {
    await using folder = await linked();
    const said = await build([`${folder.path}/main.tsx`]);
    assert.match(said, /1 island in /);
    const permissions = ["--no-prompt", "--deny-run", "--deny-write"];
    await using server = await startProcess([...permissions, `${folder.path}/main.tsx`], {
      folder: folder.path,
    });
    await works(page, server.url, "clicks");
    assertQuiet(page);
  },
);
