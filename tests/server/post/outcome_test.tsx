import assert from "node:assert/strict";
import { action, App, HttpError, Live, on, redirect, Reflex, topic } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";
import { actionOf, PlainBrowser } from "../../helpers/plain.ts";

interface Session {
  notes?: string[];
}

const Board = topic("board");

const Note = z.object({
  text: z.string().min(1, "Say something"),
  kind: z.enum(["a", "b"], "Choose one").default("a"),
  tags: z.array(z.string()).default([]),
  secret: z.string().optional(),
});

class Notes extends Reflex<Session> {
  add = action(Note, ({ text, tags }) => {
    if (text === "rude") this.invalid({ text: "Be nice" });
    if (text === "stop") this.abort("Not today");
    if (text === "gone") throw new HttpError(410, "It is gone for good");
    if (text === "bug") throw new Error("canary");
    if (text === "away") this.redirect("/away");
    (this.session.notes ??= []).push([text, ...tags].join("+"));
    this.flash("done", `Noted ${text}`);
    this.publish(Board());
    this.ops.setFocus("#nothing");
    ran.push(text);
    this.afterCommit(() => void after.push(`${text} ${typeof this.id}`));
  });
  rename(from: string) {
    this.session.notes = (this.session.notes ?? []).map((note) =>
      note === from ? this.fields.get("to").text(20) : note
    );
  }
  enter(name: string) {
    this.login(name);
    this.redirect("/away");
  }
  leave() {
    this.logout();
    this.flash("done", "Bye");
  }
  grant() {
    this.forbid("Only for members");
  }
  data() {
    (this.session.notes ??= []).push(this.element.dataset("row").text(9));
  }
  slow() {
    return new Promise<void>(() => {});
  }
}

const ran: string[] = [], after: string[] = [];

function make(options: AppOptions<Session> = {}) {
  const log = new MemoryLog();
  const app = new App<Session>({ log, ...options });
  app.reflexes({ Notes });
  app.page("/", ({ session, flash, form, user, subscribe, query }) => {
    subscribe(Board());
    const add = form(Notes, "add");
    return (
      <main>
        {flash.map(({ kind, text }) => <p key={kind} id={kind}>{text}</p>)}
        <output>{user ?? "nobody"} {query.get("q")} {(session.notes ?? []).join(",")}</output>
        <form {...add}>
          <input {...add.field("text")} value="" /> {add.error("text")}
          <select name="kind">
            <option value="a">A</option>
            <option value="b">B</option>
          </select>
          {add.error("kind")}
          <input type="checkbox" name="tags[]" value="x" />
          <input type="checkbox" name="tags[]" value="y" checked />
          <input type="password" name="secret" />
          <textarea name="more" />
        </form>
        {(session.notes ?? []).map((note) => (
          <form key={note} id={`rename-${note.replace(/\W/g, "")}`} {...on("submit", Notes, "rename", note)}>
            <input name="to" />
          </form>
        ))}
        <form id="enter" {...on("submit", Notes, "enter", "ann")} />
        <form id="leave" {...on("submit", Notes, "leave")} />
        <form id="grant" {...on("submit", Notes, "grant")} />
        <form id="data" data-row="7" data-reflex="submit->Notes#data" />
        <form id="slow" data-reflex="submit->Notes#slow" />
      </main>
    );
  });
  app.page(
    "/away",
    ({ user, flash }) => (
      <main>away {user ?? "nobody"} {flash.map(({ kind, text }) => <b key={kind} id={kind}>{text}</b>)}</main>
    ),
  );
  return { app, log };
}

timed("post: a call commits once and leads to its page, which says what it was told to", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  ran.length = after.length = 0;
  const answer = await ann.submit("/", '<form id="form-add"', [["text", "one"], ["tags[]", "x"], [
    "tags[]",
    "z",
  ]]);
  assert.deepEqual([answer.status, answer.location, answer.html], [303, "/", ""]);
  assert.equal(answer.headers.get("cache-control"), "private, no-store");
  const { body } = await ann.follow(answer);
  assert.ok(body.includes('<p id="done">Noted one</p>'), body);
  assert.ok(body.includes("one+x+z</output>"), body);
  assert.deepEqual([ran, after], [["one"], ["one string"]]);
  // Shown once.
  assert.ok(!(await ann.ask("/")).body.includes("Noted"));
});

