import assert from "node:assert/strict";
import type { Html } from "@argyle/argyle";
import { assertQuiet, browse } from "./chromium.ts";
import { open, serve } from "./serve.ts";
import { define, layouts, look, seen, shown, swapped, touch } from "./things.tsx";

browse("moved: a frame is not loaded again, wherever it is moved", async ({ page }) => {
  const { app, show } = shown(layouts["side by side"]!);
  await using server = serve(app);
  await define(page);
  await open(page, server.url);
  await touch(page);
  for (const [name, layout] of Object.entries(layouts)) {
    await show(page, layout);
    const { frame } = await look(page);
    assert.equal(frame, seen.frame, name);
  }
  assertQuiet(page);
});

browse("moved: from one container with a name to another, things are what they were", async ({ page }) => {
  const { app, show } = shown(layouts["in two with names"]!);
  await using server = serve(app);
  await define(page);
  await open(page, server.url);
  await touch(page);
  await show(page, swapped);
  assert.deepEqual(await look(page), seen);
  assertQuiet(page);
});

browse(
  "moved: what runs in a wrapper without a name goes on when another comes before it",
  async ({ page }) => {
    const frame = (
        <div>
          <iframe id="frame" title="A frame" />
        </div>
      ),
      video = (
        <div>
          <video id="video" muted />
        </div>
      );
    const text = (
      <div>
        <h2>Above or below</h2>
      </div>
    );
    const { app, show } = shown(<section>{text}{frame}{video}</section>);
    await using server = serve(app);
    await open(page, server.url);
    await page.evaluate(() => {
      document.querySelector("iframe")!.contentDocument!.title = "still the same";
      const video = document.querySelector("video")!, canvas = document.createElement("canvas");
      canvas.getContext("2d");
      video.srcObject = canvas.captureStream();
      void video.play();
    });
    const look = () =>
      page.evaluate(
        () => [
          document.querySelector("iframe")!.contentDocument!.title,
          document.querySelector("video")!.paused,
        ],
      );
    for (const order of [[frame, video, text], [video, text, frame], [text, text, video, frame]]) {
      await show(page, <section>{order}</section>);
      assert.deepEqual(await look(), ["still the same", false]);
    }
    assertQuiet(page);
  },
);

browse("moved: a modal dialog and a popover stay open in other containers", async ({ page }) => {
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
  const pair = (first: Html, second: Html) => (
    <div>
      <section>{first}</section>
      <section>{second}</section>
    </div>
  );
  const places = [pair(dialog, popover), pair(popover, dialog)];
  for (const [i, place] of places.entries()) {
    await show(page, place);
    assert.deepEqual(await look(), [true, true, "text", "typed"], `${i}`);
  }
  assertQuiet(page);
});
