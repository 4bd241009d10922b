// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Commits per second on a file of Deno KV: `deno run -A bench/kv.ts`. Bare atomic operations, one for each commit, take
 * turns with the store, which commits in groups; then what a call does, which is a read of four keys and a commit, and
 * the same with a publication that somebody hears. Where `strace` is there, it counts how often the file was synced. See
 * `docs/decisions/013-kv.md`.
 *
 * @module
 */

import assert from "node:assert/strict";
import { kv, openKv, type Store } from "@argyle/argyle/kv";
import { quantile } from "./measure.ts";

const ROUNDS = 7, TURN_MS = 700, WIDTHS = [1, 10, 50, 200];
const value = "x".repeat(1000), bytes = new TextEncoder().encode(value), day = 86_400_000;

/** What one lane does again and again. */
type Once = (lane: number) => Promise<void>;

/** How often a second, so many at once. */
async function rate(width: number, once: Once): Promise<number> {
  const start = performance.now();
  let count = 0;
  await Promise.all(Array.from({ length: width }, async (_, lane) => {
    for (; performance.now() - start < TURN_MS; count++) await once(lane);
  }));
  return count / (performance.now() - start) * 1000;
}

// As a call does: nobody has logged out, nobody has called for this visit, and here is its mark.
function bare(db: Deno.Kv): Once {
  const versions: (string | null)[] = [];
  return async (lane) => {
    const key = ["bare", `v${lane}`];
    const atomic = db.atomic().check({ key: ["bare", `i${lane}`], versionstamp: null })
      .check({ key, versionstamp: versions[lane] ?? null });
    const result = await atomic.set(key, { value: bytes, expiresAt: Infinity }, { expireIn: day }).commit();
    assert.ok(result.ok);
    versions[lane] = result.versionstamp;
  };
}

function commits(store: Store, { reads = false, channel }: { reads?: boolean; channel?: string } = {}): Once {
  const versions: (string | null)[] = [], name = `${reads}:${channel}:`;
  return async (lane) => {
    const key = `${name}v${lane}`, identity = { key: `${name}i${lane}`, version: null };
    if (reads) {
      const entries = await store.get([identity.key, `${name}s${lane}`, `${name}x${lane}`, key]);
      assert.equal(entries[3]?.version ?? null, versions[lane] ?? null);
    }
    const messages = [{ topic: `t${lane}`, text: "changed" }];
    versions[lane] = await store.commit(
      [identity, { key, version: versions[lane] ?? null }],
      [{ key, value, expiresAt: Date.now() + day }],
      channel === undefined ? undefined : { channel, messages },
    );
    assert.ok(versions[lane]);
  };
}

/** How many syncs each of so many commits took, by a process of its own under `strace`. */
async function syncs(width: number, name: string): Promise<string | undefined> {
  const trace = ["-f", "-c", "-e", "trace=fsync,fdatasync", Deno.execPath(), "run", "-A", "--quiet"];
  try {
    const { stdout, stderr } = await new Deno.Command("strace", {
      args: [...trace, new URL(import.meta.url).pathname, name, String(width)],
    }).output();
    const calls = [
      ...new TextDecoder().decode(stderr).matchAll(/^\s*[\d.]+\s+[\d.]+\s+\d+\s+(\d+).* f(?:data)?sync$/gm),
    ];
    const all = calls.reduce((sum, [, count]) => sum + Number(count), 0);
    return (all / Number(new TextDecoder().decode(stdout))).toFixed(3);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function main(): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "argyle-bench-" });
  try {
    using db = await openKv(`${folder}/app.kv`);
    const { store, bus } = kv(db);
    if (Deno.args[0] !== undefined) {
      const once = Deno.args[0] === "bare" ? bare(db) : commits(store), width = Number(Deno.args[1]);
      await Promise.all(Array.from({ length: width }, async (_, lane) => {
        for (let count = 0; count < 2000 / width; count++) await once(lane);
      }));
      console.log(2000);
      return;
    }
    let heard = 0;
    await using _listening = await bus.listen("bench", { hear: () => heard++, gap() {} });
    const turns: Record<string, Once> = {
      "bare commit": bare(db),
      "commit": commits(store),
      "get of four": async (lane) => void await store.get([`i${lane}`, `s${lane}`, `x${lane}`, `v${lane}`]),
      "get and commit": commits(store, { reads: true }),
      "get and commit, and publish": commits(store, { reads: true, channel: "bench" }),
    };
    for (const width of WIDTHS) {
      const rates = new Map<string, number[]>();
      for (let round = -1; round < ROUNDS; round++) {
        for (const [name, once] of Object.entries(turns)) {
          const perSecond = await rate(width, once);
          if (round >= 0) rates.set(name, [...rates.get(name) ?? [], perSecond]);
        }
      }
      for (const [measure, all] of rates) {
        const [median, min, max] = [0.5, 0, 1].map((part) => Math.round(quantile(all, part)));
        console.log(JSON.stringify({ measure, inFlight: width, median, min, max }));
      }
      for (const name of ["bare", "groups"]) {
        console.log(
          JSON.stringify({
            measure: `${name}: syncs a commit`,
            inFlight: width,
            syncs: await syncs(width, name),
          }),
        );
      }
    }
    assert.ok(heard > 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

if (import.meta.main) await main();
