// deno-lint-ignore-file jsx-key -- pages to show, one after another
/**
 * What morphdom and idiomorph promise of focus, selection and state that no attribute shows, each tested through an app.
 * What stands elsewhere is not repeated here:
 *
 * | promise                                                           | where                                        |
 * | ----------------------------------------------------------------- | -------------------------------------------- |
 * | typed text, checked boxes and radio buttons, chosen options, files | kept_test: "what a person has typed, …"      |
 * | the same fields when the server has news for them                 | fields_test, conflict_test                   |
 * | caret, selection and its direction; an input method's word        | kept_test                                    |
 * | an open details; of a group of them the right one                 | kept_test, kept_state_test                   |
 * | scroll positions of a box and of the page                         | kept_test; of rows that move kept_state_test |
 * | a playing video and a loaded iframe, whatever comes around them   | kept_test, kept_place_test                   |
 * | a modal dialog, a popover, half a number, selected text, an       | kept_state_test                              |
 * | animation                                                         |                                              |
 * | fields and iframes without an id, when something comes before     | kept_place_test                              |
 * | a contenteditable that somebody writes in                         | kept_test                                    |
 * | where the focus goes when its element is replaced or removed      | focus_test                                   |
 * | all of it for each operation that is sent                         | operations_test                              |
 * | all of it where the elements themselves are moved, between any    | here: "wherever …"                           |
 * | containers, with the focus in each kind of element; an            |                                              |
 * | indeterminate checkbox; the order of a list; the tag around it    |                                              |
 * | a custom element and its shadow root                              | here: "wherever …", "a custom element …"     |
 * | a modal dialog and a popover that are moved                       | here: "a modal …"                            |
 * | a frame is not loaded again where the element around it changes;  | moved_test                                   |
 * | what goes from one container with a name, or without, to another  |                                              |
 * | (idiomorph knows a wrapper by what is in it)                      |                                              |
 * | an id that stands twice loses nothing                             | here: "an id …"                              |
 * | the page stays where it was scrolled to, whatever row moves       | here: "the window …"                         |
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Html } from "@argyle/argyle";
import { assertQuiet, browse } from "./chromium.ts";
import { open, serve } from "./serve.ts";
import { define, layouts, look, seen, shown, touch } from "./things.tsx";

for (const focused of ["text", "area", "check", "prose"]) {
  browse(
    `guarantees: wherever things are moved, they are what they were; the focus is in ${focused}`,
    async ({ page }) => {
      const { app, show } = shown(layouts["side by side"]!);
      await using server = serve(app);
      await define(page);
      await open(page, server.url);
      await touch(page);
      await page.evaluate((id) => {
        const field = document.getElementById(id) as HTMLInputElement;
        field.focus();
        if (field.selectionStart !== undefined && field.selectionStart !== null) {
          field.setSelectionRange(1, 3, "backward");
        }
      }, focused);
      const place = () =>
        page.evaluate(() => {
          const { id, selectionStart, selectionEnd, selectionDirection } = document
            .activeElement as HTMLInputElement;
          return [id, selectionStart, selectionEnd, selectionDirection];
        });
      const before = await place();
      assert.equal(before[0], focused);
      // A frame's own promise is in moved_test.
      const rest = async () => ({ ...await look(page), frame: seen.frame });
      assert.deepEqual(await look(page), seen);
      for (const [name, layout] of Object.entries(layouts)) {
        await show(page, layout);
        assert.deepEqual(await rest(), seen, name);
        assert.deepEqual(await place(), before, name);
      }
      assertQuiet(page);
    },
  );
}

browse(
  "guarantees: a custom element stays connected while others come, go and move around it",
  async ({ page }) => {
    const Thing = "x-thing" as "div";
    const thing = <Thing key="thing" id="thing" />;
    const row = (name: string) => <p key={name}>{name}</p>;
    const { app, show } = shown(<div>{row("a")}{thing}{row("b")}</div>);
    await using server = serve(app);
    await define(page);
    await open(page, server.url);
    await page.evaluate(() => document.querySelector("#thing")!.shadowRoot!.querySelector("input")!.focus());
    await page.keyboard.type("typed");
    for (
      const around of [
        <div>{row("c")}{row("a")}{thing}{row("b")}</div>,
        <div>{row("a")}{row("c")}{thing}{row("b")}</div>,
        <div>{row("b")}{row("a")}{row("c")}{thing}</div>,
        <div>
          <h2>Title</h2>
          {thing}
        </div>,
        <div class="x">{thing}{row("a")}</div>,
      ]
    ) {
      await show(page, around);
      await page.keyboard.type("!");
    }
    const state = await page.evaluate(() => {
      const thing = document.querySelector("#thing") as HTMLElement & { connected: number };
      return [thing.connected, thing.shadowRoot!.querySelector("input")!.value];
    });
    assert.deepEqual(state, [1, "typed!!!!!"]);
    assertQuiet(page);
  },
);

browse("guarantees: a modal dialog and a popover stay open wherever they are moved", async ({ page }) => {
  const dialog = (
      <dialog id="dialog">
        <input id="text" />
      </dialog>
    ),
    popover = <div id="popover" popover="manual">Hint</div>;
  const { app, show } = shown(
    <div>
      {dialog}
      {popover}
      <p>One</p>
    </div>,
  );
  await using server = serve(app);
  await open(page, server.url);
  await page.evaluate(() => {
    document.querySelector<HTMLDialogElement>("#dialog")!.showModal();
    document.querySelector<HTMLElement>("#popover")!.showPopover();
  });
  await page.locator("#text").fill("typed");
  const look = () =>
    page.evaluate(() => [
      document.querySelector("#dialog")!.matches(":modal"),
      document.querySelector("#popover")!.matches(":popover-open"),
      document.activeElement!.id,
      document.querySelector<HTMLInputElement>("#text")!.value,
    ]);
  const places = [
    <div>
      <p>One</p>
      {popover}
      {dialog}
    </div>,
    <div>
      {dialog}
      <p>One</p>
      {popover}
    </div>,
  ];
  for (const [i, place] of places.entries()) {
    await show(page, place);
    assert.deepEqual(await look(), [true, true, "text", "typed"], `${i}`);
  }
  assertQuiet(page);
});

browse(
  "guarantees: an id that stands twice names nothing, and nothing of the page is lost by it",
  async ({ page }) => {
    const field = (id: string, value: string) => <input id={id} value={value} />;
    const two = (first: Html, second: Html) => (
      <div>
        <div id="left">{first}</div>
        <div id="right">{second}</div>
      </div>
    );
    const { app, show } = shown(
      two([field("a", "a1"), field("a", "a2")], [field("b", "b1"), field("b", "b2")]),
    );
    await using server = serve(app);
    await open(page, server.url);
    await page.locator("#a").first().focus();
    const values = () =>
      page.evaluate(() => [...document.querySelectorAll("input")].map(({ id, value }) => `${id} ${value}`));
    await show(page, two([field("b", "b1"), field("b", "b2")], [field("a", "a1"), field("a", "a2")]));
    assert.deepEqual(await values(), ["b b1", "b b2", "a a1", "a a2"]);
    await show(page, two(field("a", "a1"), field("b", "b1")));
    assert.deepEqual(await values(), ["a a1", "b b1"]);
    await show(page, two([field("b", "b1"), field("b", "b2")], field("a", "a1")));
    assert.deepEqual(await values(), ["b b1", "b b2", "a a1"]);
    assertQuiet(page);
  },
);

browse(
  "guarantees: the window stays where it is, whatever row moves, and whichever has the focus",
  async ({ page }) => {
    const rows = (names: string) => (
      <ul id="rows">
        {[...names].map((name) => (
          <li key={name} style="height: 400px">
            <input aria-label={name} />
          </li>
        ))}
      </ul>
    );
    const { app, show } = shown(rows("abcdefgh"));
    await using server = serve(app);
    await open(page, server.url);
    // What the browser does by itself, so that a person goes on seeing what is shown.
    await page.evaluate(() => document.documentElement.style.setProperty("overflow-anchor", "none"));
    for (
      const [before, after] of [["abcdefgh", "bcdefgha"], ["bcdefgha", "hgfedcba"], ["hgfedcba", "abcdefgh"]]
    ) {
      for (const focused of "adh") {
        await show(page, rows(before!));
        await page.getByLabel(focused, { exact: true }).focus();
        await page.evaluate(() => scrollTo({ top: 1000, behavior: "instant" }));
        await show(page, rows(after!));
        const place = await page.evaluate(() => [document.activeElement!.ariaLabel, scrollY]);
        assert.deepEqual(place, [focused, 1000], `${after} ${focused}`);
      }
    }
    assertQuiet(page);
  },
);