timed("post: two posts are two calls, side by side, and none is lost", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  const { html } = await ann.ask("/");
  const action = actionOf(html, '<form id="form-add"');
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, i) => ann.post(action, [["text", `n${i}`]])),
  );
  assert.deepEqual(answers.map(({ status }) => status), Array(6).fill(303));
  const said = /<output>nobody {2}(.*?)<\/output>/.exec((await ann.ask("/")).body)?.[1]?.split(",");
  assert.deepEqual(said?.toSorted(), ["n0", "n1", "n2", "n3", "n4", "n5"]);
});

timed("post: others who look on are shown it", async () => {
  const { app } = make();
  app.page("/board", async ({ load }) => <p id="n">{await load(Board(), () => ran.length)}</p>);
  ran.length = 0;
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app, "/board", { origin: server.url }));
  const ann = new PlainBrowser(app, server.url);
  const { html } = await ann.ask("/");
  await ann.post(actionOf(html, '<form id="form-add"'), [["text", "one"]]);
  assert.deepEqual(await peer.next(), ["patch", 1, [["text", "n", "1"]]]);
});

timed("post: what the schema refuses stands at its field, and what was written is kept", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  const { status, body, headers } = await ann.submit("/", '<form id="form-add"', [
    ["text", ""],
    ["kind", "b"],
    ["tags[]", "x"],
    ["secret", "hunter2"],
    ["more", '\n<b>"&'],
  ]);
  assert.equal(status, 422);
  assert.match(headers.get("content-security-policy") ?? "", /nonce-/);
  assert.ok(
    body.includes('<span id="form-add-text-error" class="field-error" role="alert">Say something'),
    body,
  );
  assert.ok(body.includes('aria-invalid="true"'));
  assert.ok(body.includes('<option value="a">A</option><option value="b" selected>B</option>'), body);
  assert.ok(/<input type="checkbox" name="tags\[\]" value="x" checked\/?>/.test(body), body);
  assert.ok(/<input type="checkbox" name="tags\[\]" value="y"\/?>/.test(body), body);
  assert.ok(body.includes('<textarea name="more">\n\n&lt;b>&quot;&amp;</textarea>'), body);
  assert.ok(!body.includes("hunter2"));
  // And the page works on: the next one is taken, without what was wrong.
  const next = await ann.post(actionOf(body, '<form id="form-add"'), [["text", "mended"]]);
  assert.ok((await ann.follow(next)).body.includes("mended</output>"));
});

timed(
  "post: what was written in one of several rows is in that one again, and the others are as they were",
  async () => {
    const app = new App({ log: new MemoryLog() });
    class Rows extends Reflex {
      save = action(z.object({ id: z.string(), title: z.string().min(3, "Say more") }), () => {});
    }
    app.reflexes({ Rows });
    const rows = ["1", "2", "3"];
    app.page("/", ({ flash }) => (
      <main>
        {flash.map(({ text }) => text)}
        {rows.map((id) => (
          <form data-reflex="submit->Rows#save">
            <input type="hidden" name="id" value={id} />
            <input name="title" value={`Row ${id}`} />
            <input type="checkbox" name="done" checked />
          </form>
        ))}
      </main>
    ));
    const ann = new PlainBrowser(app);
    await ann.ask("/");
    const { status, body } = await ann.post("/?$reflex=Rows.save", [["id", "2"], ["title", "x"]]);
    assert.equal(status, 422);
    assert.deepEqual(Array.from(body.matchAll(/name="title" value="([^"]*)"/g), ([, value]) => value), [
      "Row 1",
      "x",
      "Row 3",
    ]);
    assert.equal(body.match(/ checked/g)?.length, 2);
  },
);

