import assert from "node:assert/strict";
import { App, type Html, on, Reflex, topic } from "@argyle/argyle";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { overhear } from "./frames.ts";
import { open, says, serve } from "./serve.ts";

const News = topic("news");

/** What a screen reader says of what has the focus: its role and its name. */
async function heard(page: Page): Promise<string> {
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send("Accessibility.getFullAXTree");
  await session.detach();
  const focused = nodes.filter(({ properties }) =>
    properties?.some(({ name, value }) => name === "focused" && value.value === true)
  );
  const { role, name } = focused.at(-1)!;
  return `${role?.value} ${name?.value}`;
}

/** Waits until something has the focus, and says what that is. */
async function lands(page: Page): Promise<string> {
  await page.waitForFunction(() => document.activeElement !== document.body);
  return await heard(page);
}

/** Todos that are removed with the keyboard. */
function todos(rows: string[]) {
  const state = { rows, round: 0 };
  class Todos extends Reflex {
    remove(...ids: string[]) {
      state.rows = state.rows.filter((row) => !ids.includes(row));
      state.round += 1;
    }
    seen() {}
  }
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Todos });
  app.page("/", ({ subscribe }) => {
    subscribe(News());
    return (
      <main>
        <h1>Todos</h1>
        <div style="height: 3000px" />
        <a href="#top">Up</a>
        <ul id="todos" aria-label="Todos">
          {state.rows.map((row) => (
            <li key={row}>
              <input type="checkbox" aria-label={`Done ${row}`} {...on("focus", Todos, "seen")} />
              <button
                type="button"
                aria-label={`Remove ${row}`}
                {...on("click", Todos, "remove", row)}
              >
                Remove
              </button>
              <button
                type="button"
                aria-label={`Remove ${row} and the next`}
                {...on("click", Todos, "remove", row, state.rows[state.rows.indexOf(row) + 1] ?? "")}
              >
                Two
              </button>
            </li>
          ))}
        </ul>
        <input aria-label="What to do" />
        <output id="round">{state.round}</output>
        <div style="height: 3000px" />
      </main>
    );
  });
  return { app, state };
}

browse(
  "focus: of a removed row it goes to the same control of the row that took its place, or of the one before",
  async ({ page }) => {
    const { app, state } = todos(["a", "b", "c", "d", "e", "f"]);
    await using server = serve(app);
    const { sent } = overhear(page);
    await open(page, server.url);
    const press = async (name: string, round: number) => {
      await page.getByLabel(name, { exact: true }).focus();
      await page.keyboard.press("Enter");
      await says(page, "#round", round);
      return await lands(page);
    };
    assert.equal(await press("Remove b", 1), "button Remove c");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    assert.equal(await heard(page), "checkbox Done d");
    await page.keyboard.press("Shift+Tab");
    assert.equal(await heard(page), "button Remove c and the next");
    assert.equal(await press("Remove f", 2), "button Remove e");
    assert.equal(await press("Remove c and the next", 3), "button Remove e and the next");

    // Somebody else removes a row in which nobody presses anything.
    await page.getByLabel("Done a").focus();
    const count = sent.length;
    Object.assign(state, { rows: ["e"], round: 4 });
    app.publish(News());
    await says(page, "#round", 4);
    assert.equal(await lands(page), "checkbox Done e");
    // A focus that a patch gives is no event of the person's.
    assert.deepEqual(sent.slice(count), []);

    const seen = () => page.evaluate(() => document.querySelector("#round")!.getBoundingClientRect().top);
    await page.evaluate(() => scrollBy(0, 700));
    const top = await seen();
    await page.evaluate(() =>
      document.querySelector<HTMLElement>("[aria-label='Remove e']")!.focus({ preventScroll: true })
    );
    await page.keyboard.press("Enter");
    await says(page, "#round", 5);
    assert.equal(await lands(page), "list Todos");
    assert.equal(await seen(), top);

    // The list keeps it when something comes, and for as long as it has it.
    Object.assign(state, { rows: ["g"], round: 6 });
    app.publish(News());
    await says(page, "#round", 6);
    assert.equal(await heard(page), "list Todos");
    await page.keyboard.press("Tab");
    assert.equal(await heard(page), "checkbox Done g");
    Object.assign(state, { rows: [], round: 7 });
    app.publish(News());
    await says(page, "#round", 7);
    assert.equal(await lands(page), "list Todos");
    await page.keyboard.press("Tab");
    assert.equal(await heard(page), "textbox What to do");
    Object.assign(state, { rows: ["h"], round: 8 });
    app.publish(News());
    await says(page, "#round", 8);
    assert.equal(await page.locator("#todos").getAttribute("tabindex"), null);
    assertQuiet(page);
  },
);

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

/** Gives the focus to an element, by what is written on it. */
async function focus(page: Page, selector: string): Promise<void> {
  await page.locator(selector).focus();
}

