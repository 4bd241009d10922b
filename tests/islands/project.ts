/**
 * A project of its own, outside the repository, with islands in it.
 *
 * @module
 */

import { pathToFileURL } from "node:url";
import { type TemporaryFolder, temporaryFolder } from "../helpers/folder.ts";
import { readManifest } from "../project.ts";

/** Where a project is. */
export interface Project extends TemporaryFolder {
  /** As a URL, with a slash at its end. */
  readonly url: URL;
  /** The URL of one of its files. */
  of(file: string): string;
  write(file: string, text: string): Promise<void>;
}

/** As small as the framework can be: what its bundler looks for, and a browser can run. */
const framework = {
  "framework/mod.ts": 'import "./server/app.ts";\nexport class App { secret = "SECRET_CANARY"; }\n',
  "framework/server/app.ts": "export {};\n",
  "framework/islands/server.ts":
    'import { register } from "./placing.ts";\nexport function island(url: string, component: unknown) { register(url); return component; }\n',
  "framework/islands/placing.ts": "export function register(_: string) { return 'SECRET_CANARY'; }\n",
  "framework/islands/client.ts": `
import { type ComponentType, h, hydrate, render } from "preact";
export function island(_: string, component: ComponentType) { return component; }
export function mounter(component: ComponentType) {
  return (element: Element, props: string, how: string) => {
    (how === "hydrate" ? hydrate : render)(h(component, JSON.parse(props)), element);
    return { update(props: string) { render(h(component, JSON.parse(props)), element); }, unmount() { render(null, element); } };
  };
}
`,
  "framework/client/mod.ts":
    'export const reflex = (name: string) => name + "BUNDLED_CLIENT";\nimport "../server/app.ts";\n',
  "framework/client/preact.ts":
    'import { useState } from "preact/hooks";\nexport const useVariable = (v: number) => useState(v)[0];\n',
};

/** An island that counts. */
export const counterIsland = `
import { island } from "@argyle/argyle/islands";
import { useState } from "preact/hooks";
function Counter({ from }: { from: number }) {
  const [count, setCount] = useState(from);
  return <button class="count" onClick={() => setCount(count + 1)}>{"clicks "}{count}</button>;
}
export default island(import.meta.url, Counter);
`;

/**
 * Makes a project.
 *
 * @param files by name; `deno.json` is there
 * @param more what is added to its `deno.json`
 */
export async function islandProject(
  files: Readonly<Record<string, string>>,
  more: { imports?: Record<string, string>; [setting: string]: unknown } = {},
): Promise<Project> {
  const { imports } = await readManifest();
  const named = ["preact", "postgres", "zod", "devalue", "@preact/signals-core"];
  const config = {
    nodeModulesDir: "none",
    compilerOptions: { jsx: "precompile", jsxImportSource: "@argyle/argyle" },
    ...more,
    imports: {
      "@argyle/argyle": "./framework/mod.ts",
      "@argyle/argyle/islands": "./framework/islands/server.ts",
      "@argyle/argyle/client": "./framework/client/mod.ts",
      "@argyle/argyle/preact": "./framework/client/preact.ts",
      "@argyle/argyle/jsx-runtime": new URL("../../server/page/jsx_runtime.ts", import.meta.url).href,
      ...Object.fromEntries(named.map((name) => [name, imports[name]!])),
      // Our own runtime of JSX, which the server half of a module asks for, names these.
      "preact-render-to-string": imports["preact-render-to-string"]!,
      ...more.imports,
    },
  };
  const folder = await temporaryFolder({ "deno.json": JSON.stringify(config), ...framework, ...files });
  const url = pathToFileURL(`${await Deno.realPath(folder.path)}/`);
  return {
    ...folder,
    url,
    of: (file) => new URL(file, url).href,
    write: (file, text) => Deno.writeTextFile(new URL(file, url), text),
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}
