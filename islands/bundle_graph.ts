/**
 * Modules and what they import, as Deno itself resolves it: import map, `npm:`, `jsr:`, `https:`, links, workspaces.
 *
 * @module
 */

import { BundleError } from "./bundle_error.ts";

/** An npm package in Deno's cache, or in `node_modules`. */
export interface Package {
  readonly name: string;
  readonly version: string;
  /** Its folder, without a slash at its end. */
  readonly folder: string;
  /** Ids of those that it depends on. */
  readonly dependencies: readonly string[];
}

/** Where an import leads. */
export type Resolved = { readonly url: string } | { readonly error: string };

/** A module in the graph. */
export interface Module {
  readonly url: string;
  /** Where its text lies on this machine; none of what is no file. */
  readonly local: string | undefined;
  /** `TypeScript`, `TSX`, `JSON` and so on. */
  readonly mediaType: string | undefined;
  /** The id of the npm package that it is. */
  readonly package: string | undefined;
  /** What it imports as code, by specifier. */
  readonly imports: ReadonlyMap<string, Resolved>;
  /** Which of them it does not need to begin with. */
  readonly later: ReadonlySet<string>;
  /** Why it cannot be had. */
  readonly error: string | undefined;
}

/** As `deno info --json` prints it. */
interface Info {
  readonly modules: readonly InfoModule[];
  readonly redirects?: Readonly<Record<string, string>>;
  readonly npmPackages?: Readonly<
    Record<string, { name: string; version: string; dependencies: readonly string[]; localPath?: string }>
  >;
}

interface InfoModule {
  readonly specifier: string;
  readonly local?: string;
  readonly mediaType?: string;
  readonly npmPackage?: string;
  readonly error?: string;
  readonly dependencies?: readonly {
    specifier: string;
    code?: { specifier?: string; error?: string };
    isDynamic?: boolean;
  }[];
}

/** A module graph at one moment. */
export class ModuleGraph {
  readonly modules: ReadonlyMap<string, Module>;
  /** npm packages by id. */
  readonly packages: ReadonlyMap<string, Package>;
  readonly #redirects: ReadonlyMap<string, string>;
  readonly #entry: string;

  constructor(info: Info, entry: string) {
    this.#entry = entry;
    this.#redirects = new Map(Object.entries(info.redirects ?? {}));
    this.modules = new Map(info.modules.map((module) => [module.specifier, readModule(module)]));
    this.packages = new Map(
      Object.entries(info.npmPackages ?? {}).flatMap(([id, { name, version, dependencies, localPath }]) =>
        localPath === undefined ? [] : [[id, { name, version, dependencies, folder: localPath }] as const]
      ),
    );
  }

  /** Where an import of a module leads; `undefined` where the module, or that import of it, is not in the graph. */
  resolve(specifier: string, importer: string): Resolved | undefined {
    const found = this.modules.get(importer)?.imports.get(specifier);
    return found === undefined || "error" in found ? found : { url: this.final(found.url) };
  }

  /** Where an import of the project itself leads. */
  resolveHere(specifier: string): Resolved | undefined {
    return this.resolve(specifier, this.#entry);
  }

  /** A URL after all redirects, those of `npm:` and `jsr:` too. */
  final(url: string): string {
    for (let hops = 0; hops < 10; hops += 1) {
      const next = this.#redirects.get(url);
      if (next === undefined) break;
      url = next;
    }
    return url;
  }

  /** The package of a file. */
  packageOf(file: string): Package | undefined {
    for (const found of this.packages.values()) if (file.startsWith(`${found.folder}/`)) return found;
    return undefined;
  }
}

function readModule(
  { specifier, local, mediaType, npmPackage, error, dependencies = [] }: InfoModule,
): Module {
  const imports = new Map<string, Resolved>(), later = new Set<string>();
  for (const { specifier, code, isDynamic } of dependencies) {
    if (isDynamic) later.add(specifier);
    if (code?.specifier !== undefined) imports.set(specifier, { url: code.specifier });
    else if (code?.error !== undefined) imports.set(specifier, { error: code.error });
  }
  return { url: specifier, local, mediaType, package: npmPackage, imports, later, error };
}

/**
 * Reads the graph of what some specifiers lead to. It asks Deno, in a process of its own: nothing else knows as much.
 *
 * @param specifiers URLs, and names of the project's import map
 * @param project the folder of the project's `deno.json`
 * @throws BundleError where Deno cannot say
 */
export async function readGraph(specifiers: readonly string[], project: URL): Promise<ModuleGraph> {
  if (Deno.build.standalone) {
    throw new BundleError([{
      text: "Cannot bundle in a compiled program: build the islands before, and include the folder.",
    }]);
  }
  // A module without a file imports them all: nothing is written, and the project's own configuration counts.
  const source = specifiers.map((specifier) => `import ${JSON.stringify(specifier)};`).join("");
  const entry = new URL(`data:application/typescript,${encodeURIComponent(source)}`).href;
  // What this process may import, the other may: everything, or what Deno trusts unasked.
  const imports = Deno.permissions.querySync({ name: "import" }).state === "granted"
    ? ["--allow-import"]
    : [];
  const command = new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", ...imports, entry],
    cwd: project,
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const text = new TextDecoder();
  if (!success) {
    throw new BundleError([{ text: `Cannot read what the islands import: ${text.decode(stderr).trim()}` }]);
  }
  return new ModuleGraph(JSON.parse(text.decode(stdout)), entry);
}
