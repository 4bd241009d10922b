/**
 * Isolates of one app that share a Redis, each a process: what they do to each other, they do over the store alone.
 *
 * @module
 */

import type { AnyApp } from "@argyle/argyle/types";
import { TextLineStream } from "../server/fixtures/lines.ts";

const fixture = new URL("../server/fixtures/contender.tsx", import.meta.url).pathname;

/** One of them. Leaving the scope ends it. */
export interface Contender extends AsyncDisposable {
  readonly url: string;
  /** As far as `load` sees, an app is what answers requests. */
  readonly app: AnyApp;
}

/** Where they meet. */
export interface Meeting {
  readonly url: string;
  readonly prefix: string;
  readonly secret: string;
}

/** Starts one. */
export async function startContender({ url, prefix, secret }: Meeting): Promise<Contender> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fixture],
    env: { REDIS_URL: url, REDIS_PREFIX: prefix, ARGYLE_SECRET: secret, NO_COLOR: "1" },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const said = child.stdout.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())
    .getReader();
  let at: string | undefined;
  while (at === undefined) {
    const { value, done } = await said.read();
    if (done) throw new Error("The process has ended before it listened.");
    at = /^at (http:\S+)/.exec(value)?.[1];
  }
  const reading = (async () => {
    while (!(await said.read()).done);
  })();
  return {
    url: at,
    app: {
      fetch: (request: Request) =>
        fetch(`${at}${new URL(request.url).pathname}`, { headers: request.headers, redirect: "manual" }),
    } as AnyApp,
    async [Symbol.asyncDispose]() {
      await child.stdin.close();
      await Promise.all([child.status, reading]);
    },
  };
}
