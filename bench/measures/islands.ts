/**
 * How long islands take to be bundled while one develops: ten of them, in a project as `init` makes it.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { init } from "../../cli/init.ts";
import { Bundler } from "../../islands/bundle.ts";
import { type Print, timeLine } from "../line.ts";
import { interleave, runsOf } from "../measure.ts";

const count = 10;
/** Edits of a round. */
const edits = 10;

/** Measures it. */
export async function islands(print: Print, { rounds }: { rounds: number }): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await init([folder, "--name", "bench", "--yes", "--force"]);
    const first = await Deno.readTextFile(`${folder}/islands/waves_island.tsx`);
    const paths = Array.from({ length: count }, (_, i) => `${folder}/islands/island_${i}.tsx`);
    for (const [i, path] of paths.entries()) await Deno.writeTextFile(path, named(first, `Island ${i}`));
    const files = paths.map((path) => pathToFileURL(path).href), project = pathToFileURL(`${folder}/`);
    const all = await interleave([async () => {
      const bundler = new Bundler({ project, development: true });
      try {
        const cold = await timed(bundler, files), edited: number[] = [];
        for (let edit = 0; edit < edits; edit++) {
          await Deno.writeTextFile(paths[edit % count]!, named(first, `Edit ${Math.random()}`));
          edited.push(await timed(bundler, files));
        }
        return { first: [cold], edited };
      } finally {
        await bundler.close();
      }
    }], { rounds, cold: 1 });
    const note = `${count} islands; development, with source maps`;
    print(timeLine({ measure: "islands.first", note }, runsOf(all, "first")));
    print(timeLine({ measure: "islands.edited", target: 100, note }, runsOf(all, "edited")));
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** An island whose text is another. */
function named(code: string, name: string): string {
  return code.replace('aria-label="Waves"', `aria-label=${JSON.stringify(name)}`);
}

async function timed(bundler: Bundler, files: readonly string[]): Promise<number> {
  const start = performance.now();
  const { files: built } = await bundler.bundle(files);
  const took = performance.now() - start;
  if (built.size <= count) throw new Error(`Cannot measure ${built.size} files.`);
  return took;
}
