import assert from "node:assert/strict";
import { openKv } from "@argyle/argyle/kv";
import inventory from "../../examples/inventory/main.tsx";
import { seed } from "../../examples/inventory/seed.ts";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { startProcess, temporaryFolder } from "./process.ts";
import { online, says, serve, type ServeOptions } from "./serve.ts";

const all = seed.reduce((sum, { quantity }) => sum + quantity, 0);

// What Chromium itself says about a server that is not there.
const refused = /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED/;

/** The example on Deno KV. Leaving the scope ends both. */
async function shop(options?: ServeOptions) {
  const db = await openKv(":memory:");
  const server = serve(await inventory({ db, log: new MemoryLog() }), options);
  return {
    url: server.url,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      db.close();
    },
  };
}

const hasStatus = (page: Page, status: string) => page.locator(`#shelf[data-status=${status}]`).waitFor();

async function open(page: Page, url: string): Promise<void> {
  await page.goto(url);
  await online(page);
  await hasStatus(page, "fresh");
}

const row = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("textbox", { name: `Name of ${name}`, exact: true }) });

const field = (page: Page, name: string, what: string) =>
  page.getByRole("textbox", { name: `${what} of ${name}`, exact: true });

/** Waits until a field has this value. */
async function holds(page: Page, name: string, what: string, value: string): Promise<void> {
  await page.waitForFunction(
    ([label, value]) => document.querySelector<HTMLInputElement>(`[aria-label="${label}"]`)?.value === value,
    [`${what} of ${name}`, value],
  );
}

/** The names on the page, in order. */
const names = (page: Page) =>
  page.locator("#rows .name input").evaluateAll((fields: HTMLInputElement[]) =>
    fields.map(({ value }) => value)
  );

/** Waits until these are the names on the page. */
async function lists(page: Page, expected: readonly string[]): Promise<void> {
  await page.waitForFunction(
    (expected) =>
      [...document.querySelectorAll<HTMLInputElement>("#rows .name input")].map(({ value }) => value)
        .join("\n") === expected,
    expected.join("\n"),
  );
}

const seeded = (from: number, to: number) => seed.slice(from, to).map(({ name }) => name);

browse(
  "inventory: what one edits, reserves and inserts, another sees, and the sum with it",
  async ({ page, newVisitor }) => {
    await using server = await shop();
    const { page: bob } = await newVisitor();
    await open(page, server.url);
    await open(bob, server.url);
    await says(page, "#totals", `${all.toLocaleString("en")} pieces of 42 products`);
    await lists(page, seeded(0, 10));

    await field(page, "Sencha", "Quantity").fill("40");
    await page.keyboard.press("Enter");
    await holds(bob, "Sencha", "Quantity", "40");
    await says(bob, "#stock", (all + 3).toLocaleString("en"));
    // To leave a field saves it too.
    await field(page, "Sencha", "Price").fill("9,5");
    await field(page, "Earl Grey", "Price").focus();
    await holds(bob, "Sencha", "Price", "9.50");
    await holds(page, "Sencha", "Price", "9.50");
    await field(bob, "Sencha", "Name").fill("Sencha, organic");
    await bob.keyboard.press("Enter");
    await field(page, "Sencha, organic", "Name").waitFor();

    await row(page, "Earl Grey").getByRole("textbox", { name: "Pieces of Earl Grey to reserve" }).fill("65");
    await row(page, "Earl Grey").getByRole("button", { name: "Reserve" }).click();
    await row(page, "Earl Grey").getByRole("alert").getByText(
      "Cannot reserve 65 of Earl Grey: only 64 are left.",
    )
      .waitFor();
    await row(page, "Earl Grey").getByRole("textbox", { name: "Pieces of Earl Grey to reserve" }).fill("64");
    await page.keyboard.press("Enter");
    await holds(bob, "Earl Grey", "Quantity", "0");
    await page.getByText("64 of Earl Grey reserved; 0 left.").waitFor();
    assert.equal(await row(page, "Earl Grey").getByRole("alert").textContent(), "");

    await bob.getByLabel("Name", { exact: true }).fill("Saffron");
    await bob.getByLabel("Quantity", { exact: true }).fill("much");
    await bob.getByLabel("Price, €").fill("12");
    await bob.getByRole("button", { name: "Insert" }).click();
    await bob.locator("#new").getByRole("alert").getByText("A quantity is a number, 0 or more.").waitFor();
    await bob.getByLabel("Quantity", { exact: true }).fill("5");
    await bob.keyboard.press("Enter");
    await field(page, "Saffron", "Price").waitFor();
    await says(page, "#totals", `${(all + 3 - 64 + 5).toLocaleString("en")} pieces of 43 products`);
    assert.equal(await bob.evaluate(() => (document.activeElement as HTMLInputElement).name), "name");
    assertQuiet(page);
    assertQuiet(bob);
  },
);

