/**
 * A directory of files for a test, and questions about them without a port.
 *
 * @module
 */

import { defaultLimits } from "@argyle/argyle/protocol";
import { HttpError } from "../../../server/http/error.ts";
import { readPath } from "../../../server/http/path.ts";
import { serveFiles } from "../../../server/http/static_files.ts";
import { makeStaticFiles, type StaticOptions } from "../../../server/http/static_options.ts";

/** When the files of a test were written, unless it says otherwise. */
export const written = new Date("2026-11-20T10:00:00.250Z");

/** What came back, with its body as text; `status` 0 is "no such file". */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A directory that is gone after the scope. */
export interface Folder extends AsyncDisposable {
  /** Its path. */
  readonly path: string;
  /** Writes a file, and the directories that it needs. */
  write(name: string, content: string | Uint8Array, modified?: Date): Promise<void>;
  /** GET, or what `init` says; of what is below `prefix`, `/files`. */
  ask(path: string, init?: RequestInit, options?: StaticOptions & { prefix?: string }): Promise<Answer>;
}

/** Makes a directory with files. */
export async function makeFolder(content: Record<string, string | Uint8Array> = {}): Promise<Folder> {
  const outer = await Deno.makeTempDir();
  const path = `${outer}/root`;
  await Deno.mkdir(path);
  const folder: Folder = {
    path,
    async write(name, content, modified = written) {
      await Deno.mkdir(`${path}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await Deno.writeFile(`${path}/${name}`, bytes);
      await Deno.utime(`${path}/${name}`, modified, modified);
    },
    async ask(target, init, { prefix = "/files", ...options } = {}) {
      const request = new Request(`http://127.0.0.1${target}`, init);
      return await answer(() => {
        const decoded = readPath(new URL(request.url), defaultLimits);
        return serveFiles(request, decoded, makeStaticFiles(prefix, path, options));
      });
    },
    [Symbol.asyncDispose]: () => Deno.remove(outer, { recursive: true }),
  };
  for (const [name, text] of Object.entries(content)) await folder.write(name, text);
  return folder;
}

async function answer(serve: () => Promise<Response | undefined>): Promise<Answer> {
  try {
    const response = await serve();
    if (response === undefined) return { status: 0, headers: new Headers(), text: "" };
    return { status: response.status, headers: response.headers, text: await response.text() };
  } catch (error) {
    if (!(error instanceof HttpError)) throw error;
    return { status: error.status, headers: new Headers(error.headers), text: error.message };
  }
}
