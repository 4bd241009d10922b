import assert from "node:assert/strict";
import { App, Head, Live, on, raw, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  count?: number;
}

const Shared = topic("shared");
let shared = 0;

class Modes extends Reflex<Session> {
  page() {
    return this.#count();
  }
  nothing() {
    this.skipRender();
    return this.#count();
  }
  selector() {
    const count = this.#count();
    this.morph("#count", <output id="count">{count}</output>);
    this.morph("main > .hint", `<b>${count}</b>`);
    return count;
  }
  offering() {
    this.morph("#more", <b {...on("click", Modes, "more", 7)} />);
  }
  more(by: number) {
    return by;
  }
  rawly() {
    this.morph("#more", <i id="more" dangerouslySetInnerHTML={raw("<u>1</u>")} />);
  }
  both() {
    this.session.count = 99;
    this.morph("#count", "1");
    this.skipRender();
  }
  bothways() {
    this.skipRender();
    this.morph("#count", "1");
  }
  empty() {
    this.morph(" ", "1");
  }
  leave() {
    this.redirect("/./b?c=1#d");
    return this.#count();
  }
  enter() {
    this.login("ann");
    this.redirect("/home");
  }
  evil() {
    this.session.count = 99;
    this.redirect("//evil.test");
  }
  leaveAndMorph() {
    this.redirect("/b");
    this.morph("#count", "1");
  }
  head() {
    this.morph("#count", <Head>{<title>1</title>}</Head>);
  }
  part() {
    this.morph("#count", <Live topic={[]}>{() => "1"}</Live>);
  }
  tell() {
    shared += 1;
    this.publish(Shared());
  }
  #count() {
    return this.session.count = (this.session.count ?? 0) + 1;
  }
}

const names =
  "page nothing selector offering rawly both bothways empty head part tell leave enter evil leaveAndMorph"
    .split(" ");
const offers = names.map((name) => `click->Modes#${name}`).join(" ");

function make(options: AppOptions<Session> = {}) {
  const app = new App<Session>({ log: new MemoryLog(), ...options });
  app.reflexes({ Modes });
  app.page("/", ({ session }) => (
    <main data-reflex={offers}>
      <output id="count">{session.count ?? 0}</output>
      <p class="hint" />
      <p id="more" />
    </main>
  ));
  app.page("/shared", ({ subscribe }) => {
    subscribe(Shared());
    return (
      <main data-reflex={offers}>
        <output id="count">{shared}</output>
      </main>
    );
  }, { key: () => "all" });
  return app;
}

async function open(path = "/") {
  const log = new MemoryLog();
  const app = make({ log });
  const server = await app.listen({ port: 0 });
  const page = await load(app, path);
  const peer = await Peer.live(server, page);
  return {
    app,
    log,
    server,
    page,
    peer,
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

timed("skipRender: the outcome alone; the state is kept, and the next render shows it", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Modes#nothing"), ["done", 1, 1]);
  await site.peer.quiet();
  assert.deepEqual(await site.peer.call("Modes#page"), ["patch", 1, [["text", "count", "2"]], [2, 2]]);
});

timed("skipRender: who comes back is shown what was kept", async () => {
  await using site = await open();
  await site.peer.call("Modes#page");
  await site.peer.call("Modes#nothing");
  await site.peer[Symbol.asyncDispose]();
  await using again = await Peer.live(site.server, site.page, { version: 1 });
  assert.deepEqual(await again.next(), ["patch", 2, [["text", "count", "2"]]]);
});

timed(
  "morph: the elements that selectors name, in order; a string is text; the page is not rendered",
  async () => {
    await using site = await open();
    assert.deepEqual(await site.peer.call("Modes#selector"), [
      "patch",
      1,
      [["select", "#count", '<output id="count">1</output>'], ["select", "main > .hint", "&lt;b>1&lt;/b>"]],
      [1, 1],
    ]);
  },
);

timed("morph: the render that follows is the whole page, the one after it a difference again", async () => {
  await using site = await open();
  await site.peer.call("Modes#selector");
  const [, version, operations] = await site.peer.call("Modes#page") as [string, number, [string, string][]];
  assert.equal(version, 2);
  assert.deepEqual(operations.map(([name]) => name), ["head", "body"]);
  assert.match(operations[1]![1], /<output id="count">2<\/output><p class="hint"><\/p>/);
  assert.deepEqual(await site.peer.call("Modes#page"), ["patch", 3, [["text", "count", "3"]], [3, 3]]);
});

timed("morph: a socket that comes back afterwards loads the page again", async () => {
  await using site = await open();
  await site.peer.call("Modes#selector");
  await site.peer[Symbol.asyncDispose]();
  await using again = await Peer.connect(site.server, { cookie: site.page.cookie });
  again.hello(site.page, 1);
  assert.deepEqual(await again.next(), ["resync", "base"]);
});

timed("morph: sent again, the outcome is told and the page is shown as it is", async () => {
  await using site = await open();
  await site.peer.call("Modes#selector");
  site.peer.send(["call", 1, 0, "Modes#selector", [], {}]);
  assert.deepEqual(await site.peer.next(), ["done", 1, 1]);
  const [kind, version, operations] = await site.peer.next() as [string, number, unknown[][]];
  assert.deepEqual([kind, version, operations.map(([name]) => name)], ["patch", 2, ["head", "body"]]);
});

timed("morph: offers what is in it, until the page is rendered again", async () => {
  await using site = await open();
  await site.peer.call("Modes#offering");
  assert.deepEqual((await site.peer.call("Modes#more", [7])).at(-1), [2, 7]);
});

timed("morph: raw HTML stands in an element that says so", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Modes#rawly"))[2], [
    ["select", "#more", '<i id="more" data-raw><u>1</u></i>'],
  ]);
});

