import assert from "node:assert/strict";
import { action, App, on, raw, Reflex } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import type { AppOptions } from "@argyle/argyle/types";
import { z } from "zod";
import { MemoryLog, timed } from "../../helpers/peer.ts";
import { PlainBrowser } from "../../helpers/plain.ts";

const ran: string[] = [];

class Notes extends Reflex {
  add = action(z.object({ text: z.string() }), ({ text }) => {
    ran.push(`add ${text}`);
  });
  rename(id: string) {
    ran.push(`rename ${id}`);
  }
  click() {
    ran.push("click");
  }
  hidden() {
    ran.push("hidden");
  }
  enter(name: string) {
    this.login(name);
  }
  override before() {
    this.session.asked = 1;
  }
}

function make(options: AppOptions = {}) {
  ran.length = 0;
  const log = new MemoryLog();
  const app = new App({ log, ...options });
  app.reflexes({ Notes });
  app.page("/", ({ flash, form, user }) => (
    <main>
      {flash.map(({ text }) => text)}
      <form {...form(Notes, "add")}>
        <input name="text" />
      </form>
      <form id="r" {...on("submit", Notes, "rename", "17")} />
      <button {...on("click", Notes, "click")} />
      <form {...on("submit", Notes, "enter", "ann")} />
      {user === "ann" && <form id="h" data-reflex="submit->Notes#hidden" />}
      <div dangerouslySetInnerHTML={raw('<form method="post" action="?$reflex=Notes.click"></form>')} />
    </main>
  ));
  app.page("/other", () => <form id="o" data-reflex="submit->Notes#hidden" />);
  app.page("/public", () => <form data-reflex="submit->Notes#click" />, { cache: "public, max-age=1" });
  return { app, log };
}

const ADD = "/?$reflex=Notes.add";

timed("post: only our own pages post: each method, site, origin and cookie", async () => {
  const { app } = make({ limits: { postBurst: 100 } });
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  const ours = "http://127.0.0.1";
  const headers: [Record<string, string>, boolean][] = [
    [{ "sec-fetch-site": "same-origin" }, true],
    [{ "sec-fetch-site": "none" }, true],
    [{ "sec-fetch-site": "same-site" }, false],
    [{ "sec-fetch-site": "cross-site" }, false],
    [{ "sec-fetch-site": "same-site", origin: ours }, false],
    [{ "sec-fetch-site": "cross-site", origin: ours }, false],
    [{ origin: ours }, true],
    [{ origin: "null" }, false], // a sandboxed form
    [{ origin: "http://127.0.0.1:81" }, false],
    [{ origin: "http://evil.test" }, false],
    [{ referer: `${ours}/` }, false],
    [{}, false],
  ];
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    for (const [given, passes] of headers) {
      for (const cookie of [true, false]) {
        ran.length = 0;
        const { status } = await ann.ask(ADD, {
          method,
          body: new URLSearchParams({ text: "x" }),
          headers: { ...given, ...cookie ? {} : { cookie: "" } },
        });
        const said = `${method} ${JSON.stringify(given)} ${cookie}`;
        const runs = method === "POST" && passes && cookie;
        assert.deepEqual(ran, runs ? ["add x"] : [], said);
        if (runs) assert.equal(status, 303, said);
        else assert.ok(status === 403 || (method !== "POST" && status === 405), `${said}: ${status}`);
      }
    }
  }
});

timed("post: GET and HEAD never run anything, and no other method stands in for POST", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  const headers = { "sec-fetch-site": "same-origin", "x-http-method-override": "POST" };
  for (const method of ["GET", "HEAD"]) {
    const { status, location } = await ann.ask(`/?a=%31&$reflex=Notes.add&_method=POST&text=x`, {
      method,
      headers,
    });
    assert.deepEqual([status, location], [303, "/?a=%31&_method=POST&text=x"]);
  }
  assert.equal((await ann.ask(ADD, { method: "OPTIONS", headers })).status, 204);
  const put = await ann.ask(`${ADD}&_method=POST`, { method: "PUT", headers });
  assert.deepEqual([put.status, put.headers.get("allow")], [405, "GET, HEAD, OPTIONS"]);
  // A form that is none of ours is nobody's.
  assert.equal((await ann.post("/", [["text", "x"]])).status, 405);
  assert.equal((await ann.post("/nowhere?$reflex=Notes.add")).status, 404);
  assert.deepEqual(ran, []);
});

