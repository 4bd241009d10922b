import assert from "node:assert/strict";
import { action, App, HttpError, on, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  count?: number;
  name?: string;
}

class Base extends Reflex<Session> {
  inherited() {}
  inheritedAction = action(z.unknown(), () => {});
}

let release: (() => void) | undefined;
let runs = 0;

class Calls extends Base {
  message = "";
  increment(by = 1) {
    runs += 1;
    return this.session.count = (this.session.count ?? 0) + by;
  }
  rename = action(z.object({ name: z.string().min(2, "Two letters at least") }), ({ name }) => {
    this.session.name = name;
    return { name };
  });
  open() {
    this.state.open = true;
  }
  say() {
    this.message = "said";
  }
  nothing() {}
  throws() {
    this.session.count = 99;
    this.state.open = true;
    throw new Error("secret detail");
  }
  async rejects() {
    this.session.count = 99;
    await Promise.resolve();
    throw new Error("secret detail");
  }
  throwsNothing() {
    throw undefined;
  }
  httpError() {
    throw new HttpError(409, "Not enough in stock");
  }
  abortIt() {
    this.session.count = 99;
    this.abort("Not now");
  }
  forbidIt() {
    this.forbid();
  }
  invalidIt() {
    this.invalid({ name: "Taken" });
  }
  slow() {
    const { promise, resolve } = Promise.withResolvers<void>();
    release = resolve;
    return promise;
  }
  big() {
    return "x".repeat(5000);
  }
  notJson() {
    return { at: { count: 10n } };
  }
  endless() {
    const list: unknown[] = [];
    list.push({ list });
    return list;
  }
  code() {
    return { at: [() => {}] };
  }
  numberless() {
    return [1, NaN];
  }
  map() {
    return new Map();
  }
  circular() {
    const state = this.state;
    state.self = state;
  }
  fill() {
    this.session.name = "x".repeat(70_000);
  }
  reads() {
    return {
      id: this.element.dataset("itemId").int(),
      value: this.element.value.text(),
      checked: this.element.checked,
      fields: this.fields.names(),
      first: this.fields.get("color").text(),
      all: this.fields.all("color").map((color) => color.text()),
      path: this.url.pathname,
      params: this.params,
    };
  }
  copies() {
    return [{ ...this.fields }, Object.assign({}, this.fields), Object.keys(this.element)];
  }
  untyped() {
    return this.element.dataset("itemId").int();
  }
  private wipe() {
    this.session.count = 0;
  }
  _hidden() {}
  get got() {
    return () => {};
  }
  static fixed() {}
  [Symbol.iterator]() {}
  override before() {}
}

function make(options: AppOptions<Session> = {}) {
  const log = new MemoryLog();
  const app = new App<Session>({ log, ...options });
  app.reflexes({ Calls, Other });
  app.page("/", ({ session, state, ran }) => (
    <main>
      <output id="count">{session.count ?? 0}</output>
      <p id="open">{state.open ? "open" : "closed"}</p>
      <p id="said">{ran(Calls)?.message}</p>
      <b {...on("click", Calls, "increment", 5)} />
      <i data-reflex="click->Calls#increment click->Calls#open click->Calls#say click->Calls#nothing" />
      <i data-reflex="click->Calls#throws click->Calls#rejects click->Calls#abortIt click->Calls#forbidIt" />
      <i data-reflex="click->Calls#invalidIt click->Calls#slow click->Calls#big click->Calls#notJson" />
      <i data-reflex="click->Calls#throwsNothing click->Calls#fill click->Calls#reads click->Calls#rename" />
      <i data-reflex="click->Calls#endless click->Calls#code click->Calls#numberless" />
      <i data-reflex="click->Calls#map click->Calls#circular click->Calls#copies click->Calls#untyped click->Calls#httpError" />
      {
        // Written as a stranger's template might: none of these may be called all the same.
        names.map((name) => <i key={name} data-reflex={`click->Calls#${name}`} />)
      }
    </main>
  ));
  app.page("/other", () => <p id="other">{other}</p>);
  app.page("/:room/:seat", () => <i data-reflex="click->Calls#reads" />);
  return { app, log };
}

class Other extends Reflex<Session> {
  wipe() {}
}

let other = "nothing is offered here";
const names = [
  ..."constructor toString valueOf hasOwnProperty __proto__ session state abort login wipe2 _hidden got fixed"
    .split(" "),
  ..."before after around rescue inherited inheritedAction isPrototypeOf apply call bind name length".split(
    " ",
  ),
];

