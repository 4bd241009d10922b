import assert from "node:assert/strict";
import { FakeClock } from "@argyle/argyle/testing";
import chat from "../../examples/chat/main.tsx";
import table from "../../examples/table/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { online, open, says, serve } from "./serve.ts";

async function rename(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.keyboard.press("Enter");
  await page.getByLabel(`Say something as ${name}`).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator("form#post input[name=text]").fill(text);
  await page.keyboard.press("Enter");
}

const shows = (page: Page, text: string) => page.locator("#messages p", { hasText: text }).waitFor();

async function lists(page: Page, ...names: (string | RegExp)[]): Promise<void> {
  await says(page, "#here", `${names.length} here`);
  const shown = await page.locator("#present li").allTextContents();
  assert.equal(shown.length, names.length);
  names.forEach((name, i) =>
    typeof name === "string" ? assert.equal(shown[i], name) : assert.match(shown[i]!, name)
  );
}

browse("chat: two people come, speak at once, take names, and go", async ({ page, newVisitor }) => {
  const clock = new FakeClock(Date.now()); // however long a reload takes here
  await using server = serve(chat({ log: new MemoryLog(), clock }));
  await open(page, server.url);
  await lists(page, /^Guest \d{4}$/);
  const { page: bob, context } = await newVisitor();
  await open(bob, server.url);
  await lists(page, /^Guest/, /^Guest/);
  await lists(bob, /^Guest/, /^Guest/);
  await say(bob, "Hello there");
  await shows(page, "Hello there");
  assert.equal(await page.locator("#messages li").count(), 1);
  assert.match(await page.locator("#messages b").textContent() ?? "", /^Guest \d{4}$/);
  await rename(bob, "Bob");
  await page.locator("#present li", { hasText: "Bob" }).waitFor();
  await lists(page, /^Guest/, "Bob");
  await say(bob, "It is me");
  await shows(page, "It is me");

  // A reload, and a second tab, are no coming and going.
  const seen: string[] = [];
  await page.exposeFunction("noteHere", (text: string) => void seen.push(text));
  await page.evaluate(() => {
    const { noteHere } = globalThis as unknown as { noteHere(text: string): void };
    new MutationObserver(() => noteHere(document.querySelector("#here")!.textContent))
      .observe(document.querySelector("#present")!.parentElement!, {
        subtree: true,
        childList: true,
        characterData: true,
      });
  });
  await bob.reload();
  await online(bob);
  await bob.getByLabel("Say something as Bob").waitFor();
  const tab = await context.newPage();
  await open(tab, server.url);
  await lists(tab, /^Guest/, "Bob");
  await tab.close();
  await say(bob, "Still here");
  await shows(page, "Still here");
  assert.deepEqual(seen, []);

  await context.close();
  while (await page.locator("#here").textContent() !== "1 here") clock.turn(1000);
  await lists(page, /^Guest/);
  assert.deepEqual(seen, ["1 here"]);
  assertQuiet(page);
});

browse(
  "chat: what one is typing stays, with caret and focus, while the other speaks, comes and goes",
  async ({ page, newVisitor }) => {
    await using server = serve(chat({ log: new MemoryLog() }));
    await open(page, server.url);
    await rename(page, "Ann");
    await say(page, "Anybody?");
    await shows(page, "Anybody?");
    // The message is everybody's; that it was one's own is told right behind it.
    await page.waitForFunction(() => (document.getElementById("text") as HTMLInputElement).value === "");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "text");
    await page.locator("#text").fill("half a sen");
    await page.locator("#text").evaluate((field: HTMLInputElement) => field.setSelectionRange(2, 4));
    const frames = overhear(page);
    const { page: bob, context } = await newVisitor();
    await open(bob, server.url);
    await say(bob, "Hello <b>Ann</b>");
    await shows(page, "Hello <b>Ann</b>");
    await rename(bob, "<i>Bob</i>");
    await page.locator("#present li", { hasText: "<i>Bob</i>" }).waitFor();
    await context.close();
    await says(page, "#here", "1 here");
    assert.deepEqual(
      await page.locator("#text").evaluate((field: HTMLInputElement) => [
        field.value,
        field.selectionStart,
        field.selectionEnd,
        document.activeElement === field,
      ]),
      ["half a sen", 2, 4, true],
    );
    assert.equal(frames.sent.length, 0);
    assertQuiet(page);
  },
);

browse("chat: a name that is too long is refused at its field; none is a guest's", async ({ page }) => {
  await using server = serve(chat({ log: new MemoryLog() }));
  await open(page, server.url);
  const guest = await page.locator("#name").textContent();
  await page.locator("#rename-name").evaluate((field: HTMLInputElement) =>
    field.removeAttribute("maxlength")
  );
  await page.getByLabel("Your name").fill("x".repeat(41));
  await page.keyboard.press("Enter");
  await page.getByRole("alert").getByText("At most 40 letters").waitFor();
  await rename(page, "Ann");
  assert.equal(await page.getByRole("alert").count(), 0);
  await page.reload();
  await page.getByLabel("Say something as Ann").waitFor();
  await online(page);
  await page.getByLabel("Your name").fill("");
  await page.getByRole("button", { name: "Change" }).click();
  await says(page, "#name", guest!);
  assertQuiet(page);
});

browse("table: another window sees a row bumped, inserted and gone", async ({ page, newVisitor }) => {
  await using server = serve(table({ log: new MemoryLog() }));
  const { page: other } = await newVisitor();
  await open(page, server.url);
  await open(other, server.url);
  await page.locator("#row-3 .bump").click();
  await says(other, "#row-3 .qty", 4);
  await page.locator("#insert-top").click();
  await other.locator("#row-1001").waitFor();
  await other.locator("#delete-first").click();
  await page.locator("#row-1001").waitFor({ state: "detached" });
  assertQuiet(page);
});
