/**
 * Bundles the browser's half into `server/page/client_script.ts`, from where the server serves it, and what is for
 * developers into `server/page/dev_scripts.ts`: a page needs no build step, and the package no files beside its modules.
 * `deno run -A cli/build_client.ts` writes both anew.
 *
 * @module
 */

import * as esbuild from "esbuild";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { minify } from "terser";

const folder = new URL("../client/", import.meta.url);
const output = new URL("../server/page/client_script.ts", import.meta.url);
const devOutput = new URL("../server/page/dev_scripts.ts", import.meta.url);

/**
 * The scripts by name: what every page carries, and what stands beside it. Those import that one as it is served, where
 * they import anything; `sync` and `events` stand alone, and `api` gives what they give. `groups` stands on `sync`.
 */
const entries = {
  client: "core.ts",
  rest: "rest.ts",
  patches: "patches.ts",
  operations: "do.ts",
  care: "care.ts",
  navigation: "navigation.ts",
  islands: "islands.ts",
  sync: "sync_script.ts",
  groups: "groups_script.ts",
  events: "events_script.ts",
  api: "mod.ts",
  stimulus: "stimulus.ts",
  console: "console.ts",
} as const;

/** Scripts for developers, on pages of their own machine: each stands alone. */
const devEntries = {
  dev: "dev.ts",
  log: "log.ts",
  panel: "panel.ts",
} as const;

type DevName = keyof typeof devEntries;

type Name = keyof typeof entries;

/** What stands alone, and the one module that others have of it, as the script gives it. */
const alone: { readonly [N in Name]?: string } = {
  sync: new URL("connect_sync.ts", folder).href,
  events: new URL("connect_events.ts", folder).href,
};

/** What has nothing of the core: its members keep their names, since users know most of them. */
const apart: ReadonlySet<Name> = new Set(["sync", "groups", "events"]);

/** The bundles, and the module that carries them. */
export interface ClientBuild {
  /** The scripts, minified. */
  readonly scripts: Readonly<Record<Name, string>>;
  /** The text of `server/page/client_script.ts`. */
  readonly module: string;
  /** Those for developers, minified. */
  readonly devScripts: Readonly<Record<DevName, string>>;
  /** The text of `server/page/dev_scripts.ts`. */
  readonly devModule: string;
}

/**
 * Builds in memory. The same sources give the same bytes.
 *
 * @throws Error when a module cannot be found or read
 */
export async function buildClient(): Promise<ClientBuild> {
  try {
    const names = Object.keys(entries) as Name[];
    const first = await bundle("client", []);
    const shared = [...namesOf(first).values()];
    const connecting = await bundle("sync", []), owned = [...namesOf(connecting).values()];
    const bundled = await Promise.all(names.map((name) => {
      if (name === "client") return first;
      if (name === "sync") return connecting;
      return bundle(name, name === "groups" ? owned : apart.has(name) ? [] : shared);
    }));
    // What is called the same in all of them is called the same when it is short: in this order, one after another.
    const members: Members = {};
    const built: string[] = [];
    for (const [i, code] of bundled.entries()) {
      built.push(apart.has(names[i]!) ? await shorten(code) : await shorten(code, members));
    }
    const short = new Map([...namesOf(built[0]!)].map(([own, name]) => [name, own]));
    short.delete("client");
    for (const [i, code] of built.entries()) if (!apart.has(names[i]!)) built[i] = nameShared(code, short);
    // What only the core asks of these.
    for (const i of [names.indexOf("rest"), names.indexOf("patches"), names.indexOf("operations")]) {
      built[i] = built[i]!.replace(/ as (\w+)(?=[,}][^;]*;?$)/g, (whole, name: string) => {
        const own = members.props?.props[`$${name}`];
        return own === undefined ? whole : ` as ${own}`;
      });
    }
    // All have one name in common, so that each finds the others.
    const hash = await hashOf(built.join("\n"));
    const scripts = Object.fromEntries(
      names.map((name, i) => [name, named(built[i]!, hash)]),
    ) as Record<Name, string>;
    const devScripts = await buildDevScripts();
    return {
      scripts,
      module: moduleText(scripts, hash),
      devScripts,
      devModule: devModuleText(devScripts, await hashOf(Object.values(devScripts).join("\n"))),
    };
  } finally {
    await esbuild.stop();
  }
}

async function buildDevScripts(): Promise<Readonly<Record<DevName, string>>> {
  const names = Object.keys(devEntries) as DevName[];
  const built = await Promise.all(names.map(async (name) => await shorten(await bundle(name, []))));
  return Object.fromEntries(names.map((name, i) => [name, built[i]!])) as Record<DevName, string>;
}