browse(
  "focus: what takes an element's place under its id takes the focus, and the caret",
  async ({ page }) => {
    const { app, show } = shown(<input id="x" aria-label="Title" value="abcdef" />);
    await using server = serve(app);
    await open(page, server.url);
    await page.evaluate(() => {
      const field = document.querySelector<HTMLInputElement>("#x")!;
      field.focus();
      field.setSelectionRange(2, 4, "backward");
    });
    await show(page, <textarea id="x" aria-label="Title, longer">abcdef</textarea>);
    assert.equal(await lands(page), "textbox Title, longer");
    const caret = await page.evaluate(() => {
      const { selectionStart, selectionEnd, selectionDirection } = document.activeElement as HTMLInputElement;
      return [selectionStart, selectionEnd, selectionDirection];
    });
    assert.deepEqual(caret, [2, 4, "backward"]);

    await show(page, <a id="x" href="#x">Edit</a>);
    assert.equal(await lands(page), "link Edit");
    // What cannot have it, has something that can; or is made so that it can.
    await show(
      page,
      <p id="x">
        No longer <button type="button">Why?</button>
      </p>,
    );
    assert.equal(await lands(page), "button Why?");
    await show(page, <section id="x" aria-label="What it was">Gone</section>);
    assert.equal(await lands(page), "region What it was");

    // The same for what stands around it.
    const controls = (name: string) => (
      <>
        <button type="button">{`Open ${name}`}</button>
        <button type="button">{`Close ${name}`}</button>
      </>
    );
    await show(page, <div id="row">{controls("one")}</div>);
    await focus(page, "text=Close one");
    await show(page, <section id="row">{controls("two")}</section>);
    assert.equal(await lands(page), "button Close two");
    assertQuiet(page);
  },
);

browse("focus: without a like, it goes to what stands next, and then further out", async ({ page }) => {
  const button = (name: string) => <button key={name} type="button">{name}</button>;
  const bar = (...names: string[]) => <div role="toolbar" aria-label="Bar">{names.map(button)}</div>;
  const { app, show } = shown(bar("a", "b", "c"));
  await using server = serve(app);
  await open(page, server.url);
  const steps: [focused: string, main: Html, heard: string][] = [
    ["text=b", bar("a", "c"), "button c"],
    ["text=c", bar("a"), "button a"],
    ["text=a", bar(), "toolbar Bar"],
  ];
  for (const [focused, main, expected] of steps) {
    await focus(page, focused);
    await show(page, main);
    assert.equal(await lands(page), expected);
  }

  // What is hidden, disabled or negative is passed over, and what would bring a keyboard comes last.
  const lost = (
    <p key="two">
      <button id="lost" type="button">Lost</button>
    </p>
  );
  const around = (middle: Html, ...after: Html[]) => (
    <>
      <p key="one">
        <a href="#one">Before</a>
      </p>
      {middle}
      <div key="three">{after}</div>
    </>
  );
  const behind = [
    <a key="a" href="#hidden" style="display: none">Hidden</a>,
    <button key="b" type="button" disabled>Disabled</button>,
    <button key="c" type="button" tabindex={-1}>Not by Tab</button>,
    <input key="d" id="text" aria-label="Text" />,
  ];
  const choice = <select key="e" id="choice" aria-label="Choice" />;
  await show(page, around(lost, behind, choice));
  await focus(page, "#lost");
  await show(page, around(null, behind, choice));
  assert.equal(await lands(page), "combobox Choice");
  await show(page, around(null, behind));
  assert.equal(await lands(page), "textbox Text");
  await show(page, around(null));
  assert.equal(await lands(page), "generic ");
  await show(page, around(lost, behind));
  await focus(page, "#lost");
  await show(page, around(null, behind));
  assert.equal(await lands(page), "link Before");

  // Who was typing goes on typing.
  await show(
    page,
    <>
      <p key="a">
        <input id="first" aria-label="First" />
      </p>
      <p key="b">
        <textarea aria-label="Second" />
      </p>
    </>,
  );
  await focus(page, "#first");
  await show(
    page,
    <p key="b">
      <textarea aria-label="Second" />
    </p>,
  );
  assert.equal(await lands(page), "textbox Second");
  assertQuiet(page);
});

browse("focus: of a table, rows and not their groups take it", async ({ page }) => {
  const table = (...rows: string[]) => (
    <table aria-label="People">
      <thead>
        <tr>
          <th>Name</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row}>
            <td>
              <button type="button">{row}</button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
  const { app, show } = shown(table("ann", "bob"));
  await using server = serve(app);
  await open(page, server.url);
  await focus(page, "text=ann");
  await show(page, table("bob"));
  assert.equal(await lands(page), "button bob");
  await show(page, table());
  assert.equal(await lands(page), "table People");
  assertQuiet(page);
});

