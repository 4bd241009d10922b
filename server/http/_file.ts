/**
 * Finds and opens files below a directory, and nowhere else.
 *
 * @module
 */

/** A file that is there. */
export interface Found {
  /** Its path without links. */
  readonly path: string;
  /** When it was last written, milliseconds since 1970; `undefined` where the system does not say. */
  readonly modified: number | undefined;
}

/** An open file. Whoever has it closes it. */
export interface OpenFile {
  readonly file: Deno.FsFile;
  /** Bytes. */
  readonly size: number;
  /** When it was last written, milliseconds since 1970; `undefined` where the system does not say. */
  readonly modified: number | undefined;
}

const separator = Deno.build.os === "windows" ? "\\" : "/";

const gone = ["ENOENT", "ENOTDIR", "ELOOP", "ENAMETOOLONG"];

/**
 * A directory without links in its path.
 *
 * @throws Error that says what to do where it is missing or may not be read
 */
export async function realRoot(root: URL | string): Promise<string> {
  const shown = typeof root === "string" ? root : decodeURIComponent(root.pathname);
  const path = await unlessGone(() => Deno.realPath(root), shown);
  if (path === undefined) {
    throw new Error(`Cannot serve files from ${JSON.stringify(shown)}: there is no such directory.`);
  }
  return path;
}

/**
 * Finds a file below a directory. A link that leads out of it finds nothing: Deno's own permissions follow links.
 *
 * @param root a directory without links in its path
 * @param name as `readName` gives it
 * @throws Error that says what to do where it may not be read
 */
export async function findFile(root: string, name: string): Promise<Found | undefined> {
  const path = await unlessGone(() => Deno.realPath(`${root}/${name}`), root);
  if (path === undefined || !path.startsWith(root.endsWith(separator) ? root : root + separator)) {
    return undefined;
  }
  // Before it is opened: a pipe would keep the opening waiting for a writer.
  const info = await unlessGone(() => Deno.stat(path), root);
  return info?.isFile === true ? { path, modified: info.mtime?.getTime() } : undefined;
}

/**
 * Opens a file for reading.
 *
 * @returns `undefined` where it went away since it was found
 * @throws Error that says what to do where it may not be read
 */
export async function openFile({ path }: Found): Promise<OpenFile | undefined> {
  const file = await unlessGone(() => Deno.open(path), path);
  if (file === undefined) return undefined;
  try {
    // Of what was opened, not of what has that name by now.
    const { size, mtime } = await file.stat();
    return { file, size, modified: mtime?.getTime() };
  } catch (error) {
    file.close();
    throw error;
  }
}

async function unlessGone<T>(ask: () => Promise<T>, path: string): Promise<T | undefined> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof Error)) throw cause;
    if ("code" in cause && gone.includes(String(cause.code))) return undefined;
    const why = cause instanceof Deno.errors.NotCapable
      ? `not permitted. Run with --allow-read=${path}`
      : cause instanceof Deno.errors.PermissionDenied
      ? "the system does not let this process read it"
      : cause.message;
    throw new Error(`Cannot serve files from ${JSON.stringify(path)}: ${why}.`, { cause });
  }
}