async function open(path = "/", options: AppOptions<Session> = {}) {
  const { app, log } = make(options);
  const server = await app.listen({ port: 0 });
  const page = await load(app, path);
  const peer = await Peer.live(server, page);
  return {
    app: app,
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

timed("call: an offered call changes the session, and the patch is the element that shows it", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Calls#increment", [5]), [
    "patch",
    1,
    [["text", "count", "5"]],
    [1, 5],
  ]);
  const again = await load(site.app, "/", { cookie: site.page.cookie });
  assert.match(again.body, /<output id="count">5</);
});

timed("call: default arguments apply where the page offers none", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Calls#increment")).at(-1), [1, 1]);
});

timed("call: arguments that were not offered are stale, and the page is told to resync", async () => {
  await using site = await open();
  for (const args of [[6], [5, 5], ["5"], [[5]], [null]]) {
    const frames = [await site.peer.call("Calls#increment", args), await site.peer.next()];
    assert.deepEqual(frames.map(([kind, , code]) => kind === "error" ? code : kind).sort(), [
      "resync",
      "stale",
    ]);
  }
  assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, /<output id="count">0</);
});

timed("call: what another page offers is not offered here", async () => {
  await using site = await open("/other");
  const frames = [await site.peer.call("Calls#increment", [5]), await site.peer.next()];
  assert.ok(frames.some(([kind, , code]) => kind === "error" && code === "stale"));
});

timed("call: to be brought up to date needs no offer, and takes no arguments", async () => {
  await using site = await open("/other");
  const before = other;
  try {
    other = "changed meanwhile";
    const patch = ["patch", 1, [["text", "other", other]], [1]];
    assert.deepEqual(await site.peer.call("$#refresh"), patch);
  } finally {
    other = before;
  }
  const frames = [await site.peer.call("$#refresh", [1]), await site.peer.next()];
  assert.ok(frames.some(([kind, , code]) => kind === "error" && code === "stale"));
});

timed("call: nothing is callable because it exists", async () => {
  await using site = await open();
  for (const name of names) {
    const [kind, , code, message] = await site.peer.call(`Calls#${name}`);
    assert.equal(kind, "error", name);
    assert.ok(code === "unknown_reflex" || code === "malformed", `${name}: ${code} ${message}`);
  }
});

timed("call: a method that is private only to TypeScript is stale, because no page offers it", async () => {
  await using site = await open();
  const frames = [await site.peer.call("Calls#wipe"), await site.peer.next()];
  assert.ok(frames.some(([kind, , code]) => kind === "error" && code === "stale"));
});

timed("call: an unknown class or method is named", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Nobody#home"), [
    "error",
    1,
    "unknown_reflex",
    "There is no reflex Nobody#home.",
  ]);
  assert.deepEqual((await site.peer.call("Calls#incremnt"))[2], "unknown_reflex");
});

timed(
  "call: a name that a page offers and nobody has is warned about where it is rendered, once",
  async () => {
    await using site = await open();
    await load(site.app);
    const warnings = site.log.lines.filter((line) => line.includes("wipe2"));
    assert.equal(warnings.length, 1);
    assert.match(warnings[0]!, /Calls has no method wipe2 of its own; it has: increment/);
  },
);

timed("action: takes whatever its schema passes, and gives what it returns", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Calls#rename", [{ name: "Ann", role: "admin" }]), ["done", 1, {
    name: "Ann",
  }]);
});

timed("action: what the schema refuses comes back by field, and nothing is kept", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Calls#rename", [{ name: "A" }]), [
    "error",
    1,
    "invalid",
    "The input is not valid.",
    { name: "Two letters at least" },
  ]);
});

timed(
  "action: without an argument reads the form, then the element's name and value, then its data",
  async () => {
    await using site = await open();
    const form = { f: [["name", "from the form"]] };
    assert.deepEqual((await site.peer.call("Calls#rename", [], form)).at(-1), { name: "from the form" });
    const field = { ...form, a: { name: "name" }, v: "from the field" };
    assert.deepEqual((await site.peer.call("Calls#rename", [], field)).at(-1), { name: "from the field" });
    const data = { ...field, a: { name: "name", "data-name": "from the data" } };
    assert.deepEqual((await site.peer.call("Calls#rename", [], data)).at(-1), { name: "from the data" });
  },
);

timed("action: more than one argument is refused", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Calls#rename", [{ name: "Ann" }, 2]))[2], "invalid");
});

