/**
 * The README of a new app.
 *
 * @module
 */

import type { NewApp } from "./app_files.ts";

/** What a person needs who opens the folder for the first time. */
export function readmeText({ name, store }: NewApp): string {
  return `\
# ${name}

\`\`\`sh
deno task dev
\`\`\`

It is at http://127.0.0.1:8000/, and shows what you edit as soon as it is saved.

| task                             | does                                     |
| -------------------------------- | ---------------------------------------- |
| \`deno task dev\`                  | serves it while you work on it           |
| \`deno task test\`                 | runs its tests                           |
| \`deno task check\`                | format, lint, types                      |
| \`deno task build\`                | makes islands small, into \`_build/\`      |
| \`deno task start\`                | serves it as in production               |
| \`deno task generate reflex NAME\` | a class, a page and a test to begin from |

| file                   | is                                      |
| ---------------------- | --------------------------------------- |
| \`main.tsx\`             | what is served: the app on its store    |
| \`app.tsx\`              | the app: layout, page, reflex           |
| \`islands/…_island.tsx\` | components that live in the browser too |
| \`static/\`              | files as they are, at \`/static/\`        |
| \`app_test.ts\`          | tests, without a browser                |

${storeText(store)}
`;
}

function storeText(store: NewApp["store"]): string {
  switch (store) {
    case "memory":
      return `\
What it keeps is in memory: it is gone when the process ends. \`main.tsx\` is
where that is changed.`;
    case "kv":
      return `\
What it keeps is in \`.data/\`, in Deno KV; on Deno Deploy in the KV that is
assigned to the app.`;
    case "redis":
      return `\
What it keeps is in the Redis of \`REDIS_URL\`. \`.env\` says where that is, and has
the secret that it is sealed with: keep it out of the repository.`;
    case "nats":
      return `\
What it keeps is in the NATS of \`NATS_URL\`, with JetStream. \`.env\` says where
that is, and has the secret that it is sealed with: keep it out of the
repository.`;
  }
}
