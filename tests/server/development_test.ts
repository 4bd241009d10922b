import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

const token = "0123456789abcdef0123456789abcdef";
const fixture = fileURLToPath(new URL("./fixtures/developer.tsx", import.meta.url));

/** What an app gives and tells under variables. */
async function ask(env: Record<string, string>): Promise<{ answers: unknown[]; told: string[] }> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fixture],
    env: { ARGYLE_ENV: "", ARGYLE_DEV: "", NO_COLOR: "1", ...env },
    stderr: "inherit",
  }).output();
  return JSON.parse(new TextDecoder().decode(output.stdout));
}

const none = [
  ["/", 200, null],
  ["/cached", 200, null],
  ["/broken", 500, null],
  ...["/_argyle/dev.js", "/_argyle/panel.js", "/_argyle/constructor.js", "/_argyle/dev"].map((
    path,
  ) => [path, 404, null]),
];

Deno.test("development: the script is for a developer at this machine, and the app tells what fails", async () => {
  const script = (more = "") =>
    `<script type="module" src="/shop/_argyle/dev.js" data-argyle-dev="${token}.7"${more}>`;
  assert.deepEqual(await ask({ ARGYLE_ENV: "development", ARGYLE_DEV: `${token}.7` }), {
    answers: [
      ["/", 200, script()],
      ["/cached", 200, null], // caches keep it, for everybody
      ["/broken", 500, script(' data-argyle-dev-request="ID"')],
      ["/_argyle/dev.js", 200, null],
      ...none.slice(4),
      ...none,
      405,
    ],
    told: ["files /shop/assets", ...Array(2).fill("error a request failed: Error: the detail")],
  });
});

for (
  const [title, env] of [
    ["production", { ARGYLE_DEV: `${token}.7` }],
    ["development without dev", { ARGYLE_ENV: "development" }],
    ["a token that is none", { ARGYLE_ENV: "development", ARGYLE_DEV: 'x".7' }],
  ] as const
) {
  Deno.test(`development: nothing of it is there in ${title}`, async () => {
    assert.deepEqual(await ask(env), { answers: [...none, ...none, 404], told: [] });
  });
}

Deno.test("development: what production reads at start has nothing of it; it is asked for, or never read", async () => {
  const output = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", fileURLToPath(new URL("../../mod.ts", import.meta.url))],
  }).output();
  const { modules } = JSON.parse(new TextDecoder().decode(output.stdout)) as {
    modules: { specifier: string; dependencies?: { specifier: string; isDynamic?: boolean }[] }[];
  };
  assert.deepEqual(modules.filter(({ specifier }) => specifier.includes("/cli/")), []);
  const asked = modules.flatMap(({ dependencies = [] }) => dependencies)
    .filter(({ specifier }) => specifier.endsWith("/dev_scripts.ts"));
  assert.deepEqual(asked.map(({ isDynamic }) => isDynamic), [true]);
});
