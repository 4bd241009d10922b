/**
 * What a build of islands says of itself.
 *
 * @module
 */

/** The name of its file in the folder of the build. */
export const MANIFEST = "manifest.json";

/** The version of its shape. */
export const MANIFEST_VERSION = 1;

/** The islands of an app as they were built. */
export interface Manifest {
  readonly version: typeof MANIFEST_VERSION;
  /** Names the build: it follows from the content of all files. */
  readonly build: string;
  /** The way from the build's folder to the project's: a relative URL with a slash at its end. */
  readonly project: string;
  /** The file of each island, by the island's path from the project's folder; by its URL where it is no file. */
  readonly islands: Readonly<Record<string, string>>;
  /** Every file. */
  readonly files: Readonly<Record<string, Size>>;
  /** Files of the build before this one: pages that are open may still ask for them. */
  readonly earlier: Readonly<Record<string, Size>>;
}

/** Bytes of a file, as it is and as it is sent. */
export interface Size {
  readonly bytes: number;
  readonly gzip: number;
}

/** A file's name: of its letters, none leads out of the folder. */
const fileName = /^[A-Za-z0-9_-]{1,200}\.js$/;

/**
 * Reads a manifest. Whoever can write it can have us serve no file but scripts of its own folder.
 *
 * @throws TypeError with a sentence, where it is none
 */
export function readManifest(text: string, where: string): Manifest {
  const value = parse(text, where);
  const wrong = findWrong(value);
  if (wrong !== undefined) {
    throw new TypeError(`Cannot use the build of islands in ${where}: ${wrong} Build again.`);
  }
  return value as unknown as Manifest;
}

function parse(text: string, where: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (isRecord(value)) return value;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new TypeError(`Cannot use the build of islands in ${where}: it is no JSON object. Build again.`);
}

function findWrong(value: Record<string, unknown>): string | undefined {
  const { version, build, project, islands, files, earlier } = value;
  if (version !== MANIFEST_VERSION) {
    return `it has version ${JSON.stringify(version)}, not ${MANIFEST_VERSION}.`;
  }
  if (typeof build !== "string" || !/^[0-9a-f]{8,64}$/.test(build)) return "`build` is no hash.";
  if (typeof project !== "string" || !/^(\.\/|(\.\.\/)+)$/.test(project)) return "`project` leads nowhere.";
  if (!isRecord(files) || !isRecord(earlier)) return "`files` or `earlier` is missing.";
  for (const [name, size] of [...Object.entries(files), ...Object.entries(earlier)]) {
    if (!fileName.test(name)) return `${JSON.stringify(name)} is no name of a script.`;
    if (!isRecord(size) || !isCount(size["bytes"]) || !isCount(size["gzip"])) return `${name} has no size.`;
  }
  if (!isRecord(islands)) return "`islands` is missing.";
  for (const [island, name] of Object.entries(islands)) {
    if (typeof name !== "string" || !Object.hasOwn(files, name)) return `the file of ${island} is missing.`;
  }
  return undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && value as number >= 0;
}

/** How an island stands in the manifest. */
export function islandKey(island: string, project: URL): string {
  if (!island.startsWith("file:")) return island;
  const from = project.pathname.split("/").slice(0, -1), to = new URL(island).pathname.split("/");
  let same = 0;
  while (same < from.length && same < to.length - 1 && from[same] === to[same]) same += 1;
  return decodeURIComponent([...from.slice(same).map(() => ".."), ...to.slice(same)].join("/"));
}