timed("post: so does what the action itself says of its input", async () => {
  const { app } = make();
  const { status, body } = await new PlainBrowser(app).submit("/", '<form id="form-add"', [["text", "rude"]]);
  assert.equal(status, 422);
  assert.ok(body.includes(">Be nice</span>"), body);
  assert.ok(/<input name="text" id="form-add-text" aria-invalid="true"[^>]* value="rude"/.test(body), body);
});

timed("post: whoever is stopped is told so by the page, and nothing has happened", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  for (
    const [tag, text, status, said] of [
      ['<form id="form-add"', "stop", 409, "Not today"],
      ['<form id="form-add"', "gone", 410, "It is gone for good"],
      ['<form id="grant"', "", 403, "Only for members"],
    ] as const
  ) {
    const answer = await ann.submit("/", tag, [["text", text]]);
    assert.equal(answer.status, status);
    assert.ok(answer.body.includes(`<p id="error">${said}</p>`), answer.body);
    assert.ok(answer.body.includes(`value="${text}"`) || text === "");
    assert.ok(!(await ann.ask("/")).body.includes(said), "it was said once");
  }
});

timed("post: a page that shows no messages leaves that to the page for errors", async () => {
  const { app } = make();
  app.page("/plain", () => (
    <main>
      <form {...on("submit", Notes, "grant")} />
      <form data-reflex="submit->Notes#add" />
    </main>
  ));
  const ann = new PlainBrowser(app);
  const answer = await ann.submit("/plain", "<form");
  assert.equal(answer.status, 403);
  assert.ok(answer.html.includes("Only for members"), answer.html);
  const invalid = await ann.post("/plain?$reflex=Notes.add", [["text", ""]]);
  assert.equal(invalid.status, 422);
  assert.ok(invalid.html.includes("text: Say something"), invalid.html);
  app.onError(({ error }) => <h1>{error.status} {error.message}</h1>);
  const own = await ann.submit("/plain", "<form");
  assert.equal(own.status, 403);
  assert.ok(own.html.includes("<h1>403 Only for members</h1>"), own.html);
});

timed("post: a fault is an error page with a reference, and a line of the log", async () => {
  const { app, log } = make();
  const { status, html } = await new PlainBrowser(app).submit("/", '<form id="form-add"', [["text", "bug"]]);
  assert.equal(status, 500);
  const [reference] = /Reference [\w-]+/.exec(html) ?? [];
  assert.ok(reference !== undefined && !html.includes("canary"), html);
  const lines = log.lines.filter((line) => line.includes("canary"));
  assert.equal(lines.length, 1, log.lines.join("\n"));
});

timed(
  "post: fields are as a script would tell them: the button's among them, lines as long as they were",
  async () => {
    const { app } = make();
    const ann = new PlainBrowser(app);
    const answer = await ann.submit("/", '<form id="form-add"', [["text", "a\r\nb\rc"], [
      "tags[]",
      "button",
    ]]);
    assert.equal(answer.status, 303);
    assert.deepEqual(ran.at(-1), "a\nb\rc");
    assert.ok((await ann.follow(answer)).body.includes("a\nb\rc+button</output>"));
  },
);

timed("post: redirect() leads there", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  const answer = await ann.submit("/", '<form id="form-add"', [["text", "away"]]);
  assert.equal(answer.location, "/away");
  assert.ok((await ann.follow(answer)).body.includes(">Noted away</b>"));
});

timed(
  "post: a login renews the session with the answer, and a logout leaves nothing but its message",
  async () => {
    const { app } = make();
    const ann = new PlainBrowser(app);
    await ann.submit("/", '<form id="form-add"', [["text", "mine"]]);
    const before = ann.cookie;
    const answer = await ann.submit("/", '<form id="enter"');
    assert.equal(answer.headers.getSetCookie().length, 1);
    assert.notEqual(ann.cookie, before);
    assert.ok((await ann.follow(answer)).body.includes("away ann"));
    assert.ok((await ann.ask("/")).body.includes("ann  mine"), "its values go along");
    // The old name is worth nothing.
    assert.ok((await ann.ask("/", { headers: { cookie: before } })).body.includes("nobody"));
    const left = await ann.submit("/", '<form id="leave"');
    const { body } = await ann.follow(left);
    assert.ok(body.includes("nobody  </output>") && body.includes("Bye"), body);
  },
);

