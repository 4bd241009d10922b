import assert from "node:assert/strict";
import { App, on, type Operations, ops, Reflex, type Store } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { memory } from "@argyle/argyle/memory";
import { FakeClock } from "@argyle/argyle/testing";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  count?: number;
}

let go: (() => void) | undefined;
let done: string[] = [];
let pushing: Work | undefined;
let wanted: ((operations: Operations) => unknown) | undefined;
let late: Promise<unknown> | undefined;

class Work extends Reflex<Session> {
  async progress() {
    const more = (
      <p id="more">
        {"<i>"}
        <b {...on("click", Work, "more", 1)} />
      </p>
    );
    this.push(ops().textContent("#bar", "1 <b>").addCssClass("#bar", "busy").morph("#more", more));
    await new Promise<void>((resolve) => go = resolve);
    this.push(ops().textContent("#bar", "2"));
    this.push(ops());
    this.session.count = 5;
    return "made";
  }
  async fails() {
    this.push(
      ops().textContent("#bar", "half").setAttribute("#count", "title", "5").setStyle(
        "#more",
        "width",
        "1px",
      ),
    );
    await Promise.resolve();
    throw new Error("no");
  }
  more(by: number) {
    return by;
  }
  never() {
    pushing = this;
    this.session.count = 99;
    const { signal } = this;
    late = new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
    return new Promise(() => {});
  }
  send() {
    const operations = ops();
    wanted!(operations);
    this.push(operations);
  }
  mails() {
    this.session.count = (this.session.count ?? 0) + 1;
    const { id } = this;
    this.afterCommit(async () => {
      await Promise.resolve();
      done.push(`first ${id.split(".")[1]}`);
    });
    this.afterCommit(() => {
      throw new Error("the mail is lost");
    });
    this.afterCommit(() => void done.push("third"));
  }
  mailsAndFails() {
    this.afterCommit(() => void done.push("never"));
    this.abort();
  }
  room() {
    const { room, seat } = this.match("/:room/:seat");
    return [room, seat];
  }
  notes() {
    this.log.info("noted", { more: 1 });
  }
  count() {
    return this.session.count = (this.session.count ?? 0) + 1;
  }
}

const offers = "progress fails never send mails mailsAndFails room notes count".split(" ").map((name) =>
  `click->Work#${name}`
).join(" ");

async function open(path = "/", options: AppOptions<Session> = {}) {
  const log = new MemoryLog();
  const app = new App<Session>({ log, ...options });
  app.reflexes({ Work });
  const Page = ({ session }: { session: Session }) => (
    <main data-reflex={offers}>
      <p id="bar" />
      <p id="more" />
      <output id="count">{session.count ?? 0}</output>
    </main>
  );
  app.page("/", Page).page("/:room/:seat", Page);
  const server = await app.listen({ port: 0 });
  const page = await load(app, path);
  const peer = await Peer.live(server, page);
  return {
    app,
    log,
    server,
    page,
    peer,
    async count() {
      return /id="count">(\d+)</.exec((await load(app, "/", { cookie: page.cookie })).body)?.[1];
    },
    async [Symbol.asyncDispose]() {
      await peer[Symbol.asyncDispose]();
      await server.stop();
    },
  };
}

const names = (frame: readonly unknown[]) => (frame[2] as unknown[][]).map(([name]) => name);

timed(
  "push: leaves at once, before the outcome; behind other markup the render that follows is the whole page",
  async () => {
    await using site = await open();
    site.peer.send(["call", 1, 0, "Work#progress"]);
    assert.deepEqual(await site.peer.next(), ["patch", 1, [
      ["do", "textContent", "#bar", { text: "1 <b>" }],
      ["do", "addCssClass", "#bar", { name: "busy" }],
      ["do", "morph", "#more", {
        html: '<p id="more">&lt;i><b data-reflex="click->Work#more" data-reflex-args="[[1]]"></b></p>',
      }],
    ]]);
    await site.peer.quiet();
    assert.equal(await site.count(), "0");
    go?.();
    assert.deepEqual(await site.peer.next(), ["patch", 2, [["do", "textContent", "#bar", { text: "2" }]]]);
    const last = await site.peer.next();
    assert.deepEqual([last[1], names(last), last[3]], [3, ["head", "body"], [1, "made"]]);
    assert.match(JSON.stringify(last), /<p id=\\"bar\\"><\/p>.*>5</);
  },
);

timed("push: has been seen where the call fails, and is gone with the next render", async () => {
  await using site = await open();
  assert.deepEqual((await site.peer.call("Work#fails"))[2], [
    ["do", "textContent", "#bar", { text: "half" }],
    ["do", "setAttribute", "#count", { name: "title", value: "5" }],
    ["do", "setStyle", "#more", { name: "width", value: "1px" }],
  ]);
  assert.deepEqual((await site.peer.next()).slice(0, 3), ["error", 1, "failed"]);
  site.peer.send(["call", 2, 1, "Work#count"]);
  assert.deepEqual(await site.peer.next(), [
    "patch",
    2,
    [
      ["text", "count", "1"],
      ["morph", "bar", '<p id="bar"></p>'],
      ["attributes", "count", { title: null }],
      ["attributes", "more", { style: null }],
    ],
    [2, 1],
  ]);
  site.peer.send(["call", 3, 2, "Work#count"]);
  assert.deepEqual(await site.peer.next(), ["patch", 3, [["text", "count", "2"]], [3, 2]]);
});