browse(
  "inventory: what one is typing stays where another changes the same, and shows what that is",
  async ({ page, newVisitor }) => {
    await using server = await shop();
    const { page: bob } = await newVisitor();
    await open(page, server.url);
    await open(bob, server.url);
    const mine = field(page, "Sencha", "Quantity"), theirs = row(page, "Sencha").locator(".quantity .theirs");
    const edit = async (value: string) => {
      await field(bob, "Sencha", "Quantity").fill(value);
      await bob.keyboard.press("Enter");
    };
    await mine.fill("5");
    await edit("50");
    await theirs.getByText("Now 50").waitFor();
    assert.deepEqual(
      [await mine.inputValue(), await mine.evaluate((one) => one === document.activeElement)],
      [
        "5",
        true,
      ],
    );
    // Another field of the same row goes its way.
    await field(bob, "Sencha", "Price").fill("7");
    await bob.keyboard.press("Enter");
    await holds(page, "Sencha", "Price", "7.00");
    assert.equal(await mine.inputValue(), "5");
    // To leave it does not undo what the other has done; Escape takes that, Enter what was typed.
    await field(page, "Earl Grey", "Price").focus();
    await field(page, "Earl Grey", "Price").fill("8");
    await page.keyboard.press("Enter");
    await holds(bob, "Earl Grey", "Price", "8.00"); // calls come in order: it would have come before this one
    assert.equal(await field(bob, "Sencha", "Quantity").inputValue(), "50");
    await mine.press("Escape");
    await holds(page, "Sencha", "Quantity", "50");
    assert.equal(await theirs.isVisible(), false);

    await mine.fill("6");
    await edit("60");
    await theirs.getByText("Now 60").waitFor();
    await mine.press("Enter");
    await holds(bob, "Sencha", "Quantity", "6");
    await theirs.waitFor({ state: "hidden" });

    await mine.fill("7");
    await edit("70");
    await theirs.click();
    await holds(page, "Sencha", "Quantity", "70");
    assert.deepEqual(
      [await theirs.isVisible(), await mine.evaluate((one) => one === document.activeElement)],
      [false, true],
    );
    // A row that comes above takes nothing from the one that is being edited.
    await mine.fill("8");
    await bob.getByLabel("Name", { exact: true }).fill("Saffron");
    await bob.getByLabel("Quantity", { exact: true }).fill("5");
    await bob.getByLabel("Price, €").fill("12");
    await bob.keyboard.press("Enter");
    await field(page, "Saffron", "Price").waitFor();
    assert.deepEqual(
      [await mine.inputValue(), await mine.evaluate((one) => one === document.activeElement)],
      [
        "8",
        true,
      ],
    );
    await mine.press("Enter");
    await holds(bob, "Sencha", "Quantity", "8");
    assertQuiet(page);
  },
);

