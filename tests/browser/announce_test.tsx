import assert from "node:assert/strict";
import { App, type Html, topic } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { byHand } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

const News = topic("news");

/** A page of which the test says what it is. */
function shown(first: Html) {
  const state = { main: first, round: 0 };
  const app = new App({ log: new MemoryLog() });
  app.page("/", ({ subscribe }) => {
    subscribe(News());
    return (
      <main id="main">
        {state.main}
        <output id="round">{state.round}</output>
      </main>
    );
  });
  return {
    app,
    /** Shows something else, as somebody else would have it. */
    async show(page: Page, main: Html): Promise<void> {
      Object.assign(state, { main, round: state.round + 1 });
      app.publish(News());
      await says(page, "#round", state.round);
    },
  };
}

/** Opens a page whose time stands still. */
async function openStill(page: Page, url: string): Promise<void> {
  await page.clock.install();
  await open(page, url);
  await page.clock.pauseAt(Date.now() + 10_000);
}

/** What a script of the page does. */
async function append(page: Page, text: string): Promise<void> {
  await page.evaluate((text) => {
    const item = document.createElement("li");
    item.textContent = text;
    document.querySelector("#list")!.append(item);
  }, text);
}

/** Takes down whatever the region of ours says from now on, each sentence once for each time it comes. */
async function listen(page: Page): Promise<(count?: number) => Promise<string[]>> {
  await page.evaluate(() => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    new MutationObserver((records) => {
      for (const { target, addedNodes } of records) {
        const inRegion = target instanceof Element && target.matches("[role=status][aria-live=polite]");
        for (const node of inRegion ? addedNodes : []) said.push(node.textContent!);
      }
    }).observe(document, { childList: true, subtree: true });
  });
  return async (count = 0) => {
    await page.waitForFunction(
      (count) => (globalThis as unknown as { said: string[] }).said.length >= count,
      count,
    );
    return await page.evaluate(() => (globalThis as unknown as { said: string[] }).said.splice(0));
  };
}

const items = (names: string) => [...names].map((name) => <li key={name}>{`Item ${name}`}</li>);

const list = (names: string, sentence = "{added} came, {removed} went, last {text}") => (
  <ul id="list" data-reflex-announce={sentence}>{items(names)}</ul>
);

browse(
  "announce: what comes to a list and goes is said, and what only changes or moves is not",
  async ({ page }) => {
    const { app, show } = shown(list("abc"));
    await using server = serve(app);
    await openStill(page, server.url);
    const said = await listen(page);
    await show(page, list("abcde"));
    await page.clock.runFor(499);
    assert.deepEqual(await said(), []);
    await page.clock.runFor(1);
    assert.deepEqual(await said(), ["2 came, 0 went, last Item e"]);
    await show(page, list("bcdef"));
    await page.clock.runFor(500);
    assert.deepEqual(await said(), ["1 came, 1 went, last Item f"]);

    // Moved, written anew, with other attributes, somewhere else on the page.
    await show(page, list("fedcb"));
    await show(page, <ul id="list" data-reflex-announce="{added}" class="x">{items("fedcb")}</ul>);
    await show(
      page,
      <>
        {list("fedcb")}
        <ul>{items("xyz")}</ul>
        <p>{"<b>"}</p>
      </>,
    );
    await page.clock.runFor(5000);
    assert.deepEqual(await said(), []);

    // The same sentence twice is said twice.
    await show(page, list("fedcbg", "New: {added}"));
    await page.clock.runFor(500);
    await show(page, list("fedcbgh", "New: {added}"));
    await page.clock.runFor(500);
    assert.deepEqual(await said(), ["New: 1", "New: 1"]);
    // It speaks of what has come, and nothing has.
    await show(page, list("fedc", "New: {added}"));
    await page.clock.runFor(5000);
    assert.deepEqual(await said(), []);
    assertQuiet(page);
  },
);