timed("post: what the page does not offer in a form of its own does not run", async () => {
  const { app } = make({ limits: { postBurst: 100 } });
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  const refused = [
    "Notes.hidden", // another page's, and somebody else's
    "Notes.hidden@o",
    "Notes.click", // a button's; and a form's in HTML of a stranger
    "Notes.rename",
    "Notes.rename%5B%2217%22%5D", // without the form's id it is none that stands there
    "Notes.rename@r%5B%2218%22%5D",
    "Notes.rename@r%5B%2217%22,1%5D",
    "Notes.add%5B%7B%22text%22:%22x%22%7D%5D",
    "Notes.before",
    "Notes.constructor",
    "Notes.__proto__",
    "Nobody.add",
    "$.refresh",
    "$.check%5B%22Notes%23add%22%5D",
  ];
  for (const target of refused) {
    const { status, body } = await ann.post(`/?$reflex=${target}`, [["text", "kept"]]);
    assert.equal(status, 409, target);
    assert.ok(body.includes("changed meanwhile"), body);
  }
  for (
    const none of ["", "x", "Notes%23add", "Notes.add%5B", "Notes.add&$reflex=Notes.add", "%00.a", "a.b@<"]
  ) {
    assert.equal((await ann.post(`/?$reflex=${none}`)).status, 400, none);
  }
  assert.equal((await ann.post("/public?$reflex=Notes.click")).status, 405);
  assert.deepEqual(ran, []);
  assert.equal((await ann.post("/?$reflex=Notes.rename@r%5B%2217%22%5D")).status, 303);
  assert.deepEqual(ran, ["rename 17"]);
});

timed("post: nobody posts what is offered to somebody else", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app), bob = new PlainBrowser(app);
  await ann.submit("/", '<form data-reflex="submit->Notes#enter"');
  await bob.ask("/");
  assert.equal((await bob.post("/?$reflex=Notes.hidden@h")).status, 409);
  assert.equal((await ann.post("/?$reflex=Notes.hidden@h")).status, 303);
  assert.deepEqual(ran, ["hidden"]);
});

timed("post: without a session there is nothing to post to, and what was written is kept", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  // Neither a cookie nor a site: no browser of ours, and nothing that it could do for somebody.
  const { status, body, headers } = await ann.ask(ADD, {
    method: "POST",
    body: new URLSearchParams({ text: "kept" }),
  });
  assert.equal(status, 403);
  assert.ok(body.includes("Your session has ended") && body.includes('value="kept"'), body);
  assert.equal(headers.getSetCookie().length, 1);
  assert.deepEqual(ran, []);
  // The browser has the cookie now.
  assert.equal((await ann.post(ADD, [["text", "kept"]])).status, 303);
  assert.deepEqual(ran, ["add kept"]);
});

timed("post: other kinds of bodies are refused", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  const send = (body: BodyInit | null, type?: string, more: Record<string, string> = {}) =>
    ann.ask(ADD, {
      method: "POST",
      body,
      headers: {
        "sec-fetch-site": "same-origin",
        ...type === undefined ? {} : { "content-type": type },
        ...more,
      },
    });
  const json = '{"text":"x"}';
  for (const type of ["text/plain", "application/json", "text/plain;application/x-www-form-urlencoded", ""]) {
    assert.equal((await send(json, type)).status, 415, type);
  }
  assert.equal((await send(null)).status, 415);
  assert.equal((await send("--", "multipart/form-data; boundary=a")).status, 400);
  assert.equal(
    (await send("text=x", "application/x-www-form-urlencoded", { "content-encoding": "gzip" })).status,
    415,
  );
  const form = new FormData();
  form.append("text", new File(["content"], "name.txt"));
  assert.equal((await send(form)).status, 303);
  assert.deepEqual(ran, ["add name.txt"], "a file is its name");
});