/** What terser calls members, one script after another; a `$` stands before each name. */
interface Members {
  props?: { readonly props: Readonly<Record<string, string>> };
  vars?: unknown;
}

const unknownHash = "000000000000";

function beside(name: Name, hash: string = unknownHash): string {
  return `./${name}-${hash}.js`;
}

function named(code: string, hash: string): string {
  return (["client", ...Object.keys(alone)] as Name[]).reduce(
    (code, name) => code.replaceAll(beside(name), beside(name, hash)),
    code,
  );
}

/** @param shared what it takes from the script that it stands on */
async function bundle(name: Name | DevName, shared: readonly string[]): Promise<string> {
  const basis = name === "groups" ? ofSync : ofCore;
  const { outputFiles } = await esbuild.build({
    entryPoints: [new URL({ ...entries, ...devEntries }[name], folder).href],
    bundle: true,
    write: false,
    minifySyntax: true,
    minifyWhitespace: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    // A field that only says its type is no statement of its own.
    tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
    charset: "utf8",
    legalComments: "none",
    plugins: [resolver(shared, basis)],
  });
  const code = outputFiles[0]?.text ?? "";
  // Neither of the two tools leaves out what is imported and not used.
  return code.replace(/import\{([^}]*)\}from"[^"]*"/g, (whole, list: string) => {
    const items = list.split(",").filter((item) => {
      const own = item.split(" as ").at(-1)!;
      return code.replace(whole, "").match(new RegExp(`(?<![\\w$])${RegExp.escape(own)}(?![\\w$])`));
    });
    return whole.replace(list, `${items}`);
  });
}

// It makes 5 % less of what esbuild has made, and that is what every page carries.
async function shorten(source: string, members?: Members): Promise<string> {
  const { code = "" } = await minify(source, {
    module: true,
    ecma: 2020,
    compress: {
      passes: 3,
      pure_getters: true,
      keep_fargs: false,
      unsafe: true,
      unsafe_arrows: true,
      unsafe_methods: true,
      hoist_vars: true,
      inline: 1,
      if_return: false,
    },
    // Members of what stands alone are its users' as well, and to shorten the others would save `sync` 100 bytes.
    mangle: { module: true, ...members && { properties: { regex: ownNames } } },
    ...members && { nameCache: members },
  });
  // Names of variables are each script's own affair.
  delete members?.vars;
  return code;
}

/** What a script exports: its own names, and those by which others know them. */
function namesOf(code: string): ReadonlyMap<string, string> {
  const [, list = ""] = /export\s*\{([^}]*)\};?\s*$/.exec(code) ?? [];
  return new Map(
    list.split(",").map((item) => {
      const [own, name = own] = item.trim().split(" as ") as [string, string?];
      return [own, name];
    }),
  );
}

/** Has the core give things, and the others take them, under the short names that they have there anyway. */
function nameShared(code: string, shared: ReadonlyMap<string, string>): string {
  const short = (name: string) => shared.get(name) ?? name;
  return code
    .replace(/(import|export)\{([^}]*)\}(?=from"\.\/client-)/g, (_, word: string, list: string) => {
      const items = list.split(",").map((item) => {
        const [name, own = name] = item.split(" as ") as [string, string?];
        return short(name) === own ? own : `${short(name)} as ${own}`;
      });
      return `${word}{${items}}`;
    })
    .replace(/export\{([^}]*)\};?$/, (_, list: string) => {
      const items = list.split(",").map((item) => {
        const [own, name = own] = item.split(" as ") as [string, string?];
        return shared.get(name) === own || own === name ? own : `${own} as ${name}`;
      });
      return `export{${items}};`;
    });
}

/** Members of our own objects that our scripts alone know; no object of the browser has one of that name. */
const ownNames = new RegExp(`^(${
  [
    "abandon accepts adopt become begin beyond bring cancels clock come contentOf drop expect follow foreign homeOf hooked insert isForeign isHeld isQuiet",
    "isRenamed keepScroll landed markScrolled mayChange morphHead move nameOf need nodesOf note offline order partsThatStay patch perform prepare probe receive refresh",
    "restart say settle showBusy sleep spare tell stays tellChanged token traverse visit visits waiting wake want words",
  ].join(" ").replaceAll(" ", "|")
})$`);

/** What a script stands on, and modules that it takes from there. */
interface Basis {
  readonly name: Name;
  readonly modules: ReadonlySet<string>;
}

