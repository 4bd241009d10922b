import assert from "node:assert/strict";
import { App, HttpError, Live, on, Reflex, type Schema, type Topic, topic } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { Path } from "@argyle/argyle/protocol";
import { FakeClock } from "@argyle/argyle/testing";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../helpers/peer.ts";

const Room = topic("room/:room", { presence: z.object({ name: z.string() }) });
const lobby = Room({ room: "lobby" });

interface Session {
  name?: string;
  gone?: boolean;
}

class Person extends Reflex<Session> {
  rename(name: string) {
    this.session.name = name;
  }
  go() {
    this.session.gone = true;
  }
  enter() {
    this.login("ann");
  }
}

function make(options: AppOptions<Session> = {}) {
  const log = new MemoryLog(), clock = new FakeClock();
  const app = new App<Session>({ log, clock, ...options });
  const counts = { pages: 0, parts: 0 };
  app.reflexes({ Person });
  // Everybody sees the same; each is somebody in a part of their own.
  app.page("/:room", async ({ params, present }) => {
    counts.pages++;
    const people = await present(Room(params));
    return (
      <main>
        <output id="present">{people.map(({ name }) => name).join()}</output>
        <Live<Session> id="me" topic={[]}>
          {({ session, user, url, join }) => {
            counts.parts++;
            const name = user ?? session.name ?? url.searchParams.get("name") ?? "Guest";
            if (session.gone !== true) join(Room(params), { name });
            return (
              <p>
                <i {...on("click", Person, "rename", "Eve")} />
                <i {...on("click", Person, "go")} />
                <i {...on("click", Person, "enter")} />
              </p>
            );
          }}
        </Live>
      </main>
    );
  }, { key: () => "all" });
  // A page of one person's own that does both.
  app.page("/own/:room", async ({ params, url, present, join }) => {
    counts.pages++;
    join(Room(params), { name: url.searchParams.get("name") ?? "Guest" });
    return <output id="present">{(await present(Room(params))).map(({ name }) => name).join()}</output>;
  });
  // One that only looks.
  app.page("/look/:room", async ({ params, present }) => {
    counts.pages++;
    return <output id="present">{(await present(Room(params))).map(({ name }) => name).join()}</output>;
  });
  return { app, log, clock, counts };
}

const shows = (version: number, names: string) => ["patch", version, [["text", "present", names]]];

/** Closes a socket, and waits until the server has heard of it: from then on, it waits for the page to come back. */
async function leave(peer: Peer, clock: FakeClock): Promise<void> {
  const before = clock.waiting;
  await peer[Symbol.asyncDispose]();
  while (clock.waiting === before) await new Promise((resolve) => setTimeout(resolve, 0));
  assert.equal(clock.waiting, before + 1);
}

timed("present: who comes is there, in that order; who has gone for a second is not", async () => {
  const { app, clock, counts } = make();
  await using server = await app.listen({ port: 0 });
  const page = await load(app, "/lobby?name=Ann");
  assert.match(page.body, /<output id="present"><\/output>/); // not from the GET
  await using ann = await Peer.live(server, page);
  assert.deepEqual(await ann.next(), shows(1, "Ann"));
  const bob = await Peer.live(server, await load(app, "/lobby?name=Bob"));
  assert.deepEqual(await ann.next(), shows(2, "Ann,Bob"));
  assert.deepEqual(await bob.next(), shows(1, "Ann,Bob"));
  await using own = await Peer.live(server, await load(app, "/own/lobby?name=Cid"));
  for (const [peer, version] of [[ann, 3], [bob, 2], [own, 1]] as const) {
    assert.deepEqual(await peer.next(), shows(version, "Ann,Bob,Cid"));
  }
  await leave(bob, clock);
  clock.turn(999);
  await ann.quiet();
  clock.turn(1);
  assert.deepEqual(await ann.next(), shows(4, "Ann,Cid"));
  assert.deepEqual(await own.next(), shows(2, "Ann,Cid"));
  assert.match((await load(app, "/lobby")).body, />Ann,Cid</);
  assert.match((await load(app, "/attic")).body, /<output id="present"><\/output>/);
  assert.equal(counts.parts, 4);
});