browse("focus: whoever goes on while the script is loaded is not called back", async ({ page }) => {
  const { app, show } = shown(<button key="gone" type="button">Gone</button>);
  await using server = serve(app);
  const { promise: held, resolve: release } = Promise.withResolvers<void>();
  await page.route("**/care-*.js", async (route) => {
    await held;
    await route.continue();
  });
  await open(page, server.url);
  await focus(page, "text=Gone");
  const asked = page.waitForRequest("**/care-*.js");
  await show(
    page,
    <>
      <button type="button">First</button>
      <button type="button">Second</button>
    </>,
  );
  await asked;
  await focus(page, "text=Second");
  const came = page.waitForResponse("**/care-*.js");
  release();
  await (await came).finished();
  // It is evaluated before this, which asks for it as well.
  await page.evaluate((url) => import(url), (await asked).url());
  assert.equal(await heard(page), "button Second");
  // And where it was, the next time.
  await show(page, <button type="button">First</button>);
  assert.equal(await lands(page), "button First");
  assertQuiet(page);
});

browse("focus: autofocus takes it from nobody, and gets it where nobody has it", async ({ page }) => {
  const asks = (name: string) => <input key={name} aria-label={name} autofocus />;
  const { app, show } = shown(
    <>
      <input aria-label="Mine" />
      <button type="button">Edit</button>
    </>,
  );
  await using server = serve(app);
  await open(page, server.url);
  const field = <input aria-label="Mine" />, button = <button type="button">Edit</button>;
  await focus(page, "[aria-label=Mine]");
  await show(page, <>{field}{button}{asks("one")}</>);
  assert.equal(await heard(page), "textbox Mine");
  await focus(page, "text=Edit");
  await show(page, <>{field}{button}{asks("two")}</>);
  assert.equal(await heard(page), "button Edit");
  // It was there before: only what is new asks for it.
  await page.evaluate(() => (document.activeElement as HTMLElement).blur());
  await show(
    page,
    <>
      {field}
      {button}
      {asks("two")}
      <p>More</p>
    </>,
  );
  assert.equal(await page.evaluate(() => document.activeElement === document.body), true);
  await show(
    page,
    <>
      {field}
      {button}
      {asks("two")}
      <section>{asks("three")}</section>
    </>,
  );
  assert.equal(await heard(page), "textbox three");
  // In place of what had it.
  await focus(page, "text=Edit");
  await show(page, <>{field}{asks("four")}</>);
  assert.equal(await lands(page), "textbox four");
  assertQuiet(page);
});

browse("focus: a dialog that is removed gives it back to what had it before", async ({ page }) => {
  const dialog = (
    <dialog id="dialog" aria-label="Sure?">
      <button type="button">No</button>
      <button type="button">Yes</button>
    </dialog>
  );
  const buttons = (...names: string[]) =>
    names.map((name) => <button key={name} type="button">{name}</button>);
  const { app, show } = shown(<>{buttons("One", "Two")}{dialog}</>);
  await using server = serve(app);
  await open(page, server.url);
  const ask = async (name: string) => {
    await focus(page, `text=${name}`);
    await page.evaluate(() => document.querySelector<HTMLDialogElement>("#dialog")!.showModal());
    await page.keyboard.press("Tab");
    assert.equal(await heard(page), "button Yes");
  };
  // The page has a dialog: what cares for it is there with the first patch.
  await show(page, <>{buttons("One", "Two", "Three")}{dialog}</>);
  await ask("One");
  await show(page, <>{buttons("One", "Two", "Three")}</>);
  assert.equal(await lands(page), "button One");
  // A patch may bring one; and what had it may be gone.
  await show(page, <>{buttons("One", "Two", "Three")}{dialog}</>);
  await ask("Two");
  await show(page, <>{buttons("One", "Three")}</>);
  assert.equal(await lands(page), "button Three");
  assertQuiet(page);
});

browse("focus: of a row that is seen for a while as it goes, it goes on at once", async ({ page }) => {
  const rows = (names: string) => (
    <ul aria-label="Rows" data-reflex-announce="{removed} gone">
      {[...names].map((name) => (
        <li key={name} data-reflex-leave="leaving">
          <button type="button">{`Open ${name}`}</button>
          <button type="button">{`Remove ${name}`}</button>
        </li>
      ))}
    </ul>
  );
  const { app, show } = shown(rows("abc"));
  await using server = serve(app);
  await open(page, server.url);
  await page.evaluate(() => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync("@keyframes fade { to { opacity: 0 } } .leaving { animation: fade 100s }");
    document.adoptedStyleSheets.push(sheet);
  });
  await focus(page, "text=Remove b");
  await show(page, rows("ac"));
  assert.equal(await lands(page), "button Remove c");
  assert.equal(await page.locator(".leaving").count(), 1);
  await page.locator("[role=status]").filter({ hasText: "1 gone" }).waitFor({ state: "attached" });
  await page.evaluate(() => document.querySelector(".leaving")!.getAnimations()[0]!.finish());
  await page.locator(".leaving").waitFor({ state: "detached" });
  assert.equal(await heard(page), "button Remove c");
  assertQuiet(page);
});
