/**
 * A directory of files that an app serves in a test.
 *
 * @module
 */

/** When the files of a test were written. */
const written = new Date("2026-11-20T10:00:00Z");

/** A directory that is gone after the scope. */
export interface TemporaryFolder extends AsyncDisposable {
  /** Its path. */
  readonly path: string;
}

/** Makes a directory with these files in it, all of the same age. */
export async function temporaryFolder(
  content: Readonly<Record<string, string | Uint8Array>>,
): Promise<TemporaryFolder> {
  const path = await Deno.makeTempDir();
  for (const [name, text] of Object.entries(content)) {
    await Deno.mkdir(`${path}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeFile(`${path}/${name}`, typeof text === "string" ? new TextEncoder().encode(text) : text);
    await Deno.utime(`${path}/${name}`, written, written);
  }
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}