timed("present: one who comes is one render of a page that many share", async () => {
  const { app, counts } = make();
  await using server = await app.listen({ port: 0 });
  const peers: Peer[] = [];
  for (let n = 0; n < 10; n++) {
    peers.push(await Peer.live(server, await load(app, `/lobby?name=${n}`)));
    for (const peer of peers) assert.equal((await peer.next())[0], "patch");
  }
  assert.deepEqual(counts, { pages: 11, parts: 10 });
  for (const peer of peers) await peer.quiet();
  assert.equal(
    new Set(peers.map(({ texts }) => texts.filter((text) => text.includes("present")).at(-1))).size,
    10,
  );
  for (const peer of peers) await peer[Symbol.asyncDispose]();
});

timed("present: many who come at once are few renders", async () => {
  const { app, counts } = make();
  await using server = await app.listen({ port: 0 });
  await using watch = await Peer.live(server, await load(app, "/look/lobby"));
  const pages = await Promise.all(Array.from({ length: 50 }, (_, n) => load(app, `/lobby?name=${n}`)));
  const peers = await Promise.all(pages.map(({ cookie }) => Peer.connect(server, { cookie })));
  const before = counts.pages;
  pages.forEach((page, n) => peers[n]!.hello(page));
  for (let shown = ""; shown.split(",").length < 50;) {
    const [, , [[, , text]]] = await watch.next() as [string, number, [[string, string, string]]];
    shown = text;
  }
  assert.ok(counts.pages - before <= 60, `${counts.pages - before} renders`);
  for (const peer of peers) await peer[Symbol.asyncDispose]();
});

timed("present: only those who come and go wake a page, not what is published", async () => {
  const { app, counts } = make();
  let published = 0;
  app.page("/news/:room", ({ params, subscribe }) => {
    subscribe(Room(params));
    return <b id="n">{published}</b>;
  });
  await using server = await app.listen({ port: 0 });
  await using look = await Peer.live(server, await load(app, "/look/lobby"));
  await using news = await Peer.live(server, await load(app, "/news/lobby"));
  published++;
  await app.publish(lobby);
  assert.deepEqual(await news.next(), ["patch", 1, [["text", "n", "1"]]]);
  await look.quiet();
  await using ann = await Peer.live(server, await load(app, "/own/lobby?name=Ann"));
  assert.deepEqual(await look.next(), shows(1, "Ann"));
  assert.deepEqual(await ann.next(), shows(1, "Ann"));
  await news.quiet();
  assert.equal(counts.pages, 4);
});

for (const path of ["/lobby", "/own/lobby"]) {
  timed(`join: a reload and a cut socket are no coming and going (${path})`, async () => {
    const { app, clock, counts } = make();
    await using server = await app.listen({ port: 0 });
    await using look = await Peer.live(server, await load(app, "/look/lobby"));
    const page = await load(app, `${path}?name=Bob`);
    const bob = await Peer.live(server, page);
    assert.deepEqual(await look.next(), shows(1, "Bob"));
    await bob.next();
    const { pages } = counts;
    await leave(bob, clock);
    clock.turn(900);
    // The same page on another socket.
    const again = await Peer.live(server, page, { version: 1 });
    clock.turn(5000);
    await look.quiet();
    await leave(again, clock);
    clock.turn(900);
    // The page loaded again.
    const reload = await load(app, `${path}?name=Bob`, { cookie: page.cookie });
    assert.match(reload.body, />Bob</);
    const last = await Peer.live(server, reload);
    clock.turn(5000);
    await look.quiet();
    await last.quiet();
    assert.equal(counts.pages - pages, path === "/lobby" ? 0 : 1);
    await leave(last, clock);
    clock.turn(1000);
    assert.deepEqual(await look.next(), shows(2, ""));
  });
}

timed("join: a person in two tabs is one, gone with the last of them", async () => {
  const { app, clock } = make();
  await using server = await app.listen({ port: 0 });
  await using look = await Peer.live(server, await load(app, "/look/lobby"));
  const page = await load(app, "/lobby?name=Ann");
  const one = await Peer.live(server, page);
  assert.deepEqual(await look.next(), shows(1, "Ann"));
  const other = await load(app, "/lobby?name=Annie", { cookie: page.cookie });
  const two = await Peer.live(server, other);
  assert.deepEqual(await look.next(), shows(2, "Annie")); // the last word
  await leave(one, clock);
  clock.turn(1000);
  await look.quiet();
  await leave(two, clock);
  clock.turn(1000);
  assert.deepEqual(await look.next(), shows(3, ""));
});

