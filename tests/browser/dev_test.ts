import assert from "node:assert/strict";
import { type Dev, makeProject, type Project, startDev } from "../helpers/dev.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { online, open, says } from "./serve.ts";

/** The app of these tests: `heading` is what its page says. */
function appOf(heading: string, more = ""): string {
  return `import { App, Head, on, Reflex } from "@argyle/argyle";

class Counter extends Reflex<{ count?: number }> {
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
  fail() {
    throw new TypeError("The kettle is empty");
  }
}

const app = new App<{ count?: number }>();
app.reflexes({ Counter });
app.static("/assets", new URL("./assets/", import.meta.url));
app.page("/", ({ session }) => (
  <main>
    <Head><title>Kettle</title><link rel="stylesheet" href="/assets/app.css" /></Head>
    <h1 id="heading">${heading}</h1>
    <output id="count">{session.count ?? 0}</output>
    <button id="add" {...on("click", Counter, "add")}>+1</button>
    <button id="fail" {...on("click", Counter, "fail")}>fail</button>
    <input id="typed" />
    <img id="lamp" src="/assets/lamp.svg" alt="" />
  </main>
));
${more}
export default app;
`;
}

const svg = (width: number) => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="10"/>`;
const assets = { "assets/app.css": "h1 { color: rgb(1, 2, 3) }", "assets/lamp.svg": svg(10) };

/** Starts, loads the page, and marks it: a page that is loaded again has no mark. */
async function begin(
  page: Page,
  main = appOf("one"),
): Promise<{ project: Project; dev: Dev } & AsyncDisposable> {
  const project = await makeProject({ "main.tsx": main, ...assets });
  const dev = await startDev(project);
  await open(page, dev.url);
  await mark(page);
  await page.locator("html[data-argyle-dev-state=ready]").waitFor({ state: "attached" });
  return {
    project,
    dev,
    async [Symbol.asyncDispose]() {
      await dev[Symbol.asyncDispose]();
      await project[Symbol.asyncDispose]();
    },
  };
}

async function mark(page: Page): Promise<void> {
  await page.evaluate(() => Object.assign(globalThis, { marked: true }));
}

function isMarked(page: Page): Promise<boolean> {
  return page.evaluate(() => "marked" in globalThis);
}

/** A process that restarts closes sockets, and has pages answer with errors in these tests. */
const expected = { except: [/WebSocket/, /Failed to load resource/, /ERR_CONNECTION/, /ERR_EMPTY_RESPONSE/] };

const timeout = 60_000;

browse(
  "dev: an edit of server code is on the page, which was not loaded again and keeps what was typed",
  async ({ page }) => {
    await using begun = await begin(page);
    const { project, dev } = begun;
    await page.locator("#add").click();
    await says(page, "#count", 1);
    await page.locator("#typed").fill("half a sen");
    await page.locator("#typed").evaluate((input: HTMLInputElement) => input.setSelectionRange(2, 4));
    await project.write("main.tsx", appOf("two"));
    await dev.says(/^restarted main\.tsx \(\d+ ms\)$/);
    await says(page, "#heading", "two");
    assert.equal(await page.locator("#typed").inputValue(), "half a sen");
    const caret = await page.evaluate(() => {
      const input = document.activeElement as HTMLInputElement;
      return [input.id, input.selectionStart, input.selectionEnd];
    });
    assert.deepEqual(caret, ["typed", 2, 4]);
    assert.ok(await isMarked(page));
    // So does the session, though its store is memory; and the page lives on: its reflexes are those of the new code.
    await page.locator("#add").click();
    await says(page, "#count", 2);
    assertQuiet(page, expected);
  },
  { timeout },
);

browse(
  "dev: an edit of a stylesheet or a picture is seen without a restart, and the page has its own elements",
  async ({ page }) => {
    await using begun = await begin(page);
    const { project, dev } = begun;
    const color = (value: string) =>
      page.waitForFunction((value) => getComputedStyle(document.querySelector("h1")!).color === value, value);
    await color("rgb(1, 2, 3)");
    await page.evaluate(() => {
      const seen: string[] = [];
      const look = () => {
        const { color } = getComputedStyle(document.querySelector("h1")!);
        if (seen.at(-1) !== color) seen.push(color);
        requestAnimationFrame(look);
      };
      look();
      Object.assign(globalThis, { seen, link: document.querySelector("link[rel=stylesheet]") });
    });
    await project.write("assets/app.css", "h1 { color: rgb(4, 5, 6) }");
    await dev.says(/^swapped assets\/app\.css$/);
    await color("rgb(4, 5, 6)");
    // When the stand-in has gone, the server's own element is as it was.
    await page.waitForFunction(() => document.querySelectorAll("link[rel=stylesheet]").length === 1);
    const [isSame, href, seen] = await page.evaluate(() => {
      const link = document.querySelector("link[rel=stylesheet]")!;
      const { link: before, seen } = globalThis as unknown as { link: Element; seen: string[] };
      return [link === before, link.getAttribute("href"), seen] as const;
    });
    assert.deepEqual([isSame, href], [true, "/assets/app.css"]);
    await color("rgb(4, 5, 6)");
    // It was never without style.
    assert.deepEqual(seen, ["rgb(1, 2, 3)", "rgb(4, 5, 6)"]);

    await project.write("assets/lamp.svg", svg(30));
    await dev.says(/^swapped assets\/lamp\.svg$/);
    await page.waitForFunction(() => document.querySelector<HTMLImageElement>("#lamp")!.naturalWidth === 30);
    assert.ok(await isMarked(page));
    assertQuiet(page, expected);
  },
  { timeout },
);

browse(
  "dev: a stylesheet that is saved along with code, or while that has a fault, is seen when the code runs",
  async ({ page }) => {
    await using begun = await begin(page);
    const { project, dev } = begun;
    const color = (value: string) =>
      page.waitForFunction((value) => getComputedStyle(document.querySelector("h1")!).color === value, value);
    await Promise.all([
      project.write("main.tsx", appOf("two")),
      project.write("assets/app.css", "h1 { color: rgb(4, 5, 6) }"),
    ]);
    await says(page, "#heading", "two");
    await color("rgb(4, 5, 6)");
    await project.write("main.tsx", appOf("three").replace("export default app", "export default (app"));
    await page.getByRole("alertdialog", { name: "The app does not start" }).waitFor();
    await project.write("assets/app.css", "h1 { color: rgb(7, 8, 9) }");
    await project.write("main.tsx", appOf("four"));
    await says(page, "#heading", "four");
    await dev.says(/^restarted main\.tsx/);
    await dev.says(/^swapped assets\/app\.css$/);
    await color("rgb(7, 8, 9)");
    assert.ok(await isMarked(page));
    assertQuiet(page, expected);
  },
  { timeout },
);

browse(
  "dev: a syntax error is shown with its line above the page; mended, it goes, and what was typed is there",
  async ({ page }) => {
    await using begun = await begin(page);
    const { project, dev } = begun;
    await page.locator("#typed").fill("half a sen");
    const broken = appOf("two").replace("export default app", "export default (app");
    const line = broken.split("\n").indexOf("export default (app;") + 1;
    await project.write("main.tsx", broken);
    const [, at] = await dev.says(
      /^The app does not start: main\.tsx:(\d+):\d+; it is tried again when a file changes\.$/,
    );
    assert.equal(Number(at), line);
    const dialog = page.getByRole("alertdialog", { name: "The app does not start" });
    await dialog.waitFor();
    assert.equal(await dialog.locator(".place").textContent(), `main.tsx:${line}:20`);
    assert.equal(await dialog.locator("mark").textContent(), `${line} | export default (app;\n`);
    assert.equal(await dialog.locator(".caret").textContent(), "   |                    ^\n");
    await project.write("main.tsx", appOf("three"));
    await says(page, "#heading", "three");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.locator("#typed").inputValue(), "half a sen");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "typed");
    assert.ok(await isMarked(page));
    assertQuiet(page, expected);
  },
  { timeout },
);

browse(
  "dev: while no app runs, a page of its own shows why, and loads the app's once it runs",
  async ({ page }) => {
    await using project = await makeProject({ "main.tsx": 'import "./none.ts";\n', ...assets });
    await using dev = await startDev(project);
    await dev.says(/^The app does not start: main\.tsx:1:8;/);
    await page.goto(dev.url);
    const dialog = page.getByRole("alertdialog", { name: "The app does not start" });
    await dialog.waitFor();
    assert.match(await dialog.locator(".message").textContent() ?? "", /^Module not found "file:.*none\.ts"/);
    // What is missing is watched for as well.
    await project.write("none.ts", "export {};\n");
    await dev.says(/^The app does not listen;/);
    await page.getByRole("alertdialog", { name: "The app does not listen" }).getByText("starts no server")
      .waitFor();
    await project.write("main.tsx", appOf("one"));
    await online(page);
    await says(page, "#heading", "one");
    assertQuiet(page, expected);
  },
  { timeout },
);

browse(
  "dev: an exception in a reflex is shown with its line; Escape closes it, and the focus is where it was",
  async ({ page }) => {
    await using begun = await begin(page);
    await page.locator("#typed").fill("half a sen");
    await page.locator("#fail").focus();
    await page.locator("#fail").click();
    const dialog = page.getByRole("alertdialog");
    await dialog.waitFor();
    assert.equal(await dialog.locator(".message").textContent(), "TypeError: The kettle is empty");
    assert.equal(await dialog.locator(".place").textContent(), "main.tsx:8:11");
    assert.match(await dialog.locator("mark").textContent() ?? "", /throw new TypeError/);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), "fail");
    assert.ok(await isMarked(page));
    assert.ok(begun.dev.lines.some((line) => line.includes("The kettle is empty")));
    assertQuiet(page, expected);
  },
  { timeout },
);

browse(
  "dev: of several faults, one after the other, each is shown, and then the focus is where it was",
  async ({ page }) => {
    await using begun = await begin(page);
    const { project } = begun;
    await page.locator("#typed").focus();
    // The page looks who is there, since it cannot have the script by which it would ask for itself.
    const looked = page.waitForResponse((response) => response.request().method() === "HEAD");
    for (const [code, message] of [["(app;", /Expected/], ["nothing;", /nothing is not defined/]] as const) {
      await project.write("main.tsx", appOf("one").replace("export default app", `export default ${code}`));
      await page.getByRole("alertdialog").locator(".message", { hasText: message }).waitFor();
    }
    await looked;
    await page.evaluate(() => void Promise.reject(new TypeError("Nobody awaits this")));
    await page.getByRole("alertdialog", { name: "An error in the page" }).waitFor();
    assert.equal(await page.locator("argyle-overlay").count(), 1);
    await page.keyboard.press("Escape");
    await page.locator("argyle-overlay").waitFor({ state: "detached" });
    assert.equal(await page.evaluate(() => document.activeElement?.id), "typed");
    await project.write("main.tsx", appOf("two"));
    await says(page, "#heading", "two");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "typed");
    assert.ok(await isMarked(page));
    assertQuiet(page, { except: [...expected.except, /^uncaught: TypeError: Nobody awaits this/] });
  },
  { timeout },
);

browse(
  "dev: a page that fails shows its line, and comes back by itself once it is mended",
  async ({ page }) => {
    const main = (code: string) => appOf("one", `app.page("/price", () => <p id="price">{${code}}</p>);`);
    await using begun = await begin(page, main("(undefined as unknown as number).toFixed(2)"));
    const { project, dev } = begun;
    await page.goto(`${dev.url}/price`);
    const dialog = page.getByRole("alertdialog", { name: "A request failed" });
    await dialog.waitFor();
    assert.match(await dialog.locator("mark").textContent() ?? "", /app\.page\("\/price"/);
    await project.write("main.tsx", main("(3).toFixed(2)"));
    await says(page, "#price", "3.00");
    assert.equal(await dialog.count(), 0);
    assertQuiet(page, expected);
  },
  { timeout },
);

browse(
  "dev: an edit that fails while it renders leaves the page as it was, below the fault, and mended it goes on",
  async ({ page }) => {
    await using begun = await begin(page);
    const { project } = begun;
    await page.locator("#typed").fill("half a sen");
    await project.write("main.tsx", appOf("{(undefined as unknown as string).length}"));
    const dialog = page.getByRole("alertdialog", { name: "A request failed" });
    await dialog.waitFor();
    assert.equal(await page.locator("#heading").textContent(), "one");
    await project.write("main.tsx", appOf("two"));
    await says(page, "#heading", "two");
    await dialog.waitFor({ state: "detached" });
    assert.equal(await page.locator("#typed").inputValue(), "half a sen");
    assert.ok(await isMarked(page));
    assertQuiet(page, expected);
  },
  { timeout },
);

browse(
  "dev: what fails in the browser is shown as well: islands, their builds, the page's own scripts",
  async ({ page }) => {
    await using _begun = await begin(page);
    const dialog = page.getByRole("alertdialog");
    const shows = async (title: string, message: string) => {
      await page.getByRole("alertdialog", { name: title }).waitFor();
      assert.equal(await dialog.locator(".message").first().textContent(), message);
    };
    const close = async () => {
      await dialog.getByRole("button", { name: "Close" }).click();
      await dialog.waitFor({ state: "detached" });
    };
    await page.evaluate(() => {
      const detail = {
        text: 'Expected ")" <b>',
        file: "islands/clock.tsx",
        line: 7,
        column: 3,
        lineText: "\tf(1;",
      };
      dispatchEvent(new CustomEvent("argyle:build-error", { detail }));
    });
    await shows("An island cannot be built", 'Expected ")" <b>');
    assert.equal(await dialog.locator(".place").textContent(), "islands/clock.tsx:7:3");
    assert.equal(await dialog.locator("pre.frame").textContent(), "7 | \tf(1;\n  | \t ^\n");
    // What stands in for the island throws the same, once it is brought to life.
    await page.evaluate(() => {
      const detail = { error: new Error('Expected ")" <b>'), island: "clock-1234" };
      dispatchEvent(new CustomEvent("argyle:island-error", { detail }));
      void Promise.reject(new TypeError("Nobody awaits this"));
    });
    await shows("An error in the page", "TypeError: Nobody awaits this");
    assert.deepEqual(await dialog.locator("h2").allTextContents(), [
      "An error in the page",
      "An island cannot be built",
    ]);
    await close();
    await page.evaluate(() => {
      const detail = { error: new RangeError("No such hour"), island: "Clock" };
      dispatchEvent(new CustomEvent("argyle:island-error", { detail }));
    });
    await shows("The island Clock failed", "RangeError: No such hour");
    await close();
    await page.evaluate(() => void Promise.reject(new TypeError("Nobody awaits this")));
    await shows("An error in the page", "TypeError: Nobody awaits this");
    await close();
    assertQuiet(page, { except: [...expected.except, /^uncaught: TypeError: Nobody awaits this/] });
  },
  { timeout },
);