browse(
  "inventory: pages have addresses, and are right while rows come and go",
  async ({ page, newVisitor }) => {
    await using server = await shop();
    const { page: bob } = await newVisitor();
    await open(page, server.url);
    await open(bob, server.url);
    const turn = async (name: string, place: string) => {
      await page.getByRole("button", { name }).click();
      await says(page, "#page", place);
    };
    assert.equal(await page.getByRole("button", { name: "Previous" }).isDisabled(), true);
    await turn("Next", "Page 2 of 5");
    await turn("Next", "Page 3 of 5");
    await lists(page, seeded(20, 30));
    assert.match(page.url(), /\?page=3$/);
    // Another removes the first product of all: each row moves up by one.
    await field(bob, "Assam, loose leaf", "Quantity").fill("0");
    await bob.keyboard.press("Enter");
    await holds(bob, "Assam, loose leaf", "Quantity", "0");
    await bob.getByRole("button", { name: "Remove Assam, loose leaf" }).click();
    await lists(page, seeded(21, 31));
    await page.goBack();
    await says(page, "#page", "Page 2 of 5");
    await lists(page, seeded(11, 21));
    await page.goForward();
    await says(page, "#page", "Page 3 of 5");
    await lists(page, seeded(21, 31));
    await page.reload();
    await hasStatus(page, "fresh");
    await lists(page, seeded(21, 31));
    await open(page, `${server.url}/?page=99`);
    await says(page, "#page", "Page 5 of 5");
    await lists(page, seeded(41, 42));
    assert.equal(await page.getByRole("button", { name: "Next" }).isDisabled(), true);
    // The last product of the last page goes: the page before it is the last.
    await page.getByRole("button", { name: "Remove Gift box" }).click();
    await page.getByRole("button", { name: "Remove it" }).click();
    await says(page, "#page", "Page 4 of 4");
    await lists(page, seeded(31, 41));
    assertQuiet(page);
    assertQuiet(bob);
  },
);

browse(
  "inventory: the server asks in the browser before it removes what is left",
  async ({ page, newVisitor }) => {
    await using server = await shop();
    const { page: bob } = await newVisitor();
    await open(page, server.url);
    await open(bob, server.url);
    const remove = page.getByRole("button", { name: "Remove Sencha" }), dialog = page.getByRole("dialog");
    await remove.click();
    await dialog.getByText("37 of Sencha are left. Remove it all the same?").waitFor();
    assert.equal(await bob.getByRole("dialog").count(), 0); // it is one person's question
    await page.keyboard.press("Escape");
    await page.getByText("Sencha stays.").waitFor();
    await remove.click();
    await dialog.waitFor();
    await page.keyboard.press("Enter"); // on what does no harm
    await dialog.waitFor({ state: "hidden" });
    assert.deepEqual(await names(bob), seeded(0, 10));

    // Changed while the person thinks about it: it is another than the one that was asked about.
    await remove.click();
    await dialog.waitFor();
    await field(bob, "Sencha", "Quantity").fill("36");
    await bob.keyboard.press("Enter");
    await holds(page, "Sencha", "Quantity", "36");
    await dialog.getByRole("button", { name: "Remove it" }).click();
    await row(page, "Sencha").getByRole("alert").getByText("Somebody else has just changed Sencha").waitFor();

    await remove.focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    await dialog.getByRole("button", { name: "Remove it" }).click();
    const left = seed.filter(({ name }) => name !== "Sencha").map(({ name }) => name);
    await lists(bob, left.slice(0, 10));
    await lists(page, left.slice(0, 10));
    // The focus is where the row was.
    assert.equal(
      await page.evaluate(() => document.activeElement?.getAttribute("aria-label")),
      "Name of Genmaicha",
    );
    assertQuiet(page);
  },
);

