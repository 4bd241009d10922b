/**
 * The code of a new app: the program, the app, an island, a test.
 *
 * @module
 */

import type { NewApp } from "./app_files.ts";

/** `main.tsx`: the app on its store. */
export function mainText({ store }: NewApp): string {
  switch (store) {
    case "memory":
      return `\
import { makeApp } from "./app.tsx";

// In memory: what it keeps is gone with the process.
export default makeApp();
`;
    case "kv":
      return `\
import { kv, openKv } from "@argyle/argyle/kv";
import { makeApp } from "./app.tsx";

// Deno Deploy has its own KV; elsewhere it is a file.
const isDeploy = Deno.env.get("DENO_DEPLOYMENT_ID") !== undefined;
const db = await openKv(isDeploy ? undefined : ".data/app.kv");

export default makeApp(kv(db));
`;
    case "redis":
      return `\
import { redis } from "@argyle/argyle/redis";
import { createClient } from "redis";
import { makeApp } from "./app.tsx";

const client = createClient({ url: Deno.env.get("REDIS_URL") });
client.on("error", (error: Error) => console.error("Redis:", error.message));
await client.connect();

export default makeApp(redis(client));
`;
    case "nats":
      return `\
import { nats } from "@argyle/argyle/nats";
import { connect, headers } from "@nats-io/transport-node";
import { makeApp } from "./app.tsx";

const connection = await connect({
  servers: Deno.env.get("NATS_URL"),
  maxReconnectAttempts: -1,
  pingInterval: 10_000,
});

export default makeApp(await nats(connection, { headers }));
`;
  }
}

/** `app.tsx`: a layout, a page and what it can have done. */
export function appText({ name }: NewApp): string {
  return `\
import { App, Head, type Layout, on, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import Waves from "./islands/waves_island.tsx";

/** What is kept of a person. */
export interface Session {
  name?: string;
  waves?: number;
}

/** What the page can have done, on the server. What it changes is kept, and shown. */
export class Greeting extends Reflex<Session> {
  introduce(): void {
    this.session.name = this.fields.get("name").text(40).trim();
  }

  wave(): void {
    this.session.waves = (this.session.waves ?? 0) + 1;
  }
}

/** What stands around every page. */
const Shell: Layout<Session> = ({ children }) => (
  <>
    <Head>
      <title>${name}</title>
      <link rel="stylesheet" href="/static/style.css" />
    </Head>
    <header>
      <a href="/">${name}</a>
    </header>
    {children}
  </>
);

/** Makes the app, on the store of the options; in memory where there is none. */
export function makeApp(options: AppOptions<Session> = {}): App<Session> {
  const app = new App<Session>({
    name: "${name}",
    layout: Shell,
    ...options,
  });
  app.static("/static", new URL("./static/", import.meta.url));
  app.reflexes({ Greeting });
  app.page("/", ({ session }) => (
    <main>
      <h1 id="hello">Hello, {session.name || "whoever you are"}!</h1>
      <form {...on("submit", Greeting, "introduce")}>
        <label for="name">Your name</label>
        <div class="line">
          <input id="name" name="name" maxLength={40} autocomplete="off" />
          <button type="submit" class="plain">Say it</button>
        </div>
      </form>
      <p>
        <button type="button" id="wave" {...on("click", Greeting, "wave")}>
          Wave
        </button>
      </p>
      <Waves count={session.waves ?? 0} />
    </main>
  ));
  return app;
}
`;
}

/** `islands/waves_island.tsx`: what lives in the browser too. */
export function islandText(): string {
  return `\
import { island } from "@argyle/argyle/islands";
import { useState } from "preact/hooks";

/**
 * The waves, drawn or in digits. The number comes from the server; which of the
 * two is seen is this browser's own, and the server never hears of it.
 */
function Waves({ count }: { count: number }) {
  const [inDigits, setInDigits] = useState(false);
  return (
    <section aria-label="Waves">
      <output id="waves" aria-label={\`\${count} waves\`}>
        {inDigits ? count : "👋".repeat(count) || "–"}
      </output>
      <button
        type="button"
        class="plain"
        id="switch"
        onClick={() => setInDigits(!inDigits)}
      >
        {inDigits ? "Draw them" : "Count them"}
      </button>
    </section>
  );
}

export default island(import.meta.url, Waves, { when: "load" });
`;
}

/** `app_test.ts`: the page, without a browser. */
export function testText(): string {
  return `\
import { open } from "@argyle/argyle/testing";
import assert from "node:assert/strict";
import { makeApp } from "./app.tsx";

Deno.test("a wave is counted, for this person only", async () => {
  await using app = makeApp();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  await ann.click("#wave");
  await ann.click("#wave");
  await ann.reload();
  assert.equal(ann.text("#waves"), "👋👋");
  assert.equal(bob.text("#waves"), "–");
});

Deno.test("whoever says a name is greeted by it", async () => {
  await using app = makeApp();
  await using ann = await open(app, "/");
  await ann.type("#name", "Ann");
  await ann.submit("form");
  assert.equal(ann.text("#hello"), "Hello, Ann!");
});
`;
}
