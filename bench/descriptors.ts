/**
 * Whether a process may open as many files and sockets as it needs. A limit that is only the soft one is raised for the
 * process that is started.
 *
 * @module
 */

/** How many descriptors a process may have; `Infinity` where nobody counts. */
export interface DescriptorLimits {
  readonly soft: number;
  readonly hard: number;
}

/** This process's limits, which those that it starts inherit; none where there is no `sh` to ask. */
export async function descriptorLimits(): Promise<DescriptorLimits> {
  const shell = new Deno.Command("sh", { args: ["-c", "ulimit -Sn; ulimit -Hn"] });
  try {
    const { success, stdout, stderr } = await shell.output();
    if (!success) throw new Error(`Cannot ask for the limit of files: ${new TextDecoder().decode(stderr)}`);
    return readLimits(new TextDecoder().decode(stdout));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return { soft: Infinity, hard: Infinity };
    throw error;
  }
}

/** Two lines of `ulimit`, the soft limit first. @throws TypeError for anything else */
export function readLimits(text: string): DescriptorLimits {
  const [soft = NaN, hard = NaN] = text.trim().split("\n").map((line) =>
    line === "unlimited" ? Infinity : Number(line)
  );
  if (!(soft > 0 && hard > 0)) {
    throw new TypeError(`Cannot read ${JSON.stringify(text)} as two limits of files.`);
  }
  return { soft, hard };
}

/**
 * The command that runs another with room for `needed` descriptors.
 *
 * @throws RangeError where even the hard limit is lower
 */
export function withDescriptors(
  needed: number,
  { soft, hard }: DescriptorLimits,
  [command, ...args]: readonly [string, ...string[]],
): [string, ...string[]] {
  if (needed <= soft) return [command, ...args];
  if (needed > hard) {
    throw new RangeError(
      `Cannot open ${needed} sockets: a process may have ${hard} files here (ulimit -Hn). Raise that limit, or leave this part out.`,
    );
  }
  return ["sh", "-c", 'ulimit -n "$0" && exec "$@"', String(needed), command, ...args];
}
