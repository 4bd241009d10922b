/**
 * Islands that are bundled in the app's own process, when somebody asks for them: while developing, and where nobody has
 * built them.
 *
 * @module
 */

import { createHash } from "node:crypto";
import type { Bundle, BundleProblem, Bundles, MakeBundles } from "../../islands/bundle_types.ts";
import { IslandNames } from "../../islands/names.ts";
import { registered } from "../../islands/placing.ts";
import { HttpError } from "../http/error.ts";
import type { Logger } from "../observe.ts";
import { type IslandFile, type Islands, mapType, scriptType } from "./islands.ts";
import { Stamps } from "./stamps.ts";

/** A bundle, and what it was made from. */
interface Made {
  readonly bundle: Bundle;
  readonly from: string;
  /** What each island was then. */
  readonly stamps: ReadonlyMap<string, string>;
}

/** Bundles the islands of this process. */
export class FreshIslands implements Islands {
  readonly build = "";
  readonly #development: boolean;
  readonly #log: Logger;
  readonly #names = new IslandNames();
  readonly #stamps: Stamps;
  #bundler: Promise<Bundles> | undefined;
  #making: Promise<Made> | undefined;
  /** The last that could be made, and the one before: a page may just be loading that. */
  #made: readonly Made[] = [];
  /** What was wrong the last time. */
  #failed: { readonly from: string; readonly error: unknown } | undefined;
  #warned = false;

  constructor({ development, log }: { readonly development: boolean; readonly log: Logger }) {
    this.#development = development;
    this.#log = log;
    this.#stamps = new Stamps(development);
  }

  moduleOf(file: string): string {
    this.#nameAll();
    return `${this.#names.of(file)}-${this.#stamps.of(file)}`;
  }

  async begin(): Promise<void> {
    if (!this.#development || registered().length === 0) return;
    // A name follows from all that its island is made of, so that it is the same after a restart.
    await this.#current().catch(() => {}); // said in the log, and to whoever asks for the module
  }

  async file(name: string, development: boolean): Promise<IslandFile | undefined> {
    this.#nameAll();
    // Whatever its stamp is: a page may be a little older than we are.
    const island = this.#names.islandOf(/^(.+)-[0-9a-f]{10}\.js$/.exec(name)?.[1] ?? "");
    if (island === undefined) return this.#shared(name, development);
    let made: Made;
    try {
      made = await this.#current(island);
    } catch (error) {
      // Another island may be to blame.
      const [last] = this.#made;
      if (last?.stamps.get(island) === this.#stamps.of(island)) return entryOf(island, last);
      if (development && isBundleError(error)) return script(reporting(error.problems));
      throw new HttpError(500, "This island could not be bundled.");
    }
    return entryOf(island, made);
  }

  async close(): Promise<void> {
    const bundler = this.#bundler;
    this.#bundler = undefined;
    await (await bundler)?.close();
  }

  // In the order in which they were loaded, and not in that in which they are shown: on every isolate the same.
  #nameAll(): void {
    for (const island of registered()) this.#names.of(island);
  }

  /** A chunk of several islands, or a map. */
  #shared(name: string, development: boolean): IslandFile | undefined {
    for (const { bundle: { files, maps } } of this.#made) {
      const code = files.get(name);
      if (code !== undefined) return { ...script(code), immutable: true };
      const map = development ? maps.get(name) : undefined;
      if (map !== undefined) return { ...script(map), type: mapType };
    }
    return undefined;
  }

  /** A bundle of what the files hold now. */
  async #current(island?: string): Promise<Made> {
    while (true) {
      const all = registered(), from = this.#stamps.all(all);
      const last = this.#made[0];
      if (last?.from === from && (island === undefined || last.bundle.entries.has(island))) return last;
      // Whoever asks again and again for what cannot be had does not have us try again and again.
      if (!this.#development && this.#failed?.from === from) throw this.#failed.error;
      if (this.#making === undefined) {
        return await (this.#making = this.#make(all, from).finally(() => this.#making = undefined));
      }
      await this.#making.catch(() => {}); // it began before: perhaps with older files, and its asker hears of it
    }
  }

  async #make(islands: readonly string[], from: string): Promise<Made> {
    this.#warn();
    try {
      const bundler = await (this.#bundler ??= this.#open(islands));
      const bundle = await bundler.bundle(islands);
      let isNews = false;
      for (const [island, inputs] of bundle.inputs) isNews = this.#stamps.learn(island, inputs) || isNews;
      // Of files that were not known before, nobody knows whether they have changed since they were read.
      const stamps = new Map(islands.map((island) => [island, this.#stamps.of(island)]));
      const made = { bundle, stamps, from: isNews ? "" : from };
      this.#made = [made, ...this.#made.slice(0, 1)];
      this.#failed = undefined;
      return made;
    } catch (error) {
      this.#tell(error);
      this.#failed = { from, error };
      throw error;
    } finally {
      if (!this.#development) await this.close(); // it is made once
    }
  }

  #tell(error: unknown): void {
    const said = this.#failed?.error;
    if (error instanceof Error && said instanceof Error && error.message === said.message) return;
    this.#log.error("the islands could not be bundled", error);
  }

  #open(islands: readonly string[]): Promise<Bundles> {
    const opening = open(islands, this.#development);
    opening.catch(() => this.#bundler = undefined);
    return opening;
  }

  #warn(): void {
    if (this.#development || this.#warned) return;
    this.#warned = true;
    this.#log.warn(
      "the islands were not built, and are bundled now; `deno task build` does it before the start",
    );
  }
}

async function open(islands: readonly string[], development: boolean): Promise<Bundles> {
  const { Bundler }: { Bundler: MakeBundles } = await load("bundle.ts");
  const { projectOfAll }: { projectOfAll: (modules: readonly string[]) => Promise<URL> } = await load(
    "bundle_project.ts",
  );
  return new Bundler({ project: await projectOfAll([Deno.mainModule, ...islands]), development });
}

// Not named by a text that Deno could read: an app that is built has nothing of this, nor esbuild, in its graph.
async function load<T>(name: string): Promise<T> {
  return await import(new URL(`../../islands/${name}`, import.meta.url).href);
}

// By its name: the class itself would be an import of what is loaded only here.
function isBundleError(error: unknown): error is Error & { readonly problems: readonly BundleProblem[] } {
  return error instanceof Error && error.name === "BundleError";
}

function entryOf(island: string, { bundle: { entries, files } }: Made): IslandFile {
  return script(files.get(entries.get(island) ?? "") ?? "");
}

function script(code: string): IslandFile {
  const tag = createHash("sha256").update(code).digest("hex").slice(0, 16);
  return { bytes: new TextEncoder().encode(code), type: scriptType, tag, immutable: false };
}

/** A module that tells the page's overlay what is wrong, and does not load. */
function reporting(problems: readonly BundleProblem[]): string {
  const [{ text, place } = { text: "" }] = problems;
  const detail = JSON.stringify({ text, ...place });
  return `globalThis.dispatchEvent(new CustomEvent("argyle:build-error", { detail: ${detail} }));\n` +
    `throw new Error(${JSON.stringify(text)});\n`;
}