timed(
  "join: other data takes the place of the old; a render that does not join any more has left",
  async () => {
    const { app, counts } = make();
    await using server = await app.listen({ port: 0 });
    await using ann = await Peer.live(server, await load(app, "/lobby?name=Ann"));
    assert.deepEqual(await ann.next(), shows(1, "Ann"));
    await using bob = await Peer.live(server, await load(app, "/lobby?name=Bob"));
    assert.deepEqual(await ann.next(), shows(2, "Ann,Bob"));
    await bob.next();
    const { pages } = counts;
    assert.deepEqual(await ann.call("Person#rename", ["Eve"]), ["done", 1]);
    assert.deepEqual(await ann.next(), shows(3, "Eve,Bob")); // where she stood
    assert.deepEqual(await bob.next(), shows(2, "Eve,Bob"));
    assert.equal(counts.pages, pages + 1);
    assert.deepEqual(await ann.call("Person#go"), ["done", 2]);
    assert.deepEqual(await ann.next(), shows(4, "Bob")); // at once
    assert.deepEqual(await bob.next(), shows(3, "Bob"));
  },
);

timed("join: who comes back after a while is shown as they are now, not as they were", async () => {
  const { app, clock } = make();
  let held = Promise.resolve();
  app.page("/slow/:room", async ({ params, session, join }) => {
    await held;
    join(Room(params), { name: session.name ?? "Ann" });
    return <b {...on("click", Person, "rename", "Eve")}>{session.name}</b>;
  });
  await using server = await app.listen({ port: 0 });
  await using look = await Peer.live(server, await load(app, "/look/lobby"));
  const page = await load(app, "/slow/lobby");
  const one = await Peer.live(server, page);
  assert.deepEqual(await look.next(), shows(1, "Ann"));
  await using two = await Peer.live(server, await load(app, "/slow/lobby", { cookie: page.cookie }));
  await leave(one, clock);
  clock.turn(1000);
  await two.call("Person#rename", ["Eve"]);
  assert.deepEqual(await look.next(), shows(2, "Eve"));
  const { promise, resolve } = Promise.withResolvers<void>();
  held = promise;
  await using again = await Peer.live(server, page);
  for (let turn = 0; turn < 3; turn++) await look.quiet(); // nobody is Ann again while she is rendered
  resolve();
  assert.equal((await again.next())[0], "patch");
  await look.quiet();
});

timed(
  "join: all the sockets that a session may have are one person; of too many, the first are listed",
  async () => {
    const { app, clock } = make({ limits: { presence: 2 } });
    await using server = await app.listen({ port: 0 });
    await using look = await Peer.live(server, await load(app, "/look/lobby"));
    const { cookie } = await load(app);
    const tabs: Peer[] = [];
    for (let n = 0; n < 20; n++) {
      tabs.push(
        await Peer.live(server, await load(app, "/lobby?name=Ann", { cookie })),
      );
    }
    assert.deepEqual(await look.next(), shows(1, "Ann"));
    await assert.rejects(Peer.live(server, await load(app, "/lobby?name=Ann", { cookie })));
    await look.quiet();
    const bob = await Peer.live(server, await load(app, "/lobby?name=Bob"));
    assert.deepEqual(await look.next(), shows(2, "Ann,Bob"));
    const { waiting } = clock; // nobody is away
    const cid = await Peer.live(server, await load(app, "/lobby?name=Cid"));
    for (let turn = 0; turn < 3; turn++) await look.quiet();
    for (const tab of tabs) await tab[Symbol.asyncDispose]();
    let heard: unknown;
    void look.next().then((frame) => heard = frame);
    while (heard === undefined) { // until the server has heard of the last of them
      await new Promise((resolve) => setTimeout(resolve, 0));
      clock.turn(1000);
    }
    assert.deepEqual(heard, shows(3, "Bob,Cid")); // moved up
    await leave(bob, clock);
    clock.turn(1000);
    assert.deepEqual(await look.next(), shows(4, "Cid"));
    await leave(cid, clock);
    clock.turn(1000);
    assert.deepEqual(await look.next(), shows(5, ""));
    assert.equal(clock.waiting, waiting); // nothing is left
  },
);

