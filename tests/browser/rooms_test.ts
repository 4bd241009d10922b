import assert from "node:assert/strict";
import rooms from "../../examples/rooms/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { startProcess, temporaryFolder } from "./process.ts";
import { online, says, serve } from "./serve.ts";

// What Chromium itself says about a server that is not there.
const refused = /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/;

const isOnline = (page: Page) => page.locator("#room[data-status=online]").waitFor();

/** Goes into a room, by its address. */
async function enter(page: Page, url: string, room: string, client: number): Promise<void> {
  await page.goto(`${url}/?room=${encodeURIComponent(room)}&client=${client}`);
  await online(page);
  await isOnline(page);
}

async function say(page: Page, text: string): Promise<void> {
  await page.locator("#msg").fill(text);
  await page.keyboard.press("Enter");
}

/** Waits until the last lines of the log are these: who, and what. */
async function reads(page: Page, ...lines: string[]): Promise<void> {
  await page.waitForFunction(
    ([count, text]) =>
      [...document.querySelectorAll("#said li")].slice(-Number(count)).map((line) =>
        [...line.childNodes].map(({ textContent }) => textContent).join(": ")
      ).join("\n") === text,
    [`${lines.length}`, lines.join("\n")],
  );
}

const people = (page: Page) => page.locator("#people li").allTextContents();

browse(
  "rooms: two people come in by the form, speak, whisper, and go",
  async ({ page, newVisitor }) => {
    await using server = serve(rooms({ log: new MemoryLog() }));
    const { page: bob } = await newVisitor(), { page: cid } = await newVisitor();
    for (const [one, client] of [[page, "7"], [bob, "8"]] as const) {
      await one.goto(server.url);
      await one.getByLabel("Room").fill("tea & cake");
      await one.getByLabel("Your number").fill(client);
      await one.getByRole("button", { name: "Come in" }).click();
      await isOnline(one);
    }
    await page.getByRole("heading", { name: "tea & cake" }).waitFor();
    await says(page, "#here", "2 here");
    assert.deepEqual(await people(page), ["7, you", "8"]);
    await reads(page, "You are in.", "8 has come.");
    await reads(bob, "You are in.");

    await say(page, "Hello <b>everybody</b>");
    await reads(page, "8 has come.", "You: Hello <b>everybody</b>");
    await reads(bob, "You are in.", "7: Hello <b>everybody</b>");
    assert.equal(await page.locator("#msg").inputValue(), "");
    await say(bob, "Hello, 7");
    await reads(page, "8: Hello, 7");

    await enter(cid, server.url, "tea & cake", 9);
    await says(page, "#here", "3 here");
    await page.getByRole("button", { name: "Whisper to 8" }).click();
    await page.getByLabel("Whisper to 8").and(page.locator("#msg")).fill("psst");
    await page.keyboard.press("Enter");
    await reads(bob, "7, to you alone: psst");
    await reads(page, "You, to 8 alone: psst");
    await page.keyboard.press("Escape");
    await say(page, "Enough of that");
    await reads(cid, "You are in.", "7: Enough of that");

    await bob.getByRole("link", { name: "Leave" }).click();
    await bob.getByRole("button", { name: "Come in" }).waitFor();
    assert.equal(await bob.getByLabel("Room").inputValue(), "tea & cake");
    await reads(page, "You: Enough of that", "8 has left.");
    await says(page, "#here", "2 here");
    assert.deepEqual(await people(page), ["7, you", "9"]);
    for (const one of [page, bob, cid]) assertQuiet(one);
  },
);

browse(
  "rooms: a whisper to somebody who has just gone is given back, with a sentence",
  async ({ page, newVisitor }) => {
    await using server = serve(rooms({ log: new MemoryLog() }));
    const { page: bob } = await newVisitor();
    await enter(page, server.url, "lobby", 7);
    await enter(bob, server.url, "lobby", 8);
    await page.getByRole("button", { name: "Whisper to 8" }).click();
    await bob.close();
    await reads(page, "8 has left.");
    await say(page, "psst");
    await says(page, "#wrong", "There is no 8 in lobby.");
    assert.equal(await page.locator("#msg").inputValue(), "psst");
    await page.getByRole("button", { name: "To all" }).click();
    assert.equal(await page.locator("#wrong").textContent(), "");
    await page.keyboard.press("Enter");
    await reads(page, "You: psst");
    assertQuiet(page);
  },
);