timed("post: the query of the page is put back, as the browser says that it was", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  const first = await ann.submit("/?q=a%20b", '<form id="form-add"', [["text", "one"]]);
  assert.deepEqual([first.status, first.location], [307, "/?q=a%20b&$reflex=Notes.add"]);
  const referer = "http://127.0.0.1/?q=a%20b";
  const second = await ann.post(first.location!, [["text", ""]], { referer });
  assert.equal(second.status, 422);
  assert.ok(second.body.includes("nobody a b"), second.body);
  // From there, the query is in the address that the form stands on.
  const again = await ann.post("/?$reflex=Notes.add", [["text", "one"]], {
    referer: `http://127.0.0.1${first.location}`,
  });
  assert.deepEqual([again.status, again.location], [307, first.location]);
  const done = await ann.post(again.location!, [["text", "one"]], { referer });
  assert.deepEqual([done.status, done.location], [303, "/?q=a%20b"]);
  // Of another page, or of another site, it says nothing.
  for (const elsewhere of ["http://127.0.0.1/away?q=1", "http://evil.test/?q=1", "nonsense"]) {
    const answer = await ann.post("/?$reflex=Notes.add", [["text", "x"]], { referer: elsewhere });
    assert.deepEqual([answer.status, answer.location], [303, "/"]);
  }
});

timed("post: the form's own attributes are read from the page", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  const answer = await ann.submit("/", '<form id="data"', [["row", "9"]]);
  assert.ok((await ann.follow(answer)).body.includes("nobody  7</output>"));
});

timed("post: arguments are the ones that the page offers", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  await ann.submit("/", '<form id="form-add"', [["text", "one"]]);
  const answer = await ann.submit("/", '<form id="rename-one"', [["to", "two"]]);
  assert.ok((await ann.follow(answer)).body.includes("nobody  two</output>"));
});

timed("post: a page that is left is left, and middleware stands before it", async () => {
  const { app } = make();
  let open = false;
  app.page("/left", () => open ? <form data-reflex="submit->Notes#grant" /> : redirect("/away"));
  app.use(({ url, request }, next) => {
    if (url.searchParams.has("$reflex")) throw new Error("it sees the page's own address");
    return request.headers.has("x-out") ? redirect("/out") : next();
  });
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  assert.equal((await ann.post("/left?$reflex=Notes.grant")).location, "/away");
  open = true;
  ran.length = 0;
  const out = await ann.post("/?$reflex=Notes.add", [["text", "x"]], { "x-out": "1" });
  assert.deepEqual([out.location, ran], ["/out", []]);
});

timed("post: under a base, with attributes of one's own", async () => {
  const { app } = make({ base: "/live", attributes: { reflex: "data-sr" } });
  const ann = new PlainBrowser(app);
  const answer = await ann.submit("/live/", '<form id="form-add"', [["text", "one"]]);
  assert.equal(answer.location, "/live/");
  assert.ok((await ann.follow(answer)).body.includes("one</output>"));
});

timed("post: in a private part of a page that many share", async () => {
  const { app } = make();
  app.page("/room/:room", ({ params }) => (
    <main>
      <h1>{params.room}</h1>
      <Live<Session> topic={Board()}>
        {({ session, form }) => (
          <form {...form(Notes, "add")}>
            <input name="text" value="" /> {form(Notes, "add").error("text")}
            <output>{(session.notes ?? []).join(",")}</output>
          </form>
        )}
      </Live>
    </main>
  ), { key: ({ params }) => params.room });
  const ann = new PlainBrowser(app);
  const wrong = await ann.submit("/room/a", "<form", [["text", ""]]);
  assert.equal(wrong.status, 422);
  assert.ok(wrong.body.includes("Say something"), wrong.body);
  const answer = await ann.submit("/room/a", "<form", [["text", "one"]]);
  assert.equal(answer.location, "/room/a");
  assert.ok((await ann.follow(answer)).body.includes("<output>one</output>"));
  assert.ok(!(await new PlainBrowser(app).ask("/room/a")).body.includes("one"));
});

