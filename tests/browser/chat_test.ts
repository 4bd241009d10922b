import assert from "node:assert/strict";
import chat from "../../examples/chat/main.tsx";
import table from "../../examples/table/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

async function enter(page: Page, name: string): Promise<void> {
  await page.getByLabel("Your name").fill(name);
  await page.keyboard.press("Enter");
  await page.getByLabel(`You are ${name}`).waitFor();
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator("#text").fill(text);
  await page.keyboard.press("Enter");
}

const shows = (page: Page, text: string) => page.locator("#messages p", { hasText: text }).waitFor();

browse(
  "chat: two people speak; what one is typing stays, with caret and focus, while the other speaks",
  async ({ page, newVisitor }) => {
    await using server = serve(chat({ log: new MemoryLog() }));
    const { page: bob } = await newVisitor();
    await open(page, `${server.url}/lobby`);
    await open(bob, `${server.url}/lobby`);
    await enter(page, "Ann");
    await enter(bob, "Bob");
    await say(page, "Hello Bob");
    await shows(bob, "Hello Bob");
    await shows(page, "Hello Bob");
    assert.equal(await page.locator("#text").inputValue(), "");
    assert.equal(await page.evaluate(() => document.activeElement?.id), "text");

    await page.locator("#text").fill("half a sen");
    await page.locator("#text").evaluate((field: HTMLInputElement) => field.setSelectionRange(2, 4));
    const frames = overhear(page);
    await say(bob, "Hello <b>Ann</b>");
    await shows(page, "Hello <b>Ann</b>");
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

    // Each has their own part: one leaves, and the other does not.
    await bob.getByRole("button", { name: "Leave" }).click();
    await bob.getByLabel("Your name").waitFor();
    assert.equal(await page.getByLabel("You are Ann").count(), 1);
    assert.equal(await page.locator("#text").inputValue(), "half a sen");
    await bob.reload();
    await shows(bob, "Hello Bob");
    await bob.getByLabel("Your name").waitFor();
    assertQuiet(page);
  },
);

browse(
  "chat: a name that is none is refused at its field; another room is another page",
  async ({ page }) => {
    await using server = serve(chat({ log: new MemoryLog() }));
    await open(page, `${server.url}/attic`);
    await page.getByRole("button", { name: "Enter" }).click();
    await says(page, "#problem", "Say who you are.");
    await enter(page, "Ann");
    await say(page, "Anybody here?");
    await shows(page, "Anybody here?");
    await page.goto(`${server.url}/lobby`);
    await page.getByLabel("You are Ann").waitFor();
    assert.equal(await page.getByText("Nobody has said anything yet.").count(), 1);
    await page.goBack();
    await shows(page, "Anybody here?");
    assertQuiet(page);
  },
);

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