browse("rooms: with the keyboard alone, and one number in two windows", async ({ page, newVisitor }) => {
  await using server = serve(rooms({ log: new MemoryLog() }));
  const { page: bob } = await newVisitor(), { page: twin } = await newVisitor();
  await enter(page, server.url, "lobby", 7);
  await enter(bob, server.url, "lobby", 8);
  await enter(twin, server.url, "lobby", 8);
  await reads(bob, "You are in.", "You are in.");
  assert.deepEqual(await people(page), ["7, you", "8"]);
  await page.getByRole("button", { name: "Whisper to 8" }).focus();
  await page.keyboard.press("Enter");
  await page.keyboard.type("to both of you");
  await page.keyboard.press("Enter");
  for (const one of [bob, twin]) await reads(one, "7, to you alone: to both of you");
  await page.keyboard.type("again");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  for (const one of [bob, twin]) await reads(one, "7, to you alone: again");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.keyboard.type("to all");
  await page.keyboard.press("Enter");
  await reads(twin, "7: to all");
  for (const one of [page, bob, twin]) assertQuiet(one);
});

browse(
  "rooms: killed and started again, all come back, and what was said meanwhile is said",
  async ({ page, newVisitor }) => {
    await using folder = await temporaryFolder();
    const { page: bob } = await newVisitor(), example = ["examples/main.tsx", "rooms"];
    await using first = await startProcess(example, { folder: folder.path });
    await enter(page, first.url, "lobby", 7);
    await enter(bob, first.url, "lobby", 8);
    await first.kill();
    await page.locator("#room[data-status=offline]").waitFor();
    await bob.locator("#room[data-status=offline]").waitFor();
    await reads(page, "The line is lost: what is said now is missed.");
    await says(page, "#line", "The line is lost; connecting again …");
    await say(page, "Is anybody there?");
    await using second = await startProcess(example, { folder: folder.path, port: first.port });
    // By themselves they come back within 10 s of it: that is the pause between two tries, at the longest.
    for (const one of [page, bob]) await one.evaluate(() => dispatchEvent(new Event("online")));
    await isOnline(page);
    await isOnline(bob);
    await page.getByText("Is anybody there?").waitFor();
    await say(bob, "I am");
    await reads(page, "8: I am");
    await says(page, "#here", "2 here");
    assert.equal(second.port, first.port);
    for (const one of [page, bob]) assertQuiet(one, { except: [refused] });
  },
  { timeout: 60_000 },
);

browse("rooms: fits 360 px, is light and dark, and its console is empty", async ({ page }) => {
  // The app's policy as it is shipped.
  await using server = serve(rooms({ log: new MemoryLog() }), { csp: "own" });
  await page.setViewportSize({ width: 360, height: 640 });
  const colours = new Set<string>();
  const look = () =>
    page.evaluate(() => ({
      wide: Math.max(
        document.scrollingElement!.scrollWidth - innerWidth,
        ...[...document.querySelectorAll("button, input, li")].map((one) =>
          one.getBoundingClientRect().right - innerWidth
        ),
      ),
      high: document.scrollingElement!.scrollHeight - innerHeight,
      colour: getComputedStyle(document.body).backgroundColor,
    }));
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(server.url);
    await online(page);
    const door = await look();
    await enter(page, server.url, "W".repeat(50), -123_456_789_012_345);
    await say(page, "x".repeat(1000));
    await reads(page, `You: ${"x".repeat(1000)}`);
    const room = await look();
    for (const { wide, high } of [door, room]) {
      assert.ok(wide <= 0, `${wide} px too wide`);
      assert.ok(high <= 0, `${high} px too high`);
    }
    colours.add(room.colour);
  }
  assert.equal(colours.size, 2, [...colours].join());
  assertQuiet(page);
});