timed("join: a login makes the guest somebody, once", async () => {
  const { app, clock } = make();
  await using server = await app.listen({ port: 0 });
  await using look = await Peer.live(server, await load(app, "/look/lobby"));
  const page = await load(app, "/lobby?name=Guest");
  await using guest = await Peer.live(server, page);
  assert.deepEqual(await look.next(), shows(1, "Guest"));
  await guest.next();
  guest.send(["call", 1, 0, "Person#enter"]);
  let ticket: unknown;
  while (ticket === undefined) {
    const [name, value] = await guest.next();
    if (name === "ticket") ticket = value;
  }
  const response = await app.fetch(
    new Request(`http://127.0.0.1${Path.ticket}`, {
      method: "POST",
      headers: { cookie: page.cookie, "content-type": "text/plain", "sec-fetch-site": "same-origin" },
      body: String(ticket),
    }),
  );
  assert.equal(response.status, 204);
  assert.deepEqual(await look.next(), shows(2, "")); // that session is over, whatever its sockets do
  const cookie = response.headers.get("set-cookie")!.split(";")[0]!;
  await using ann = await Peer.live(server, await load(app, "/lobby", { cookie }));
  assert.deepEqual(await look.next(), shows(3, "ann"));
  clock.turn(5000);
  await look.quiet();
  await ann.next();
});

timed("join: a user who is logged in on two machines is one person", async () => {
  const { app } = make();
  app.page("/login/now", () => <i {...on("click", Person, "enter")} />);
  await using server = await app.listen({ port: 0 });
  await using look = await Peer.live(server, await load(app, "/look/lobby"));
  const peers: Peer[] = [];
  for (const n of [1, 2]) {
    const page = await load(app, "/login/now");
    await using peer = await Peer.live(server, page);
    peer.send(["call", 1, 0, "Person#enter"]);
    let heard = await peer.next();
    while (heard[0] !== "ticket") heard = await peer.next();
    const headers = { cookie: page.cookie, "content-type": "text/plain", "sec-fetch-site": "same-origin" };
    const { headers: answer } = await app.fetch(
      new Request(`http://127.0.0.1${Path.ticket}`, { method: "POST", headers, body: String(heard[1]) }),
    );
    const cookie = answer.get("set-cookie")!.split(";")[0]!;
    peers.push(await Peer.live(server, await load(app, "/lobby", { cookie })));
    if (n === 1) assert.deepEqual(await look.next(), shows(1, "ann"));
  }
  await look.quiet();
  for (const peer of peers) await peer[Symbol.asyncDispose]();
});

timed("join: who only comes by GET, or holds a socket without a page, is not there", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  await using look = await Peer.live(server, await load(app, "/look/lobby"));
  const { cookie } = await load(app, "/own/lobby?name=Ann");
  await using silent = await Peer.connect(server, { cookie });
  await silent.quiet();
  await look.quiet();
  assert.match((await load(app, "/look/lobby")).body, /<output id="present"><\/output>/);
});

timed("join: a right that has gone ends it, also where the browser stays", async () => {
  let open = true;
  const asked: string[] = [];
  const Club = topic("club", {
    presence: z.object({ name: z.string() }),
    authorize: ({ verb }) => {
      asked.push(verb);
      return verb === "subscribe" || open;
    },
  });
  const { app, clock } = make();
  app.page("/club/look", async ({ present }) => <b id="present">{(await present(Club())).length}</b>);
  app.page("/club/in", ({ join, subscribe }) => {
    subscribe(lobby);
    join(Club(), { name: "Ann" });
    return <b>in</b>;
  });
  await using server = await app.listen({ port: 0 });
  await using look = await Peer.live(server, await load(app, "/club/look"));
  assert.deepEqual([...new Set(asked)], ["subscribe"]);
  const page = await load(app, "/club/in"), late = await load(app, "/club/in");
  await using ann = await Peer.live(server, page);
  assert.deepEqual(await look.next(), shows(1, "1"));
  open = false;
  assert.equal((await load(app, "/club/in")).response.status, 403);
  await using stranger = await Peer.connect(server, { cookie: late.cookie });
  stranger.hello(late); // rendered while it was open
  assert.deepEqual(await stranger.next(), ["resync", "left"]);
  await app.publish(lobby);
  assert.deepEqual(await ann.next(), ["resync", "left"]);
  clock.turn(1000);
  assert.deepEqual(await look.next(), shows(2, "0"));
  await ann.quiet();
});

