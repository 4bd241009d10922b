/**
 * Serves the examples: all of them (`deno task demo`), or one alone (`deno task example NAME`).
 *
 * @module
 */

import { App, Head } from "@argyle/argyle";
import type { AnyApp } from "@argyle/argyle/types";
import { type Example, examples } from "./all.ts";
import { openEngine } from "./engine.ts";
import style from "./style.css" with { type: "text" };

/** On KV, one file for each example, apart for the demo: two processes never open the same file. */
async function open(example: Example, base: string, folder: string): Promise<AnyApp> {
  return await example.make({ base, ...await openEngine(`${folder}/${example.name}.kv`) });
}

async function demo(folder: string): Promise<App> {
  const app = new App({ name: "demo" });
  app.page("/", () => (
    <main>
      <Head>
        <title>Argyle: the examples</title>
        <style>{style}</style>
      </Head>
      <h1>Argyle</h1>
      <p>Small apps whose every click runs on the server.</p>
      <ul>
        {examples.map(({ name, shows }) => (
          <li key={name}>
            <a href={`/${name}`}>{name}</a>
            <span>{shows}</span>
          </li>
        ))}
      </ul>
    </main>
  ));
  for (const example of examples) app.mount(await open(example, `/${example.name}`, `${folder}/demo`));
  return app;
}

async function alone(name: string, folder: string): Promise<AnyApp> {
  const example = examples.find((example) => example.name === name);
  if (example === undefined) {
    throw new Error(
      `There is no example ${JSON.stringify(name)}; there are: ${
        examples.map(({ name }) => name).join(", ")
      }.`,
    );
  }
  return await open(example, "", folder);
}

if (import.meta.main) {
  const folder = Deno.env.get("DATA_DIR") ?? new URL("../.data", import.meta.url).pathname;
  const port = Number(Deno.env.get("PORT") ?? 8000);
  const [name] = Deno.args;
  const app = name === undefined ? await demo(folder) : await alone(name, folder);
  await app.listen({ port });
}
