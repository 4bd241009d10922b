/**
 * The files of a new reflex: a class, a page and a test. They work as they are, and are meant to be changed.
 *
 * @module
 */

import type { MethodName, ReflexName } from "./names.ts";

/** A file that is to be. */
export interface NewFile {
  /** Its name in the folder. */
  readonly name: string;
  /** What is in it. */
  readonly text: string;
}

/**
 * Writes the three in memory.
 *
 * @param name of the class
 * @param methods at least one
 */
export function reflexFiles(name: ReflexName, methods: readonly MethodName[]): NewFile[] {
  return [
    { name: `${name.fileName}.ts`, text: classText(name, methods) },
    { name: `${name.fileName}_page.tsx`, text: pageText(name, methods) },
    { name: `${name.fileName}_test.tsx`, text: testText(name, methods) },
  ];
}

/**
 * What makes an app of them: imports, and what comes after `const app = …`.
 *
 * @param name of the class
 * @param folder of the files, as the program that imports them writes it: `./src`
 */
export function mainLines({ className, fileName, dashed }: ReflexName, folder: string): string {
  return `\
import { ${className} } from ${JSON.stringify(`${folder}/${fileName}.ts`)};
import { ${className}Page } from ${JSON.stringify(`${folder}/${fileName}_page.tsx`)};

app.reflexes({ ${className} });
app.page("/${dashed}", ${className}Page);
`;
}

function classText({ className }: ReflexName, methods: readonly MethodName[]): string {
  return `\
import { Reflex } from "@argyle/argyle";

/** What a visit of the page keeps: how often each method was called. */
export interface ${className}State {
${lines(methods, ({ method }) => `  ${method}?: number;`)}
}

/** What the page can have done. What a method changes is kept, and shown. */
export class ${className} extends Reflex<object, ${className}State> {
${lines(methods, methodText, "\n\n")}
}
`;
}

function methodText({ method }: MethodName): string {
  return `\
  ${method}(): void {
    const calls = this.state.${method} ?? 0;
    this.state.${method} = calls + 1;
  }`;
}

function pageText(
  { className, fileName, dashed, title }: ReflexName,
  methods: readonly MethodName[],
): string {
  return `\
import { Head, type Html, on, type PageContext } from "@argyle/argyle";
import { ${className}, type ${className}State } from "./${fileName}.ts";

type Context = PageContext<object, ${className}State>;

/** The page: shows the state, and offers the methods. */
export function ${className}Page({ state }: Context): Html {
  return (
    <main>
      <Head>
        <title>${title}</title>
      </Head>
      <h1>${title}</h1>
${lines(methods, (method) => offerText(className, dashed, method))}
    </main>
  );
}
`;
}

function offerText(className: string, page: string, { method, dashed, title }: MethodName): string {
  return `\
      <p>
        <button type="button" {...on("click", ${className}, "${method}")}>
          ${title}
        </button>
        <output id="${page}-${dashed}">{state.${method} ?? 0}</output>
      </p>`;
}

function testText({ className, fileName, dashed }: ReflexName, methods: readonly MethodName[]): string {
  return `\
import { App } from "@argyle/argyle";
import assert from "node:assert/strict";
import { ${className} } from "./${fileName}.ts";
import { ${className}Page } from "./${fileName}_page.tsx";

Deno.test("${className}: its page shows the state, and offers the methods", async () => {
  await using app = new App();
  app.reflexes({ ${className} });
  app.page("/${dashed}", ${className}Page);

  const request = new Request("http://localhost/${dashed}");
  const response = await app.fetch(request);
  const html = await response.text();

  assert.equal(response.status, 200, html);
${lines(methods, (method) => assertions(className, dashed, method))}
});
`;
}

function assertions(className: string, page: string, { method, dashed }: MethodName): string {
  return `\
  assert.match(html, /"click->${className}#${method}"/);
  assert.match(html, /<output id="${page}-${dashed}">0<\\/output>/);`;
}

function lines(
  methods: readonly MethodName[],
  write: (method: MethodName) => string,
  between = "\n",
): string {
  return methods.map(write).join(between);
}
