/**
 * Which file a path names.
 *
 * @module
 */

// What begins with a dot is not for visitors, and `..` begins with one. The rest would mean something else to another
// system: drives and streams, names that Windows cuts or shortens, its devices.
const refused = /^\.|[. ]$|[\\:*?"<>|\p{Cc}]|~\d|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/iu;

/**
 * The name of a file below the root, `css/app.css`.
 *
 * @param path the decoded path below the app's base
 * @param prefix `""` or `/assets`
 * @param index whether a path that ends with `/` means the `index.html` there
 * @returns `undefined` for a path that names none
 */
export function readName(path: string, prefix: string, index: boolean): string | undefined {
  if (!path.startsWith(`${prefix}/`)) return undefined;
  const rest = path.slice(prefix.length + 1);
  const name = rest === "" || rest.endsWith("/") ? (index ? `${rest}index.html` : "") : rest;
  const ok = name.split("/").every((segment, at) =>
    segment !== "" && (!refused.test(segment) || (at === 0 && segment === ".well-known"))
  );
  return ok ? name : undefined;
}