timed("post: a form is as large as one on a socket may be", async () => {
  const { app } = make({ limits: { postBurst: 100, frame: 4096, field: 1000, fields: 5 } });
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  const many = (count: number) => Array.from({ length: count }, (_, i): [string, string] => [`f${i}`, ""]);
  const statusOf = async (fields: [string, string][]) => (await ann.post(ADD, fields)).status;
  assert.equal(await statusOf([["text", "x"], ...many(4)]), 303);
  assert.equal(await statusOf([["text", "x"], ...many(5)]), 413);
  assert.equal(await statusOf([["text", "x".repeat(1000)]]), 303);
  assert.equal(await statusOf([["text", "x".repeat(1001)]]), 413);
  assert.equal(await statusOf([["text", "€".repeat(333)], ["b", "€".repeat(333)]]), 303);
  // Within the limits of each field, and too much for a frame, and for the body of one.
  const wide = ["a", "b", "c", "d"].map((name): [string, string] => [name, "x".repeat(1000)]);
  assert.equal(await statusOf([["text", "x".repeat(500)], ...wide]), 413);
  assert.equal(await statusOf([["text", "%".repeat(6000)]]), 413);
  assert.equal(ran.length, 3);
});

timed("post: names that JavaScript gives a meaning to are no names", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  const deep = `a${"[b]".repeat(100)}`;
  for (const name of ["__proto__", "constructor[prototype]", "__proto__[text]"]) {
    await ann.post(ADD, [[name, "x"], ["text", "ok"]]);
  }
  assert.deepEqual(ran, ["add ok", "add ok", "add ok"]);
  assert.equal((await ann.post(ADD, [[deep, "x"], ["text", "deep"]])).status, 422);
  assert.equal(({} as Record<string, unknown>)["text"], undefined);
});

timed("post: who posts again and again is told when to come back, and others are not", async () => {
  const { app } = make({ limits: { postBurst: 3, post: 60_000 } });
  const ann = new PlainBrowser(app), bob = new PlainBrowser(app);
  await ann.ask("/");
  await bob.ask("/");
  for (let i = 0; i < 3; i++) assert.equal((await ann.post(ADD, [["text", "x"]])).status, 303);
  const { status, headers } = await ann.post(ADD, [["text", "x"]]);
  assert.deepEqual([status, headers.get("retry-after")], [429, "60"]);
  assert.equal((await bob.post(ADD, [["text", "x"]])).status, 303);
  assert.equal(ran.length, 4);
});

timed("post: what a form said is in no log", async () => {
  const { app, log } = make({ logCalls: true, accessLog: true });
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  await ann.post(ADD, [["text", "canary"]]);
  await ann.post("/?$reflex=Notes.rename@r%5B%22canary%22%5D");
  assert.ok(!log.lines.join("\n").includes("canary"), log.lines.join("\n"));
});

timed("post: over plain http to another machine there is no session, and so nothing to post", async () => {
  const { app } = make();
  const ann = new PlainBrowser(app, "http://10.0.0.1");
  const { status, body, headers } = await ann.post(ADD, [["text", "kept"]]);
  assert.deepEqual([status, headers.getSetCookie(), ran], [403, [], []]);
  assert.ok(body.includes('value="kept"'), body);
});

timed("post: where it is not known whether it was kept, that is said, and nothing else", async () => {
  const engine = memory();
  const { app, log } = make(engine);
  const ann = new PlainBrowser(app);
  await ann.ask("/");
  engine.store.commit = () => Promise.reject(new Error("canary"));
  const { status, html } = await ann.post(ADD, [["text", "x"]]);
  assert.equal(status, 503);
  assert.ok(html.includes("not known whether this was done") && !html.includes("canary"), html);
  assert.ok(log.lines.some((line) => line.startsWith("error") && line.includes("canary")));
});
