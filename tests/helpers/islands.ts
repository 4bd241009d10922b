/**
 * Islands of tests, bundled as a build bundles them. They are served beside an app, so that a test may take one away or
 * give it another name.
 *
 * @module
 */

import type { AnyApp, IslandPlace } from "@argyle/argyle/types";
import { Bundler } from "../../islands/bundle.ts";
import { projectOf } from "../../islands/bundle_project.ts";

const folder = new URL("../islands/", import.meta.url);

/** Modules of islands, and where they are found. */
export interface Islands extends IslandPlace {
  /** What is served, by its name. */
  readonly files: Map<string, string>;
  /** Other names for islands from now on, as another build has them. */
  rename(suffix: string): void;
}

/** Bundles islands of `tests/islands/`. */
export async function bundled(...names: readonly string[]): Promise<Islands> {
  const { files, entries } = await bundle(names);
  // As long as there is one build, an island has its file's name.
  for (const [name, entry] of entries) files.set(`${name}.js`, files.get(entry)!);
  let suffix = "";
  return {
    files,
    rename(next) {
      for (const name of names) files.set(`${name}${next}.js`, files.get(`${name}.js`)!);
      suffix = next;
    },
    moduleOf(file) {
      const name = file.slice(file.lastIndexOf("/") + 1).replace(/\.tsx$/, "");
      if (!names.includes(name)) throw new TypeError(`Cannot find ${file}.`);
      return `${name}${suffix}`;
    },
  };
}

/** An app, with its islands beside its scripts. */
export function withIslands(app: AnyApp, { files }: Islands): AnyApp {
  const fetch: AnyApp["fetch"] = (request, info) => {
    const [, name] = /\/_argyle\/islands\/([^/]+)$/.exec(new URL(request.url).pathname) ?? [];
    if (name === undefined) return app.fetch(request, info);
    const code = files.get(name), headers = { "content-type": "text/javascript" };
    return Promise.resolve(
      new Response(code ?? "There is none.", { status: code === undefined ? 404 : 200, headers }),
    );
  };
  return { fetch, [Symbol.asyncDispose]: () => app[Symbol.asyncDispose]() } as AnyApp;
}

/** The files of a build, and which of them is the entry of which island. */
export async function bundle(
  names: readonly string[],
): Promise<{ files: Map<string, string>; entries: Map<string, string> }> {
  const of = (name: string) => new URL(`${name}.tsx`, folder).href;
  const bundler = new Bundler({ project: await projectOf(import.meta.url) });
  try {
    const { files, entries } = await bundler.bundle(names.map(of));
    return {
      files: new Map(files),
      entries: new Map(names.map((name) => [name, entries.get(of(name))!])),
    };
  } finally {
    await bundler.close();
  }
}
