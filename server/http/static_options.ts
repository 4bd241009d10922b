/**
 * What `app.static()` takes.
 *
 * @module
 */

/**
 * How files are served.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { StaticOptions } from "@argyle/argyle/types";
 * const options: StaticOptions = { index: true, types: { gpx: "application/gpx+xml" } };
 * new App().static("/tours", new URL("./tours/", import.meta.url), options);
 * ```
 */
export interface StaticOptions {
  /** Whether a path that ends with `/` is answered with the `index.html` there; not where left out. */
  readonly index?: boolean;
  /**
   * The `cache-control` of the files: one for all, or one for each name below the root. `undefined` is the default:
   * a year for a name that holds a hash of the content, else asked again every time.
   */
  readonly cacheControl?: string | ((name: string) => string | undefined);
  /** Media types by extension (`gpx`), before the usual ones. */
  readonly types?: Readonly<Record<string, string>>;
  /** Headers of every file, `content-security-policy` for one; what the protocol decides is not changed by them. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** A directory and where it is served. */
export interface StaticFiles {
  /** The path below the app's base: `""` or `/assets`. */
  readonly prefix: string;
  /** The directory. */
  readonly root: URL | string;
  readonly options: StaticOptions;
}

/**
 * Reads what `app.static()` was given. The directory itself is looked at by each request.
 *
 * @param prefix begins with `/`; a slash at its end makes no difference
 * @param root a `file:` URL, or a path
 * @throws TypeError for a prefix, root, header or media type that cannot be
 */
export function makeStaticFiles(
  prefix: string,
  root: URL | string,
  options: StaticOptions = {},
): StaticFiles {
  if (!/^\/[^%?#\\\0]*$/.test(prefix) || /\/\/|\/\.\.?(\/|$)/.test(prefix)) {
    const shown = JSON.stringify(prefix);
    throw new TypeError(`Cannot serve files at ${shown}: a prefix is plain text that begins with "/".`);
  }
  const unusable = typeof root === "string" ? root === "" || root.includes("\0") : root.protocol !== "file:";
  if (unusable) {
    const shown = JSON.stringify(String(root));
    throw new TypeError(`Cannot serve files from ${shown}: a directory is a path or a "file:" URL.`);
  }
  for (const [extension, type] of Object.entries(options.types ?? {})) {
    if (/^[a-z0-9_-]+$/.test(extension) && /^[\w.+-]+\/[\w.+-]+( *;[ -~]*)?$/.test(type)) continue;
    const shown = JSON.stringify({ [extension]: type });
    throw new TypeError(
      `Cannot serve files as ${shown}: it takes an extension in small letters, without its dot, and a media type.`,
    );
  }
  new Headers(options.headers); // throws for what is no header
  return { prefix: prefix.replace(/\/$/, ""), root, options };
}
