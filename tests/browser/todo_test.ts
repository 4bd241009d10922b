import assert from "node:assert/strict";
import todo from "../../examples/todo/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { online, open, says, serve } from "./serve.ts";

const button = (page: Page, name: string) => page.getByRole("button", { name, exact: true });
const box = (page: Page, name: string) => page.getByRole("checkbox", { name, exact: true });
const field = (page: Page, name: string) => page.getByRole("textbox", { name, exact: true });
const link = (page: Page, name: string) => page.getByRole("link", { name, exact: true });
const newTodo = (page: Page) => field(page, "What is to be done?");

/** Waits until these to-dos are shown, from the top. */
async function shows(page: Page, ...titles: string[]): Promise<void> {
  await page.waitForFunction((titles) => {
    const labels = document.querySelectorAll("#list li label");
    return [...labels].map((label) => label.textContent).join("|") === titles;
  }, titles.join("|"));
}

/** Waits until this element has the focus. */
async function focused(page: Page, selector: string): Promise<void> {
  await page.waitForFunction((selector) => document.activeElement?.matches(selector), selector);
}

/** Waits until the field for a new to-do holds this. */
async function holds(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (text) => document.querySelector<HTMLInputElement>("#title")!.value === text,
    text,
  );
}

async function add(page: Page, ...titles: string[]): Promise<void> {
  for (const title of titles) {
    await newTodo(page).fill(title);
    await page.keyboard.press("Enter");
    await holds(page, "");
  }
}

