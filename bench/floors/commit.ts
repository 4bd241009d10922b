/**
 * What a bare commit of Deno KV costs: the least that a call costs more on KV than on memory.
 *
 * @module
 */

/** The name of its line. */
export const COMMIT = "kv.commit";

// About what the record of a visit has.
const VALUE = new Uint8Array(256).fill(7);

/**
 * Commits one value again and again, each time on condition that nobody else has.
 *
 * @returns the time of each commit, in milliseconds
 */
export async function timeCommits(db: Deno.Kv, count: number): Promise<number[]> {
  const key = ["floor"];
  let { versionstamp } = await db.get(key);
  const samples: number[] = [];
  for (let done = 0; done < count; done++) {
    const start = performance.now();
    const result = await db.atomic().check({ key, versionstamp }).set(key, VALUE).commit();
    samples.push(performance.now() - start);
    if (!result.ok) throw new Error("Cannot time commits: somebody else writes to the floor's file.");
    versionstamp = result.versionstamp;
  }
  return samples;
}