timed("modes: one for a call; what cannot be shown fails, and nothing is kept", async () => {
  await using site = await open();
  let n = 0;
  for (
    const [name, why] of [
      ["both", "Cannot skip the render: this call has chosen to morph elements."],
      ["bothways", "Cannot morph #count: this call has chosen to render nothing."],
      ["empty", "Cannot morph elements: the selector is an empty text."],
      ["leaveAndMorph", "Cannot morph #count: this call has chosen to lead elsewhere."],
      ["head", "Cannot morph #count with <Head>"],
      ["part", "Cannot morph #count with <Live>"],
    ] as const
  ) {
    assert.deepEqual((await site.peer.call(`Modes#${name}`)).slice(0, 3), ["error", ++n, "failed"]);
    assert.ok(`${site.log.lines.at(-1)}`.includes(why), site.log.lines.join("\n"));
  }
  assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, /<output id="count">0</);
});

timed(
  "morph: on a shared page, the next version of it is sent whole to whom has something else",
  async () => {
    await using site = await open("/shared");
    const other = await load(site.app, "/shared");
    await using bystander = await Peer.live(site.server, other);
    await site.peer.call("Modes#selector");
    await bystander.call("Modes#tell");
    const [kind, version, operations] = await site.peer.next() as [string, number, unknown[][]];
    assert.deepEqual([kind, version, operations.map(([name]) => name)], ["patch", 2, ["head", "body"]]);
  },
);

timed("redirect: the outcome, then the way; the page is not rendered, the session is kept", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Modes#leave"), ["done", 1, 1]);
  assert.deepEqual(await site.peer.next(), ["go", "/b?c=1#d"]);
  await site.peer.quiet();
  assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, /<output id="count">1</);
});

timed("redirect: sent again, the way is told again, and the body does not run", async () => {
  await using site = await open();
  await site.peer.call("Modes#leave");
  await site.peer.next();
  site.peer.send(["call", 1, 0, "Modes#leave", [], {}]);
  assert.deepEqual(await site.peer.next(), ["done", 1, 1]);
  assert.deepEqual(await site.peer.next(), ["go", "/b?c=1#d"]);
  await site.peer.quiet();
});

timed("redirect: after a login the ticket goes along", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Modes#enter"), ["done", 1]);
  const [kind, to, ticket] = await site.peer.next() as string[];
  assert.deepEqual([kind, to], ["go", "/home"]);
  assert.match(ticket!, /^[A-Za-z0-9_-]{22}$/);
  await site.peer.quiet();
});

timed("redirect: what leads elsewhere is refused, and nothing is kept", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Modes#evil"), ["error", 1, "halted", "This leads to another site."]);
  assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, /<output id="count">0</);
});