timed("push: offers what is in it", async () => {
  await using site = await open();
  site.peer.send(["call", 1, 0, "Work#progress"]);
  await site.peer.next();
  site.peer.send(["call", 2, 0, "Work#more", [1]]);
  go?.();
  await site.peer.next();
  await site.peer.next();
  assert.deepEqual(await site.peer.next(), ["done", 2, 1]);
});

timed("push: what only a render may write is refused", async () => {
  await using site = await open();
  let n = 0;
  for (
    const [operation, why] of [
      [(ops) => ops.setAttribute("#bar", "ONCLICK", "evil()"), "only a render writes this attribute"],
      [(ops) => ops.setAttribute("#bar", "data-reflex", "click->Work#more"), "only a render writes this"],
      [(ops) => ops.removeAttribute("#bar", "id"), "only a render writes this attribute"],
      [(ops) => ops.setDatasetProperty("#bar", "reflexArgs", "[]"), "only a render writes this attribute"],
      [(ops) => ops.setAttribute("#bar", "a b", "1"), "only a render writes this attribute"],
      [(ops) => ops.setAttribute("#bar", "title", 5 as never), "title is no text"],
      [(ops) => ops.textContent("", "1"), "the selector is an empty text"],
      [(ops) => ops.textContent("#bar", 5 as never), "the text is no text"],
      [(ops) => ops.setProperty("#bar", "innerHTML", "<img>"), "no operation sets this property"],
    ] as [(operations: Operations) => unknown, string][]
  ) {
    wanted = operation;
    assert.deepEqual((await site.peer.call("Work#send")).slice(0, 3), ["error", ++n, "failed"]);
    assert.ok(`${site.log.lines.at(-1)}`.includes(why), site.log.lines.join("\n"));
  }
  wanted = (ops) => ops.setAttribute("#bar", "href", " java\tscript:evil()");
  assert.deepEqual((await site.peer.call("Work#send"))[2], [
    ["do", "setAttribute", "#bar", { name: "href", value: "about:blank#blocked" }],
  ]);
});

timed(
  "time limit: what never ends is a timeout, its signal aborts, and neither then nor later is it kept",
  async () => {
    const clock = new FakeClock();
    await using site = await open("/", { clock });
    site.peer.send(["call", 1, 0, "Work#never"]);
    await site.peer.quiet();
    clock.turn(10_000);
    assert.deepEqual(await site.peer.next(), ["error", 1, "timeout", "It took longer than 10 s."]);
    assert.equal((await late as { code: string }).code, "timeout");
    assert.throws(() => pushing!.push(ops().textContent("#bar", "late")), { code: "timeout" });
    pushing!.session.count = 100;
    assert.equal(await site.count(), "0");
    site.peer.send(["call", 2, 1, "Work#count"]);
    assert.deepEqual((await site.peer.next()).at(-1), [2, 1]);
  },
);

timed(
  "afterCommit: runs once the call is committed, one after another; what fails is in the log",
  async () => {
    done = [];
    await using site = await open();
    assert.deepEqual((await site.peer.call("Work#mails")).at(-1), [1]);
    await site.peer.quiet();
    assert.deepEqual(done, ["first 1", "third"]);
    assert.ok(
      site.log.lines.some((line) =>
        /after a commit failed: the mail is lost .*"target":"Work#mails"/.test(line)
      ),
    );
    site.peer.send(["call", 1, 0, "Work#mails", [], {}]);
    assert.deepEqual(await site.peer.next(), ["done", 1]);
    await site.peer.quiet();
    assert.deepEqual(done, ["first 1", "third"]);
  },
);

timed("afterCommit: not where the call fails, and once where its body has run again", async () => {
  done = [];
  const { store } = memory();
  let refusals = 2;
  const busy: Store = {
    ...store,
    get: (keys) => store.get(keys),
    commit: async (checks, writes) => refusals-- > 0 ? null : await store.commit(checks, writes),
  };
  await using site = await open("/", { store: busy });
  await site.peer.call("Work#mails");
  await site.peer.quiet();
  assert.deepEqual(done, ["first 1", "third"]);
  assert.equal((await site.peer.call("Work#mailsAndFails"))[2], "halted");
  await site.peer.quiet();
  assert.deepEqual(done, ["first 1", "third"]);
});

timed("match: the params of a page with that path, and stale on any other", async () => {
  await using site = await open("/lobby/7");
  assert.deepEqual(await site.peer.call("Work#room"), ["done", 1, ["lobby", "7"]]);
  await using home = await open("/");
  assert.deepEqual(await home.peer.call("Work#room"), ["error", 1, "stale", "This belongs to another page."]);
});

timed("log: its lines name the call", async () => {
  await using site = await open();
  await site.peer.call("Work#notes");
  const line = site.log.lines.find((line) => line.startsWith("info noted"));
  assert.match(`${line}`, /"more":1/);
  assert.match(`${line}`, /"call":"[\w-]+\.1","target":"Work#notes"/);
});