/** What others take from the core: all that it gives, and modules that it gives as a whole. */
const ofCore: Basis = { name: "client", modules: modules("core", "dom", "refuse") };

/** What whoever owns groups takes from the connection's script. */
const ofSync: Basis = {
  name: "sync",
  modules: modules(
    ...["check_value", "frames", "group", "listeners", "maybe", "peer", "reader", "sync_error"].map((name) =>
      `../socksync/${name}`
    ),
    ...["connect_sync", "../protocol/action", "../protocol/clock"],
  ),
};

function modules(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => new URL(`${name}.ts`, folder).href));
}

/**
 * esbuild reads through Deno, so that it finds the modules by their URLs.
 *
 * @param shared what the basis gives; none for itself, and for what stands alone
 */
const resolver = (shared: readonly string[], basis: Basis): esbuild.Plugin => ({
  name: "deno",
  setup(build) {
    build.onResolve({ filter: /.*/ }, ({ path, importer, kind }) => {
      if (kind === "entry-point") return { path, namespace: "deno" };
      if (path === beside(basis.name)) return { path, external: true };
      if (!/^[.]|^[a-z]+:/.test(path)) return { path: moduleOf(path, importer), namespace: "deno" };
      const { href } = new URL(path, importer);
      if (shared.length > 0 && basis.modules.has(href)) return { path: "basis", namespace: "basis" };
      const [name] = (Object.keys(alone) as Name[]).filter((name) => alone[name] === href);
      if (name && shared.length > 0) return { path: beside(name), external: true };
      return { path: href, namespace: "deno" };
    });
    // One import for all that are asked for.
    build.onLoad({ filter: /.*/, namespace: "basis" }, () => {
      return { contents: `export {${shared}} from "${beside(basis.name)}"` };
    });
    build.onLoad({ filter: /.*/, namespace: "deno" }, async ({ path }) => {
      return { contents: asEnums(await Deno.readTextFile(new URL(path))), loader: "ts" };
    });
  },
});

/** The module that a package gives to browsers, in Deno's cache: a developer's script is made with some. */
function moduleOf(name: string, importer: string): string {
  const manifest = createRequire(importer).resolve(`${name}/package.json`);
  const { module } = JSON.parse(Deno.readTextFileSync(manifest));
  return new URL(module, pathToFileURL(manifest)).href;
}

/**
 * Names that stand in a flat object, such as `Attribute`, become members of an enum: esbuild writes those where they are
 * used and drops the rest. Of an object it does neither. Nothing in the browser lists the members of one.
 */
function asEnums(source: string): string {
  return source.replace(
    /^((?:export )?)const (\w+) = \{\n([^{}]*)\} as const;$/gm,
    (_, as: string, name: string, members: string) =>
      `${as}enum ${name} {\n${members.replace(/^( {2}\w+): /gm, "$1 = ")}}`,
  );
}

async function hashOf(code: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(code));
  return new Uint8Array(digest).toHex().slice(0, 12);
}

function moduleText(scripts: Readonly<Record<Name, string>>, hash: string): string {
  return `// deno-fmt-ignore-file
// Generated by cli/build_client.ts from client/ and protocol/. Do not edit.

/**
 * The browser's half, bundled.
 *
 * @module
 */

/** The first 12 hex digits of the SHA-256 of all of them; they stand in their URLs. */
export const clientHash: string = "${hash}";

/** The scripts by name: \`client\` is what every page carries. */
export const clientScripts: {
${typesOf(scripts)}
} = {
${membersOf(scripts)}
};
`;
}

function devModuleText(scripts: Readonly<Record<DevName, string>>, hash: string): string {
  return `// deno-fmt-ignore-file
// Generated by cli/build_client.ts from client/ and protocol/. Do not edit.

/**
 * The browser's scripts for developers. Nothing of it is loaded in production.
 *
 * @module
 */

/** The first 12 hex digits of the SHA-256 of all of them; they stand in their URLs. */
export const devHash: string = "${hash}";

/** The scripts by name. */
export const devScripts: {
${typesOf(scripts)}
} = {
${membersOf(scripts)}
};
`;
}

function typesOf(scripts: Readonly<Record<string, string>>): string {
  return Object.keys(scripts).map((name) => `  readonly ${name}: string;`).join("\n");
}

function membersOf(scripts: Readonly<Record<string, string>>): string {
  return Object.entries(scripts).map(([name, code]) => `  ${name}: ${JSON.stringify(code)},`).join("\n");
}

if (import.meta.main) {
  const { module, devModule } = await buildClient();
  await Deno.writeTextFile(output, module);
  await Deno.writeTextFile(devOutput, devModule);
}
