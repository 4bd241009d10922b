/**
 * What the process was told by its environment.
 *
 * @module
 */

/**
 * A variable of the environment. Without the permission to read it, it counts as not set: the absence of a setting is
 * production.
 */
export function environment(name: string): string | undefined {
  try {
    return Deno.env.get(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}