browse(
  "inventory: with the keyboard alone; and what was typed into a row that goes is told",
  async ({ page, newVisitor }) => {
    await using server = await shop();
    const { page: bob } = await newVisitor();
    await open(page, server.url);
    await open(bob, server.url);
    const label = () => page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
    await field(page, "Earl Grey", "Price").focus();
    await page.keyboard.press("ArrowDown");
    assert.equal(await label(), "Price of Lapsang souchong");
    await page.keyboard.type("12");
    await page.keyboard.press("ArrowUp");
    assert.equal(await label(), "Price of Earl Grey");
    await holds(bob, "Lapsang souchong", "Price", "12.00");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Enter");
    await holds(bob, "Earl Grey", "Quantity", "63");
    await page.keyboard.press("Tab");
    assert.equal(await label(), "Remove Earl Grey");
    await field(page, "Earl Grey", "Quantity").fill("many");
    await page.keyboard.press("Enter");
    await row(page, "Earl Grey").getByRole("alert").getByText("A quantity is a number, 0 or more.").waitFor();
    assert.equal(await field(page, "Earl Grey", "Quantity").inputValue(), "many");

    await bob.getByRole("button", { name: "Remove Earl Grey" }).click();
    await bob.getByRole("button", { name: "Remove it" }).click();
    await page.getByText("“many” was not saved: Earl Grey is not on this page any more.").waitFor();
    assert.equal(await label(), "Quantity of Lapsang souchong");
    assertQuiet(page);
  },
);

browse(
  "inventory: killed and started again, it is as it was, and what was typed meanwhile is saved",
  async ({ page }) => {
    await using folder = await temporaryFolder();
    const example = ["examples/main.tsx", "inventory"];
    await using first = await startProcess(example, { folder: folder.path });
    await open(page, `${first.url}/?page=2`);
    await field(page, "Peppermint", "Quantity").fill("72");
    await page.keyboard.press("Enter");
    await says(page, "#stock", (all + 1).toLocaleString("en"));

    await first.kill();
    await hasStatus(page, "stale");
    assert.match(await page.locator("#line").textContent() ?? "", /The line is lost/);
    await page.waitForFunction(() => Number(getComputedStyle(document.querySelector("#rows")!).opacity) < 1);
    await lists(page, seeded(10, 20));
    await field(page, "Rooibos", "Quantity").fill("60");
    await page.keyboard.press("Enter");
    await field(page, "Camomile", "Quantity").fill("4");
    await using second = await startProcess(example, { folder: folder.path, port: first.port });
    // By itself it comes back within 10 s of it: that is the pause between two tries, at the longest.
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await hasStatus(page, "fresh");
    await says(page, "#stock", (all + 1 + 5).toLocaleString("en"));
    assert.deepEqual(
      [
        await field(page, "Peppermint", "Quantity").inputValue(),
        await field(page, "Camomile", "Quantity").inputValue(),
      ],
      ["72", "4"],
    );
    await page.reload();
    await hasStatus(page, "fresh");
    await says(page, "#page", "Page 2 of 5");
    assert.deepEqual(
      [
        await field(page, "Rooibos", "Quantity").inputValue(),
        await field(page, "Camomile", "Quantity").inputValue(),
      ],
      ["60", "48"],
    );
    assert.equal(second.port, first.port);
    assertQuiet(page, { except: [refused] });
  },
  { timeout: 60_000 },
);

browse("inventory: fits 360 px, is light and dark, and its console is empty", async ({ page }) => {
  // The app's policy as it is shipped.
  await using server = await shop({ csp: "own" });
  await page.setViewportSize({ width: 360, height: 640 });
  const colours = new Set<string>();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await open(page, server.url);
    const { wide, colour } = await page.evaluate(() => ({
      wide: Math.max(
        document.scrollingElement!.scrollWidth - innerWidth,
        ...[...document.querySelectorAll("button, input")].map((one) =>
          one.getBoundingClientRect().right - innerWidth
        ),
      ),
      colour: getComputedStyle(document.body).backgroundColor,
    }));
    assert.ok(wide <= 0, `${wide} px too wide`);
    await page.locator("#rows [name=pieces]").first().waitFor();
    // Two digits can be read.
    const cramped = await page.locator("#rows input").evaluateAll((inputs) =>
      inputs.filter((input) => input.getBoundingClientRect().width < 40).length
    );
    assert.equal(cramped, 0, "fields too narrow");
    colours.add(colour);
  }
  assert.equal(colours.size, 2, [...colours].join());
  assertQuiet(page);
});
