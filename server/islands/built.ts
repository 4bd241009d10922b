/**
 * Islands that were built before.
 *
 * @module
 */

import { type IslandFile, type Islands, scriptType } from "./islands.ts";
import { islandKey, MANIFEST, type Manifest, readManifest } from "./manifest.ts";

/** The islands of a build's folder. Nothing is ever written there, and no process started. */
export class BuiltIslands implements Islands {
  readonly #folder: URL;
  readonly #project: URL;
  readonly #manifest: Manifest;
  /** Where each file is: what a browser asks for is looked up here, and never becomes a path. */
  readonly #files: ReadonlyMap<string, URL>;
  readonly #names: ReadonlyMap<string, string>;
  readonly #read = new Map<string, Promise<IslandFile>>();

  /**
   * Reads the manifest.
   *
   * @param folder a `file:` URL with a slash at its end
   * @throws TypeError where it is not what a build has written; Deno.errors.NotFound where there is none
   */
  constructor(folder: URL) {
    this.#folder = folder;
    const where = decodeURIComponent(folder.pathname);
    this.#manifest = readManifest(Deno.readTextFileSync(new URL(MANIFEST, folder)), where);
    const { files, earlier, islands, project } = this.#manifest;
    this.#project = new URL(project, folder);
    const names = [...Object.keys(files), ...Object.keys(earlier)];
    this.#files = new Map(names.map((name) => [name, new URL(name, folder)]));
    this.#names = new Map(Object.entries(islands));
  }

  /** Names the build. */
  get build(): string {
    return this.#manifest.build;
  }

  moduleOf(file: string): string {
    const key = islandKey(file, this.#project), name = this.#names.get(key);
    if (name === undefined) {
      const where = decodeURIComponent(this.#folder.pathname);
      throw new TypeError(`Cannot find the island ${key} in the build in ${where}: build again.`);
    }
    return name.slice(0, -".js".length);
  }

  begin(): Promise<void> {
    return Promise.resolve();
  }

  async file(name: string): Promise<IslandFile | undefined> {
    const file = this.#files.get(name);
    if (file === undefined) return undefined;
    let reading = this.#read.get(name);
    if (reading === undefined) {
      reading = readFile(name, file);
      this.#read.set(name, reading);
      reading.catch(() => this.#read.delete(name)); // it may be there the next time
    }
    return await reading;
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

async function readFile(name: string, file: URL): Promise<IslandFile> {
  return {
    bytes: await Deno.readFile(file),
    type: scriptType,
    tag: name.slice(0, -".js".length),
    immutable: true,
  };
}