async function press(page: Page, ...keys: string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

/** How many pixels stand out of the window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.scrollingElement!.scrollWidth - innerWidth);
}

browse("todo: the keyboard adds, edits, toggles and deletes, and a reload keeps it", async ({ page }) => {
  await using server = serve(todo({ log: new MemoryLog() }));
  await open(page, server.url);
  await focused(page, "#title");
  for (const title of ["milk", " bread "]) {
    await page.keyboard.type(title);
    await press(page, "Enter");
    await holds(page, "");
    await focused(page, "#title");
  }
  await shows(page, "milk", "bread");
  await says(page, "#left", "2 left");

  // Behind the field: its button, three filters, the first row.
  await press(page, "Tab", "Tab", "Tab", "Tab", "Tab");
  await focused(page, "li:first-child [type=checkbox]");
  await press(page, "Space");
  await says(page, "#left", "1 left");

  await press(page, "Tab", "Enter");
  await focused(page, "li:first-child [name=title]");
  assert.equal(await field(page, "New text of “milk”").inputValue(), "milk");
  await press(page, "Control+a");
  await page.keyboard.type("oat milk");
  await press(page, "Enter");
  await shows(page, "oat milk", "bread");
  await focused(page, "li:first-child [value=Edit]");
  // The field has become a button, which has no caret; that is no reason to fetch the page again.
  await press(page, "Shift+Tab", "Space");
  await says(page, "#left", "2 left");
  await press(page, "Space");
  await says(page, "#left", "1 left");
  assert.deepEqual(server.requests.filter((request) => request === "GET /"), ["GET /"]);

  await page.reload();
  await online(page);
  await shows(page, "oat milk", "bread");
  assert.equal(await box(page, "oat milk").isChecked(), true);
  assert.equal(await box(page, "bread").isChecked(), false);

  await focused(page, "#title");
  await press(page, "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Enter");
  await shows(page, "bread");
  // The focus is at the same button of bread's row. Behind that comes Undo: nothing is completed any more.
  await says(page, "#undo", "Deleted “oat milk”.Undo");
  await press(page, "Tab", "Enter");
  await shows(page, "oat milk", "bread");
  await says(page, "#undo", "Brought back “oat milk”.");
  assertQuiet(page);
});

browse("todo: the mouse edits, clears and undoes, and filters are pages", async ({ page }) => {
  await using server = serve(todo({ log: new MemoryLog() }));
  await open(page, server.url);
  await add(page, "milk", "bread", "tea");
  await button(page, "Edit “bread”").click();
  await focused(page, "li [name=title]");
  await button(page, "Cancel").click();
  await shows(page, "milk", "bread", "tea");
  await button(page, "Edit “bread”").click();
  await field(page, "New text of “bread”").fill("rye");
  await button(page, "Save").click();
  await shows(page, "milk", "rye", "tea");

  await page.getByText("milk", { exact: true }).click();
  await says(page, "#left", "2 left");
  await box(page, "tea").check();
  await says(page, "#left", "1 left");
  for (const [name, ...titles] of [["Active", "rye"], ["Completed", "milk", "tea"]] as const) {
    await link(page, name).click();
    await page.waitForURL(`${server.url}/${name.toLowerCase()}`);
    await online(page);
    await shows(page, ...titles);
    assert.equal(await link(page, name).getAttribute("aria-current"), "page");
    assert.equal(await link(page, "All").getAttribute("aria-current"), null);
  }
  await box(page, "tea").click(); // not uncheck(), which looks for what the answer has taken away
  await shows(page, "milk");
  await says(page, "#left", "2 left");

  await link(page, "All").click();
  await page.waitForURL(`${server.url}/`);
  await online(page);
  await box(page, "tea").check();
  await says(page, "#left", "1 left");
  await button(page, "Clear completed").click();
  await shows(page, "rye");
  await says(page, "#undo", "Deleted 2 to-dos.Undo");
  assert.equal(await button(page, "Clear completed").count(), 0);
  await button(page, "Undo").click();
  await shows(page, "milk", "rye", "tea");
  assert.equal(await box(page, "tea").isChecked(), true);
  await button(page, "Delete “rye”").click();
  await shows(page, "milk", "tea");
  await page.getByRole("status").getByText("Deleted “rye”.").waitFor();
  assertQuiet(page);
});

browse("todo: a refused text says why at its field and stays, until it is right", async ({ page }) => {
  await using server = serve(todo({ log: new MemoryLog() }));
  await open(page, server.url);
  await press(page, "Enter");
  const alert = page.getByRole("alert").filter({ hasText: /./ });
  await alert.getByText("Say what to do.").waitFor();
  assert.equal(await newTodo(page).getAttribute("aria-invalid"), "true");
  await focused(page, "#title");

  const long = "x".repeat(201);
  await newTodo(page).fill(long);
  await press(page, "Enter");
  await alert.getByText("Say it in 200 letters; these are 201.").waitFor();
  await holds(page, long);
  await press(page, "Backspace", "Enter");
  await shows(page, long.slice(1));
  await holds(page, "");
  assert.equal(await alert.count(), 0);
  assert.equal(await newTodo(page).getAttribute("aria-invalid"), null);

  await button(page, `Edit “${long.slice(1)}”`).click();
  const edited = field(page, `New text of “${long.slice(1)}”`);
  await edited.fill("  ");
  await press(page, "Enter");
  await alert.getByText("Say what to do.").waitFor();
  assert.equal(
    await edited.getAttribute("aria-describedby"),
    await page.locator("li [role=alert]").getAttribute("id"),
  );
  await edited.fill("short");
  await press(page, "Enter");
  await shows(page, "short");
  assert.equal(await alert.count(), 0);
  assertQuiet(page);
});

browse("todo: another visitor sees nothing of it, another tab does not edit along", async (browsing) => {
  await using server = serve(todo({ log: new MemoryLog() }));
  const { page, newPage, newVisitor } = browsing;
  await open(page, server.url);
  await add(page, "milk");
  await button(page, "Edit “milk”").click();
  await field(page, "New text of “milk”").waitFor();
  const tab = await newPage();
  await open(tab, server.url);
  await shows(tab, "milk");
  await button(tab, "Delete “milk”").click();
  await tab.getByText("Nothing to do yet.").waitFor();
  const other = await newVisitor();
  await open(other.page, server.url);
  await says(other.page, "#left", "0 left");
  await other.page.getByText("Nothing to do yet.").waitFor();
  for (const each of [page, tab, other.page]) assertQuiet(each);
});

browse("todo: fits 360 px in light and dark, whatever stands in it", async ({ page }) => {
  // The app's policy as it is shipped.
  await using server = serve(todo({ log: new MemoryLog() }), { csp: "own" });
  await page.setViewportSize({ width: 360, height: 640 });
  await open(page, server.url);
  await add(page, "buy milk", "y".repeat(200), "call the dentist about the appointment");
  await box(page, "buy milk").check();
  await says(page, "#left", "2 left");
  await button(page, "Delete “call the dentist about the appointment”").click();
  await button(page, "Undo").waitFor();
  const colours = new Set<string>();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    assert.ok(await overflow(page) <= 0, `${await overflow(page)} px too wide`);
    colours.add(await page.evaluate(() => getComputedStyle(document.body).backgroundColor));
  }
  assert.equal(colours.size, 2, [...colours].join());
  await button(page, "Edit “buy milk”").click();
  await button(page, "Save").waitFor();
  assert.ok(await overflow(page) <= 0, `${await overflow(page)} px too wide`);
  assertQuiet(page);
});
