import assert from "node:assert/strict";
import { action, list, variable } from "@argyle/argyle/socksync";
import { clientHash, clientScripts } from "../../server/page/client_script.ts";
import { z } from "zod";
import { serveGroups } from "./sync_serve.ts";

/** What the program owns. */
type Theirs = { readonly shout: ReturnType<typeof makeShout> };
const makeShout = () => action(z.object({ text: z.string() }), ({ text }) => text);

/** What a program in Node does with the script that browsers get. It prints what it has seen, as JSON. */
const program = `
// Node before 22 has neither of these by itself; what is tested is the script.
Promise.withResolvers ??= () => {
  let resolve, reject;
  const promise = new Promise((...both) => [resolve, reject] = both);
  return { promise, resolve, reject };
};
const { action, connectSync, SyncError, variable } = await import(process.argv[2]);
const anything = { "~standard": { version: 1, vendor: "none", validate: (value) => ({ value }) } };
const shout = action(anything, ({ text }) => text.toUpperCase());
const zoom = variable(1);
const peer = connectSync(process.argv[3], { groups: { shout, zoom }, headers: { authorization: "Bearer 4f9d" } });
const stock = peer.variable("stock"), names = peer.list("names", { pageSize: 2 });
const seen = [await stock.get(), await names.get({ page: 1 }), names.pages];
const next = new Promise((resolve) => stock.watch(() => stock.value === 4 && resolve(stock.value)));
seen.push(await peer.function("sell").call({ by: 1 }), await next);
const error = await peer.function("none").call({}, { timeout: 5000 }).catch((error) => error);
seen.push(error instanceof SyncError && [error.reason, error.code, error.message]);
const closed = peer.function("never").call({}).catch(({ reason }) => reason);
await new Promise((resolve) => setTimeout(resolve, 20));
peer.close();
seen.push(await closed, peer.isOpen);
console.log(JSON.stringify(seen));
`;

Deno.test("connectSync: in Node the browser's script connects, sees, calls, is called, and lets the process end", async () => {
  const stock = variable(3);
  const heard: unknown[] = [];
  const groups = {
    stock,
    names: list(["a", "b", "c"]),
    never: action(z.object({}), () => new Promise<never>(() => {}), { timeout: 5000 }),
    sell: action(z.object({ by: z.number() }), async ({ by }) => {
      heard.push(await server.guest<Theirs>().function("shout").call({ text: "sold" }));
      return await stock.update((all) => all + by);
    }),
  };
  await using server = await serveGroups(groups, {
    authorize: ({ request }) => heard.push(request.headers.get("authorization")) > 0,
  });
  const folder = await Deno.makeTempDir();
  try {
    const script = `${folder}/groups-${clientHash}.js`, main = `${folder}/main.js`;
    await Deno.writeTextFile(`${folder}/package.json`, '{"type":"module"}');
    await Deno.writeTextFile(`${folder}/sync-${clientHash}.js`, clientScripts.sync);
    await Deno.writeTextFile(script, clientScripts.groups);
    await Deno.writeTextFile(main, program);
    const { code, stdout, stderr } = await new Deno.Command(Deno.env.get("NODE") ?? "node", {
      args: ["--experimental-websocket", "--no-warnings", main, script, server.url],
    }).output();
    const decoder = new TextDecoder();
    assert.equal(code, 0, decoder.decode(stderr));
    assert.equal(decoder.decode(stderr), "");
    assert.deepEqual(JSON.parse(decoder.decode(stdout)), [
      3,
      ["c"],
      2,
      4,
      4,
      ["refused", 3, "none is not registered."],
      "disconnected",
      false,
    ]);
    assert.deepEqual(heard, ["Bearer 4f9d", "SOLD"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});
