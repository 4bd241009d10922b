/** One request, one id: in the log, in the response, in what a person reports, and for the life of a socket. */
import assert from "node:assert/strict";
import { App, HttpError, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

class Faulty extends Reflex {
  fail() {
    throw new Error("a fault of ours");
  }
}

function make(options: AppOptions = {}) {
  const log = new MemoryLog();
  const app = new App({ log, ...options });
  app.reflexes({ Faulty });
  app.page("/", () => <button data-reflex="click->Faulty#fail">Fail</button>);
  app.page("/broken", () => {
    throw new Error("a fault of ours");
  });
  app.page("/gone", () => {
    throw new HttpError(410, "It is gone.");
  });
  return { app, log };
}

function get(app: App, path: string, init: RequestInit = {}): Promise<Response> {
  return app.fetch(new Request(`http://127.0.0.1${path}`, init));
}

timed("request id: the log's line, the response and the person's reference say the same", async () => {
  const { app, log } = make();
  const response = await get(app, "/broken", { headers: { "x-request-id": "a stranger's" } });
  const id = response.headers.get("x-request-id")!;
  assert.match(id, /^[0-9a-f]{12}$/);
  assert.match(await response.text(), new RegExp(`\\(Reference ${id}\\.\\)`));
  assert.equal(log.lines.length, 1);
  assert.match(log.lines[0]!, new RegExp(`a fault of ours .*"request":"${id}"`));
  const other = await get(app, "/");
  await other.body?.cancel();
  assert.notEqual(other.headers.get("x-request-id"), id);
});

timed("request id: middleware and routes are told it", async () => {
  const { app } = make();
  const seen: string[] = [];
  app.use(({ id }, next) => {
    seen.push(id);
    return next();
  });
  app.route("/id", { GET: ({ id }) => new Response(id) });
  const response = await get(app, "/id");
  const id = response.headers.get("x-request-id");
  assert.equal(await response.text(), id);
  assert.deepEqual(seen, [id]);
});

timed(
  "request id: what goes wrong in a socket's life carries the id of the request that opened it",
  async () => {
    const { app, log } = make({ accessLog: true });
    await using server = await app.listen({ port: 0 });
    const page = await load(app);
    await using peer = await Peer.live(server, page);
    await peer.call("Faulty#fail");
    const opened = log.lines.find((line) => line.includes('"status":101'));
    const id = /"request":"([0-9a-f]{12})"/.exec(opened ?? "")?.[1];
    assert.ok(id !== undefined, log.lines.join("\n"));
    const failed = log.lines.filter((line) => line.includes("a fault of ours"));
    assert.equal(failed.length, 1);
    assert.match(failed[0]!, new RegExp(`"request":"${id}"`));
  },
);

timed("access log: a line for every request but health, without its query", async () => {
  const { app, log } = make({ accessLog: true });
  for (const path of ["/?token=secret", "/gone", "/nowhere", "/a%2fb", "/_argyle/health"]) {
    await (await get(app, path)).body?.cancel();
  }
  const told = log.lines.map((line) => line.replace(/"ms":\d+,"request":"[0-9a-f]{12}"/, "…"));
  assert.deepEqual(told, [
    'info answered {"method":"GET","path":"/","status":200,…}',
    'info answered {"method":"GET","path":"/gone","status":410,…}',
    'info answered {"method":"GET","path":"/nowhere","status":404,…}',
    'info answered {"method":"GET","path":"/a%2fb","status":400,…}',
  ]);
});

timed("access log: without it, what goes well is not a line", async () => {
  const { app, log } = make();
  await (await get(app, "/")).body?.cancel();
  assert.deepEqual(log.lines, []);
});