timed(
  "reflex: the element, the form and the URL are there, and typed readers refuse what is not of their kind",
  async () => {
    await using site = await open("/lobby/7?x=1");
    const element = {
      a: { "data-item-id": "17", value: "old" },
      v: "new",
      c: true,
      f: [["color", "red"], ["color", "blue"]],
    };
    assert.deepEqual(await site.peer.call("Calls#reads", [], element), ["done", 1, {
      id: 17,
      value: "new",
      checked: true,
      fields: ["color"],
      first: "red",
      all: ["red", "blue"],
      path: "/lobby/7",
      params: { room: "lobby", seat: "7" },
    }]);
    assert.deepEqual(await site.peer.call("Calls#reads", [], { a: { "data-item-id": "17a" } }), [
      "error",
      2,
      "invalid",
      "The input is not valid.",
      { "data-item-id": "data-item-id is not a whole number." },
    ]);
  },
);

timed("reflex: nothing can be copied out of the form by a spread (mass assignment)", async () => {
  await using site = await open();
  const frame = await site.peer.call("Calls#copies", [], { a: { id: "x" }, f: [["role", "admin"]] });
  assert.deepEqual(frame, ["done", 1, [{}, {}, []]]);
});

timed("state: belongs to one visit, and outlives a resync of it", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Calls#open"))[2], [["text", "open", "open"]]);
  const other = await load(site.app, "/", { cookie: site.page.cookie });
  assert.match(other.body, /closed/);
  const same = await load(site.app, "/", { cookie: site.page.cookie, visit: site.page.token });
  assert.match(same.body, />open</);
  assert.equal(same.visit, site.page.visit);
});

timed("ran: fields that a reflex set are seen by the render that follows, once", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Calls#say"))[2], [["text", "said", "said"]]);
  assert.deepEqual((await site.peer.call("Calls#nothing"))[2], [["text", "said", ""]]);
});

timed("call: what changes nothing on the page is an outcome and nothing more", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Calls#nothing"), ["done", 1]);
});

timed(
  "call: a throw or a rejection is an error with a reference; session, state and page are as they were",
  async () => {
    await using site = await open();
    await site.peer.call("Calls#increment", [5]);
    for (const [at, name] of ["throws", "rejects", "throwsNothing"].entries()) {
      const [kind, n, code, message] = await site.peer.call(`Calls#${name}`) as string[];
      assert.deepEqual([kind, n, code], ["error", at + 2, "failed"]);
      assert.match(message!, /^The action failed\. \(Reference [\w-]{8}\.\)$/);
    }
    assert.ok(site.log.lines.some((line) => line.includes("secret detail")));
    assert.ok(site.peer.texts.every((text) => !text.includes("secret")));
    assert.match(
      (await load(site.app, "/", { cookie: site.page.cookie })).body,
      /<output id="count">5<.*closed/,
    );
    assert.deepEqual((await site.peer.call("Calls#increment", [5])).at(-1), [5, 10]);
  },
);

timed("call: abort, forbid, invalid and HttpError tell the peer what they say", async () => {
  await using site = await open();
  assert.deepEqual(await site.peer.call("Calls#abortIt"), ["error", 1, "halted", "Not now"]);
  assert.deepEqual(await site.peer.call("Calls#forbidIt"), ["error", 2, "forbidden", "You may not do this."]);
  assert.deepEqual((await site.peer.call("Calls#invalidIt"))[4], { name: "Taken" });
  assert.deepEqual(await site.peer.call("Calls#httpError"), ["error", 4, "halted", "Not enough in stock"]);
  assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, /<output id="count">0</);
});

timed(
  "call: a result that is not JSON or too large fails, names the culprit in the log, and nothing is kept",
  async () => {
    await using site = await open();
    assert.deepEqual((await site.peer.call("Calls#big"))[2], "failed");
    assert.deepEqual((await site.peer.call("Calls#notJson"))[2], "failed");
    assert.ok(
      site.log.lines.some((line) => line.includes("the result of Calls#notJson.at.count: it is a bigint")),
    );
    assert.ok(
      site.log.lines.some((line) => line.includes("result of Calls#big: 5002 bytes of at most 4096")),
    );
  },
);