timed("post: a call that takes too long is ended", async () => {
  const { app } = make({ limits: { reflex: 20 } });
  const { status, html } = await new PlainBrowser(app).submit("/", '<form id="slow"');
  assert.equal(status, 500);
  assert.ok(html.includes("took longer"), html);
});

timed("post: a page that was answered so lives on where there is a script after all", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  const ann = new PlainBrowser(app, server.url);
  const { html } = await ann.submit("/?q=1", '<form id="form-add"');
  assert.equal(html, "");
  const wrong = await ann.post("/?q=1&$reflex=Notes.add", [["text", ""]]);
  const token = /data-argyle="([^"]*)"/.exec(wrong.html)?.[1] ?? "";
  await using peer = await Peer.connect(server, { cookie: ann.cookie });
  peer.hello({ token });
  assert.deepEqual(await peer.next(), ["ready", 0]);
  const [kind, , operations, outcome] = await peer.call("Notes#add", [], {
    a: { id: "form-add" },
    f: [["text", "two"]],
  });
  assert.deepEqual([kind, outcome], ["patch", [1]]);
  assert.ok(JSON.stringify(operations).includes("two"));
});

timed(
  "post: what a call has made of the page's state is shown once, by the page that it leads to",
  async () => {
    class Steps extends Reflex<object, { step: number }> {
      next() {
        this.state.step += 1;
      }
      leave() {
        this.state.step += 1;
        this.redirect("/");
      }
    }
    const app = new App({ log: new MemoryLog() });
    app.reflexes({ Steps });
    app.page("/", ({ state }) => (
      <main>
        <output id="step">{state.step}</output>
        <form {...on("submit", Steps, "next")} />
        <form id="l" {...on("submit", Steps, "leave")} />
      </main>
    ), { state: () => ({ step: 1 }) });
    app.page("/other", () => <p>other</p>);
    const ann = new PlainBrowser(app), bob = new PlainBrowser(app);
    const answer = await ann.submit("/", "<form");
    assert.equal(answer.location, "/");
    const [cookie = ""] = answer.headers.getSetCookie();
    assert.match(cookie, /^argyle-app\.visit=[\w-]+; Max-Age=30; Path=\/; HttpOnly; SameSite=Lax$/);
    const [taken = ""] = cookie.split(";");
    // Of another page, of another person, of who only looks at the head, it is nothing.
    assert.ok((await ann.ask("/other")).body.includes("other"));
    assert.ok((await ann.ask("/?a=1")).body.includes(">1</output>"));
    await ann.ask("/", { method: "HEAD" });
    await bob.ask("/");
    const stolen = await bob.ask("/", { headers: { cookie: `${bob.cookie}; ${taken}` } });
    assert.ok(stolen.body.includes(">1</output>"), stolen.body);
    assert.ok((await ann.follow(answer)).body.includes(">2</output>"));
    assert.equal(ann.cookies.has("argyle-app.visit"), false);
    assert.ok((await ann.ask("/")).body.includes(">1</output>"));
    // Elsewhere is another page, also where it is this one.
    assert.ok((await ann.follow(await ann.submit("/", '<form id="l"'))).body.includes(">1</output>"));
    // And a page that was carried here goes on where there is a script after all.
    await using server = await app.listen({ port: 0 });
    const eve = new PlainBrowser(app, server.url);
    const carried = await eve.follow(await eve.submit("/", "<form"));
    await using peer = await Peer.connect(server, { cookie: eve.cookie });
    peer.hello({ token: /data-argyle="([^"]*)"/.exec(carried.html)?.[1] ?? "" });
    assert.deepEqual(await peer.next(), ["ready", 0]);
    assert.deepEqual(await peer.call("Steps#next"), ["patch", 1, [["text", "step", "3"]], [1]]);
  },
);
