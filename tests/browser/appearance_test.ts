import assert from "node:assert/strict";
import counter from "../../examples/counter/main.tsx";
import table from "../../examples/table/main.tsx";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse } from "./chromium.ts";
import { open, serve } from "./serve.ts";

for (const [name, make] of Object.entries({ counter, table })) {
  browse(`${name}: fits 360 px, is light and dark, and its console is empty`, async ({ page }) => {
    // The app's policy as it is shipped.
    await using server = serve(make({ log: new MemoryLog() }), { csp: "own" });
    await page.setViewportSize({ width: 360, height: 640 });
    const colours = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      await open(page, server.url);
      const { wide, colour } = await page.evaluate(() => ({
        wide: Math.max(...["html", "main", "table"].map((name) => {
          const right = document.querySelector(name)?.getBoundingClientRect().right ?? 0;
          return Math.max(right, document.scrollingElement!.scrollWidth) - innerWidth;
        })),
        colour: getComputedStyle(document.body).backgroundColor,
      }));
      assert.ok(wide <= 0, `${wide} px too wide`);
      colours.add(colour);
    }
    assert.equal(colours.size, 2, [...colours].join());
    assertQuiet(page);
  });
}