timed("call: whatever cannot be JSON fails by its name, and the next call runs", async () => {
  await using site = await open();
  for (
    const [name, why] of [
      ["endless", "the result of Calls#endless[0].list: it contains itself"],
      ["code", "the result of Calls#code.at[0]: it is a function"],
      ["numberless", "the result of Calls#numberless[1]: it is NaN"],
      ["map", "the result of Calls#map: it is a Map, not JSON"],
      ["circular", "state.self: it contains itself"],
    ] as const
  ) {
    assert.deepEqual((await site.peer.call(`Calls#${name}`))[2], "failed", name);
    assert.ok(`${site.log.lines.at(-1)}`.includes(why), site.log.lines.at(-1) ?? "");
  }
  assert.deepEqual((await site.peer.call("Calls#increment")).at(-1), [6, 1]);
});

timed("session: one that has grown too large is refused, and the session is as it was", async () => {
  await using site = await open();
  await site.peer.call("Calls#increment", [5]);
  assert.deepEqual((await site.peer.call("Calls#fill"))[2], "failed");
  assert.ok(site.log.lines.some((line) => /Cannot keep the session: \d+ bytes of at most 61440/.test(line)));
  assert.deepEqual((await site.peer.call("Calls#increment", [5])).at(-1), [3, 10]);
});

timed("call: one that never ends is a timeout, and the next one runs", async () => {
  const clock = new FakeClock();
  await using site = await open("/", { clock });
  site.peer.send(["call", 1, 0, "Calls#slow"]);
  await site.peer.quiet();
  clock.turn(10_000);
  assert.deepEqual(await site.peer.next(), ["error", 1, "timeout", "It took longer than 10 s."]);
  release?.();
  site.peer.send(["call", 2, 1, "Calls#increment", [5]]);
  assert.equal((await site.peer.next())[0], "patch");
});

timed("call: calls of one visit run in their order, however long each takes", async () => {
  await using site = await open();
  site.peer.send(["call", 1, 0, "Calls#slow"]);
  site.peer.send(["call", 2, 0, "Calls#increment", [5]]);
  await site.peer.quiet();
  release?.();
  assert.deepEqual(await site.peer.next(), ["done", 1]);
  assert.deepEqual((await site.peer.next()).at(-1), [2, 5]);
});

timed("resend: the same frame gets the same outcome, and its body does not run again", async () => {
  await using site = await open();
  const frame = '["call",1,0,"Calls#increment",[5]]';
  runs = 0;
  site.peer.send(frame);
  assert.deepEqual((await site.peer.next()).at(-1), [1, 5]);
  site.peer.send(frame);
  assert.deepEqual(await site.peer.next(), ["done", 1, 5]);
  assert.equal(runs, 1);
});

timed("resend: an error is an outcome too", async () => {
  await using site = await open();
  site.peer.send(["call", 1, 0, "Calls#abortIt"]);
  site.peer.send(["call", 1, 0, "Calls#abortIt"]);
  assert.deepEqual(await site.peer.next(), ["error", 1, "halted", "Not now"]);
  assert.deepEqual(await site.peer.next(), ["error", 1, "halted", "Not now"]);
});

timed(
  "resend: another call under the same number is refused, never answered with the old outcome",
  async () => {
    await using site = await open();
    site.peer.send(["call", 1, 0, "Calls#increment", [5]]);
    await site.peer.next();
    site.peer.send(["call", 1, 0, "Calls#increment"]);
    assert.equal((await site.peer.next())[2], "replayed");
  },
);

timed(
  "resend: an outcome that was acknowledged is gone, and the call is expired, never run again",
  async () => {
    await using site = await open();
    runs = 0;
    site.peer.send(["call", 1, 0, "Calls#increment", [5]]);
    site.peer.send(["call", 2, 1, "Calls#increment", [5]]);
    await site.peer.next();
    await site.peer.next();
    site.peer.send(["call", 1, 0, "Calls#increment", [5]]);
    assert.equal((await site.peer.next())[2], "expired");
    assert.equal(runs, 2);
  },
);

timed(
  "resend: after a lost socket the call is told again on the next one, and the page is patched to the truth",
  async () => {
    await using site = await open();
    const frame = '["call",1,0,"Calls#increment",[5]]';
    runs = 0;
    site.peer.send(frame);
    await site.peer.next();
    await site.peer[Symbol.asyncDispose]();
    // The browser never saw the patch: it says so, gets the page again, and sends what has no outcome.
    const behind = await Peer.connect(site.server, { cookie: site.page.cookie });
    behind.hello(site.page, 0);
    assert.deepEqual(await behind.next(), ["resync", "base"]);
    await behind[Symbol.asyncDispose]();
    const page = await load(site.app, "/", { cookie: site.page.cookie, visit: site.page.token });
    await using peer = await Peer.live(site.server, page);
    peer.send(frame);
    assert.deepEqual(await peer.next(), ["done", 1, 5]);
    assert.equal(runs, 1);
  },
);