browse("announce: one patch, one announcement; and so for many within a second", async ({ page }) => {
  const lists = (names: string, people: string[]) => (
    <>
      {list(names, "{added} messages.")}
      <ul id="people" data-reflex-announce="{text} is here.">
        {people.map((name) => <li key={name}>{name}</li>)}
      </ul>
    </>
  );
  const { app, show } = shown(lists("a", ["ann"]));
  await using server = serve(app);
  await openStill(page, server.url);
  const said = await listen(page);
  await show(page, lists("ab", ["ann", "bob <b>"]));
  await page.clock.runFor(500);
  assert.deepEqual(await said(), ["1 messages. bob <b> is here."]);

  // Without a pause it is said after two seconds.
  const names = [..."cdefghi"];
  for (const [i] of names.entries()) {
    await show(page, lists(`ab${names.slice(0, i + 1).join("")}`, ["ann", "bob <b>"]));
    if (i < 4) await page.clock.runFor(400);
    assert.deepEqual(await said(), []);
  }
  await page.clock.runFor(399);
  assert.deepEqual(await said(), []);
  await page.clock.runFor(1);
  assert.deepEqual(await said(), ["7 messages."]);
  // A list that has gone meanwhile has nothing to say.
  await show(page, lists("ab", ["ann", "bob <b>", "eve"]));
  await show(page, <p>Nobody</p>);
  await page.clock.runFor(2000);
  assert.deepEqual(await said(), []);
  assertQuiet(page);
});

browse(
  "announce: what a script of the page does is not said, and regions of its own are left alone",
  async ({ page }) => {
    const own = (text: string) => <p id="own" aria-live="polite">{text}</p>;
    const { app, show } = shown(<>{list("a")}{own("one")}</>);
    await using server = serve(app);
    await openStill(page, server.url);
    const said = await listen(page);
    await append(page, "by a script");
    await show(page, <>{list("a")}{own("two")}</>);
    await page.clock.runFor(5000);
    assert.deepEqual(await said(), []);
    await append(page, "another");
    await show(page, <>{list("ab")}{own("two")}</>);
    await page.clock.runFor(500);
    assert.match((await said()).join(), /^1 came, /);
    assert.equal(
      await page.locator("#own").evaluate((own) => own.outerHTML),
      `<p id="own" aria-live="polite">two</p>`,
    );
    assertQuiet(page);
  },
);

browse(
  "announce: a list that a patch brings speaks from then on, from a dialog as well, and once hidden",
  async ({ page }) => {
    const app = new App({ log: new MemoryLog() });
    app.page("/", () => <main id="main" />);
    await using server = serve(app);
    const hand = await byHand(page);
    await openStill(page, server.url);
    const said = await listen(page);
    const body = (items: string) =>
      `<main id="main"><dialog id="dialog"><ul id="list" data-reflex-announce="{added} new">${items}</ul></dialog></main>`;
    hand.patch(["morph", "main", body("<li id=a>a</li>")]);
    await page.locator("#a").waitFor({ state: "attached" });
    await page.evaluate(() => document.querySelector<HTMLDialogElement>("#dialog")!.showModal());
    hand.patch(["after", "a", "<li id=b>b</li>"]);
    await page.locator("#b").waitFor();
    await page.clock.runFor(500);
    assert.deepEqual(await said(), ["1 new"]);
    // It is heard where the rest of the page is not, and seen nowhere.
    const session = await page.context().newCDPSession(page);
    const { nodes } = await session.send("Accessibility.getFullAXTree");
    const region = nodes.find(({ role }) => role?.value === "status");
    assert.equal(region?.ignored, false);
    const box = await page.locator("[role=status]").evaluate((region) => {
      const { width, height } = region.getBoundingClientRect();
      return [width, height, getComputedStyle(region).clipPath];
    });
    assert.deepEqual(box, [1, 1, "inset(50%)"]);
    assertQuiet(page);
  },
);

browse("announce: under an app's own name for the attribute", async ({ page }) => {
  let names = "a";
  const app = new App({ log: new MemoryLog(), attributes: { announce: "data-says" } });
  app.page("/", ({ subscribe }) => {
    subscribe(News());
    return (
      <main>
        <ul data-says="{added} new">{items(names)}</ul>
        <ul data-reflex-announce="{added} wrong">{items(names)}</ul>
      </main>
    );
  });
  await using server = serve(app);
  await openStill(page, server.url);
  const said = await listen(page);
  names = "ab";
  app.publish(News());
  await page.locator("text=Item b").first().waitFor();
  await page.clock.runFor(500);
  assert.deepEqual(await said(), ["1 new"]);
  assertQuiet(page);
});
