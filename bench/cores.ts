/**
 * Keeps load and server apart, each on a core of its own. Left to the system they share one in some runs and not in
 * others, and an echo takes a third of the time where no other core has to be woken: figures of two kinds, mixed.
 *
 * @module
 */

/** Two cores, or the word that there are none to be had. */
export interface Cores extends AsyncDisposable {
  /** For `startServer`; `undefined` where the system decides. */
  readonly server: string | undefined;
  /** For a line's note. */
  readonly note: string;
}

/** Puts this process on a core of its own until the scope is left, and chooses another for the server. */
export async function coresApart(): Promise<Cores> {
  const before = await affinity();
  const [own, server] = expand(before ?? "");
  if (own === undefined || server === undefined) {
    return { server: undefined, note: "cores as the system chose", async [Symbol.asyncDispose]() {} };
  }
  await pin(own);
  return { server, note: "a core each", [Symbol.asyncDispose]: () => pin(before!) };
}

/** The command that runs another on the given core. */
export function onCore(core: string | undefined, [command, ...args]: readonly [string, ...string[]]): {
  command: string;
  args: string[];
} {
  return core === undefined
    ? { command, args }
    : { command: "taskset", args: ["-c", core, command, ...args] };
}

/** `0,2-4` as its numbers. */
export function expand(list: string): string[] {
  return list.split(",").filter((part) => part !== "").flatMap((part) => {
    const [first = NaN, last = first] = part.split("-").map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => String(first + index));
  });
}

// The cores that this process may run on, as `taskset` writes them; `undefined` where there is no such program.
async function affinity(): Promise<string | undefined> {
  try {
    return (await taskset(["-c", "-p", String(Deno.pid)])).match(/: ([\d,-]+)\s*$/)?.[1];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

async function pin(cores: string): Promise<void> {
  await taskset(["-a", "-c", "-p", cores, String(Deno.pid)]);
}

async function taskset(args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("taskset", { args }).output();
  if (!success) throw new Error(`Cannot choose a core: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