timed("connect: a browser that has applied every patch goes on where it was, without a resync", async () => {
  await using site = await open();
  await site.peer.call("Calls#increment", [5]);
  await site.peer[Symbol.asyncDispose]();
  await using peer = await Peer.live(site.server, site.page, { version: 1 });
  peer.send(["call", 2, 1, "Calls#increment", [5]]);
  assert.deepEqual(await peer.next(), ["patch", 2, [["text", "count", "10"]], [
    2,
    10,
  ]]);
});

timed("connect: what changed while the socket was away comes as one patch", async () => {
  await using site = await open();
  await site.peer[Symbol.asyncDispose]();
  const tab = await load(site.app, "/", { cookie: site.page.cookie });
  await using second = await Peer.live(site.server, tab);
  await second.call("Calls#increment", [5]);
  await using peer = await Peer.live(site.server, site.page);
  assert.deepEqual(await peer.next(), ["patch", 1, [["text", "count", "5"]]]);
});

timed("tabs: two of one session agree after their next call, and no increment is lost", async () => {
  await using site = await open();
  const tab = await load(site.app, "/", { cookie: site.page.cookie });
  await using second = await Peer.live(site.server, tab);
  for (let i = 1; i <= 20; i++) {
    site.peer.send(["call", i, i - 1, "Calls#increment", [5]]);
    second.send(["call", i, i - 1, "Calls#increment", [5]]);
  }
  for (let i = 1; i <= 20; i++) await Promise.all([site.peer.next(), second.next()]);
  assert.match((await load(site.app, "/", { cookie: site.page.cookie })).body, /<output id="count">200</);
});

timed("conflict: a store that refuses again and again is busy, and nothing is kept", async () => {
  const { store } = memory();
  let refuse = false;
  const stubborn = {
    ...memory(),
    store: {
      name: "stubborn",
      durable: false,
      exclusive: true,
      get: (keys: readonly string[]) => store.get(keys),
      commit: (...args: Parameters<typeof store.commit>) =>
        refuse ? Promise.resolve(null) : store.commit(...args),
    },
  };
  await using site = await open("/", stubborn);
  runs = 0;
  refuse = true;
  assert.equal((await site.peer.call("Calls#increment", [5]))[2], "busy");
  assert.equal(runs, 10);
  refuse = false;
  site.peer.send(["call", 2, 1, "Calls#increment", [5]]);
  assert.deepEqual((await site.peer.next()).at(-1), [2, 5]);
});

timed("store: one that is away is unavailable, and works again when it is back", async () => {
  const { store } = memory();
  let away = false;
  const flaky = {
    store: {
      name: "flaky",
      durable: false,
      exclusive: true,
      get: (keys: readonly string[]) =>
        away ? Promise.reject(new Error("connection refused")) : store.get(keys),
      commit: (...args: Parameters<typeof store.commit>) =>
        away ? Promise.reject(new Error("connection refused")) : store.commit(...args),
    },
  };
  await using site = await open("/", flaky);
  away = true;
  assert.deepEqual(await site.peer.call("Calls#increment", [5]), [
    "error",
    1,
    "unavailable",
    "The state cannot be reached at the moment.",
  ]);
  assert.equal((await load(site.app, "/", { cookie: site.page.cookie })).response.status, 503);
  away = false;
  site.peer.send(["call", 1, 0, "Calls#increment", [5]]);
  assert.deepEqual((await site.peer.next()).at(-1), [1, 5]);
});

timed("offers: those of the render before are good for 10 s, no longer", async () => {
  const clock = new FakeClock();
  const log = new MemoryLog();
  class Steps extends Reflex {
    go(to: number) {
      this.session.step = to;
    }
  }
  const app = new App({ clock, log });
  app.reflexes({ Steps });
  app.page(
    "/",
    ({ session }) => <p id="p" {...on("click", Steps, "go", (session.step ?? 0) + 1)}>{session.step ?? 0}</p>,
  );
  await using server = await app.listen({ port: 0 });
  const page = await load(app);
  await using peer = await Peer.live(server, page);
  await peer.call("Steps#go", [1]);
  clock.turn(9_999);
  assert.equal((await peer.call("Steps#go", [1]))[0], "done");
  clock.turn(1);
  // The second call rendered the same page, so that its own offers are the previous ones now.
  const frames = [await peer.call("Steps#go", [1]), await peer.next()];
  assert.ok(frames.some(([kind, , code]) => kind === "error" && code === "stale"));
});