timed(
  "present: who may not subscribe is not shown who is there, also in a page that many share",
  async () => {
    let open = true;
    const Club = topic("club", { presence: z.object({ name: z.string() }), authorize: () => open });
    const { app } = make();
    app.page("/club/look", async ({ present }) => <b id="present">{(await present(Club())).length}</b>, {
      key: () => "all",
    });
    app.page("/club/in", ({ join }) => {
      join(Club(), { name: "Ann" });
      return <b>in</b>;
    });
    await using server = await app.listen({ port: 0 });
    const page = await load(app, "/club/look"), late = await load(app, "/club/look");
    await using look = await Peer.live(server, page);
    await using _in = await Peer.live(server, await load(app, "/club/in"));
    assert.deepEqual(await look.next(), shows(1, "1"));
    open = false;
    assert.equal((await load(app, "/club/look")).response.status, 403);
    await using stranger = await Peer.connect(server, { cookie: late.cookie });
    stranger.hello(late);
    assert.deepEqual(await stranger.next(), ["resync", "left"]);
  },
);

timed("join: an authorize that knows subscribe alone lets people look, and nobody in", async () => {
  const Shop = topic("shop", {
    presence: z.object({ name: z.string() }),
    authorize: ({ verb }) => verb === "subscribe",
  });
  const app = new App();
  app.page("/look", async ({ present }) => <b>{(await present(Shop())).length}</b>);
  app.page("/in", ({ join }) => {
    join(Shop(), { name: "Ann" });
    return <b />;
  });
  const Mine = topic("desk/:user", { presence: z.object({ name: z.string() }) });
  app.page("/desk/:user", async ({ params, present }) => <b>{(await present(Mine(params))).length}</b>);
  assert.equal((await load(app, "/look")).response.status, 200);
  assert.equal((await load(app, "/in")).response.status, 403);
  assert.equal((await load(app, "/desk/ann")).response.status, 403); // hers alone
});

const slow: Schema<{ name: string }, { name: string }> = {
  "~standard": {
    version: 1,
    vendor: "test",
    validate: async (value) => {
      await Promise.resolve();
      const { name } = value as { name: string };
      return name === "" ? { issues: [{ message: "A name, please", path: ["name"] }] } : { value: { name } };
    },
  },
};

timed("join: what cannot be is an error that says so", async () => {
  const Items = topic("items")() as unknown as Topic<{ name: string }>;
  const Slow = topic("slow", { presence: slow });
  const Loose = topic("loose", { presence: z.any() as unknown as Schema<object, object> });
  const { app, log } = make({ limits: { topics: 2, presenceData: 20 } });
  const wrong: Record<string, [(join: (topic: Topic<object>, data: object) => void) => void, RegExp]> = {
    items: [(join) => join(Items, { name: "Ann" }), /Cannot join items: the topic has no presence\./],
    schema: [(join) => join(lobby, { name: 1 }), /Cannot join room\/lobby: name: /],
    later: [(join) => join(Slow(), { name: "" }), /Cannot join slow: name: A name, please/],
    large: [
      (join) => join(lobby, { name: "é".repeat(5) }),
      /Cannot join room\/lobby: what a person is shown as has 21 bytes of at most 20 \(limits\.presenceData\)\./,
    ],
    json: [(join) => join(Loose(), { n: NaN }), /Cannot write NaN as JSON/],
    many: [
      (join) => ["a", "b", "a", "c"].forEach((room) => join(Room({ room }), { name: room })),
      /Cannot join room\/c: a page joins at most 2 topics\./,
    ],
  };
  for (const [name, [run]] of Object.entries(wrong)) {
    app.page(`/wrong/${name}`, ({ join }) => {
      run(join);
      return <b />;
    });
  }
  for (const [name, [, message]] of Object.entries(wrong)) {
    log.lines.length = 0;
    assert.equal((await load(app, `/wrong/${name}`)).response.status, 500, name);
    assert.match(log.lines.join(), message);
  }
  app.page("/try/asks", async ({ present }) => <b>{(await present(Items)).length}</b>);
  app.page("/try/cached", async ({ present }) => <b>{(await present(lobby)).length}</b>, { cache: "public" });
  for (
    const [path, message] of [
      ["/try/asks", /Cannot ask who is on items: the topic has no presence\./],
      ["/try/cached", /Cannot ask who is present in a page with `cache`/],
    ] as const
  ) {
    log.lines.length = 0;
    assert.equal((await load(app, path)).response.status, 500);
    assert.match(log.lines.join(), message);
  }
});

