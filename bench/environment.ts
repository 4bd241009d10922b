/**
 * Where and of what the figures were taken: the bench's first line.
 *
 * @module
 */

import { cpus, loadavg } from "node:os";
import { fileURLToPath } from "node:url";

/** The first line of a run. */
export interface Environment {
  /** When it began, as ISO 8601. */
  readonly bench: string;
  /** The commit that was measured, `-dirty` with changes on top; absent where Git cannot tell. */
  readonly commit?: string;
  /** Runs of each timed measure. */
  readonly rounds: number;
  /** What the processor calls itself; absent where the system does not tell. */
  readonly cpu?: string;
  readonly cores: number;
  /** What else the machine had to do: its load average of the minute before. */
  readonly load: number;
  readonly deno: string;
  readonly v8: string;
  readonly target: string;
}

/** Looks around. */
export async function environment(rounds: number): Promise<Environment> {
  const commit = await describeCommit(), cpu = cpus()[0]?.model;
  return {
    bench: new Date().toISOString(),
    ...(commit === undefined ? {} : { commit }),
    rounds,
    ...(cpu === undefined ? {} : { cpu }),
    cores: navigator.hardwareConcurrency,
    load: Number(loadavg()[0]?.toFixed(2)),
    deno: Deno.version.deno,
    v8: Deno.version.v8,
    target: Deno.build.target,
  };
}

async function describeCommit(): Promise<string | undefined> {
  const git = new Deno.Command("git", {
    args: ["describe", "--always", "--dirty", "--exclude=*"],
    cwd: fileURLToPath(new URL("..", import.meta.url)),
    stderr: "null",
  });
  try {
    const { success, stdout } = await git.output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined; // a machine without Git
    throw error;
  }
}
