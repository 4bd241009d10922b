import assert from "node:assert/strict";
import { App, on, Reflex } from "@argyle/argyle";
import { open } from "@argyle/argyle/testing";
import { MemoryLog } from "../helpers/peer.ts";

class Shelf extends Reflex<{ gone?: string[] }> {
  take(name: string) {
    this.session.gone = [...this.session.gone ?? [], name];
  }
}

Deno.test("focus: when the button that was pressed goes with its row, the next row's has it, as in a browser", async () => {
  const log = new MemoryLog(), app = new App<{ gone?: string[] }>({ log });
  app.reflexes({ Shelf });
  app.page("/", ({ session: { gone = [] } }) => (
    <main id="main">
      <ul>
        {["a", "b", "c"].filter((name) => !gone.includes(name)).map((name) => (
          <li key={name}>
            <input aria-label={`Note on ${name}`} />
            <button type="button" id={name} {...on("click", Shelf, "take", name)}>Take {name}</button>
          </li>
        ))}
      </ul>
    </main>
  ));
  await using ann = await open(app, "/");
  for (const [take, next] of [["b", "#c:focus"], ["c", "#a:focus"], ["a", "ul:focus"]] as const) {
    await ann.click(`#${take}`);
    await ann.until(() => !ann.has(`#${take}`));
    await ann.until(() => ann.has(next));
  }
  assert.deepEqual(log.lines.filter((line) => line.startsWith("error")), []);
});
