/**
 * Starts the processes, or the threads, that serve one app together (`scaled.tsx`).
 *
 * @module
 */

import type { Place } from "./engines.ts";
import { start, type StartOptions } from "./process.ts";
import type { Scaled, ScaledPlaces } from "./scaled.tsx";

/** What is started. */
export interface Together extends Pick<StartOptions, "core" | "descriptors"> {
  readonly place: Place;
  readonly processes: number;
  /** Threads of one process in place of processes. */
  readonly threads?: boolean;
}

/** Where they are. Leaving the scope ends them. */
export interface StartedTogether extends AsyncDisposable {
  /** Of each process; of threads the one that they share. */
  readonly apps: readonly string[];
  /** Of each process or thread. */
  readonly controls: readonly string[];
}

/** Starts them, as an app that nobody has used yet. */
export async function startScaled(
  { place, processes, threads = false, ...options }: Together,
): Promise<StartedTogether> {
  const scaled: Scaled = {
    place,
    name: `bench-${crypto.randomUUID().slice(0, 8)}`,
    secret: crypto.getRandomValues(new Uint8Array(32)).toBase64(),
  };
  const env = { SCALED: JSON.stringify(scaled) };
  await using scope = new AsyncDisposableStack();
  const places: ScaledPlaces[] = [];
  let shared: string | undefined;
  if (threads) {
    const port = freePort();
    const started = scope.use(
      await start("scaled_threads.ts", [], {
        ...options,
        env,
        threads: { count: processes, port },
      }),
    );
    for (let thread = 0; thread < processes; thread++) places.push(JSON.parse(await started.line()));
    shared = `http://127.0.0.1:${port}/`;
  } else {
    for (let process = 0; process < processes; process++) {
      places.push(JSON.parse(await scope.use(await start("scaled.tsx", [], { ...options, env })).line()));
    }
  }
  const kept = scope.move();
  return {
    apps: shared === undefined ? places.map(({ app }) => app) : [shared],
    controls: places.map(({ control }) => control),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}