timed("join: not in what everybody is given", async () => {
  const { app, log } = make();
  app.page("/try/shared", (context) => {
    (context as unknown as { join: unknown }).join;
    return <b />;
  }, { key: () => "all" });
  app.page(
    "/try/load",
    async ({ load, join }) => {
      await load.shared("x", () => join(lobby, { name: "Ann" }));
      return <b />;
    },
  );
  for (
    const [path, message] of [["/try/shared", /Cannot read join/], [
      "/try/load",
      /Cannot read join\(\)/,
    ]] as const
  ) {
    log.lines.length = 0;
    assert.equal((await load(app, path)).response.status, 500);
    assert.match(log.lines.join(), message);
  }
});

timed("join: a schema may take its time, and the last word of a render counts", async () => {
  const Slow = topic("slow", { presence: slow });
  const { app } = make();
  app.page("/slow/in", ({ join }) => {
    join(Slow(), { name: "first" });
    join(Slow(), { name: "<b>&last</b>" });
    return <b>in</b>;
  });
  app.page(
    "/slow/look",
    async ({ present }) => <b id="present">{(await present(Slow()))[0]?.name ?? "none"}</b>,
  );
  await using server = await app.listen({ port: 0 });
  await using look = await Peer.live(server, await load(app, "/slow/look"));
  await using _in = await Peer.live(server, await load(app, "/slow/in"));
  assert.deepEqual(await look.next(), shows(1, "<b>&last</b>")); // a text, whatever it says
  assert.match((await load(app, "/slow/look")).body, /&lt;b>&amp;last&lt;\/b>/);
});

timed("present: what is shown cannot be written to", async () => {
  const { app, log } = make();
  app.page("/try/write", async ({ present }) => {
    const [first] = await present(lobby);
    (first as { name: string }).name = "Eve";
    return <b />;
  });
  await using server = await app.listen({ port: 0 });
  await using ann = await Peer.live(server, await load(app, "/own/lobby?name=Ann"));
  assert.deepEqual(await ann.next(), shows(1, "Ann"));
  assert.equal((await load(app, "/try/write")).response.status, 500);
  assert.match(log.lines.join(), /read only/);
});

timed(
  "present: on the socket of an isolate that has not rendered the page they are there too",
  async () => {
    const engine = memory(), secrets = ["0123456789abcdefghijklmnopqrstuvwxyz"];
    const before = make({ ...engine, secrets }).app, after = make({ ...engine, secrets }).app;
    for (const app of [before, after]) {
      app.page("/in/only", ({ join }) => {
        join(lobby, { name: "Ann" });
        return <b>in</b>;
      });
    }
    const page = await load(before, "/in/only");
    await using server = await after.listen({ port: 0 });
    await using look = await Peer.live(server, await load(after, "/look/lobby"));
    await using _peer = await Peer.live(server, page);
    assert.deepEqual(await look.next(), shows(1, "Ann"));
  },
);

timed("present: a page that left when it joined is answered as it says", async () => {
  const { app } = make();
  app.page("/left/now", ({ join }) => {
    join(lobby, { name: "Ann" });
    throw new HttpError(410, "Gone");
  });
  assert.equal((await load(app, "/left/now")).response.status, 410);
});
