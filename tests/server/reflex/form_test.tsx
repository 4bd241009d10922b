import assert from "node:assert/strict";
import { action, App, on, Reflex } from "@argyle/argyle";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

interface Session {
  sent?: unknown[];
}

class Orders extends Reflex<Session> {
  send = action(
    z.object({
      to: z.string().min(1, "To whom?"),
      lines: z.array(z.object({ title: z.string().min(1, "What?") })).default([]),
    }),
    (order) => {
      if (order.to === "nobody") this.invalid({ to: "Nobody is nobody" });
      (this.session.sent ??= []).push(order);
    },
  );
  hidden = action(z.object({ secret: z.literal("42", "It is not 42") }), () => {});
}

function make() {
  const app = new App<Session>({ log: new MemoryLog() });
  app.reflexes({ Orders });
  let renders = 0;
  app.page("/", ({ session, form }) => {
    renders++;
    const send = form(Orders, "send");
    return (
      <main>
        <form {...send}>
          <input {...send.field("to")} /> {send.error("to")}
          <input {...send.field("lines[0][title]")} /> {send.error("lines[0][title]")}
          {send.error()}
        </form>
        <output id="sent">{JSON.stringify(session.sent ?? [])}</output>
      </main>
    );
  });
  return { app, renders: () => renders };
}

type Fields = readonly (readonly [string, string])[];

/** What the browser tells of the form; `used` where it is being filled in. */
const told = (fields: Fields, used?: readonly string[]) => ({
  a: { id: "form-send" },
  f: fields,
  ...used === undefined ? {} : { u: used },
});

timed("form: its fields have the names of the action's input, and ids of their own", async () => {
  const { app } = make();
  const { body } = await load(app);
  assert.ok(body.includes('<form id="form-send" data-reflex-debounce="300"'), body);
  assert.ok(body.includes('<input name="lines[0][title]" id="form-send-lines-0-title"/>'), body);
  assert.ok(!body.includes("field-error"));
});

timed(
  "form: while it is filled in, its schema is asked about what was used; nothing runs, nothing is stored",
  async () => {
    const { app, renders } = make();
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, await load(app, "/", { origin: server.url }));
    const check = (fields: Fields, used: readonly string[]) =>
      peer.call("$#check", ["Orders#send"], told(fields, used));
    const before = renders();
    assert.deepEqual(await check([["to", ""], ["lines[0][title]", ""]], []), ["done", 1]);
    assert.equal(renders(), before, "what is not wrong anywhere that was used is not rendered");
    const [kind, , operations, outcome] = await check([["to", ""], ["lines[0][title]", ""]], ["to"]);
    assert.deepEqual([kind, outcome], ["patch", [2]]);
    const text = JSON.stringify(operations);
    assert.ok(text.includes("To whom?") && !text.includes("What?"), text);
    // The same again changes nothing.
    assert.deepEqual(await check([["to", ""], ["lines[0][title]", ""]], ["to"]), ["done", 3]);
    const both = JSON.stringify(
      await check([["to", "x"], ["lines[0][title]", ""]], ["to", "lines[0][title]"]),
    );
    assert.ok(both.includes("What?"), both);
    assert.match((await load(app, "/", { origin: server.url })).body, /<output id="sent">\[\]/);
  },
);

timed(
  "form: what was refused stands at its fields before the caller hears of it, and goes when it went well",
  async () => {
    const { app } = make();
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, await load(app, "/", { origin: server.url }));
    const [kind, , operations] = await peer.call("Orders#send", [], told([["to", "nobody"]]));
    assert.equal(kind, "patch");
    assert.ok(JSON.stringify(operations).includes("Nobody is nobody"));
    assert.deepEqual(await peer.next(), ["error", 1, "invalid", "The input is not valid.", {
      to: "Nobody is nobody",
    }]);
    const [, , after, outcome] = await peer.call("Orders#send", [], told([["to", "ann"]]));
    assert.deepEqual(outcome, [2]);
    const text = JSON.stringify(after);
    assert.ok(!text.includes("Nobody") && text.includes('\\"to\\":\\"ann\\"'), text);
  },
);

timed("form: what the page has not bound is not asked, nor what it never offered", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app, "/", { origin: server.url }));
  const refused = async (args: unknown[]) => {
    const heard = await peer.call("$#check", args, told([["secret", "1"]], ["secret"]));
    const rest: string[] = [];
    // An offer that is gone brings a fresh page.
    for (let frame = heard;; frame = await peer.next()) {
      rest.push(`${frame[0]} ${frame[0] === "error" ? frame[2] : ""}`.trim());
      if (frame[0] === "error") return rest;
    }
  };
  assert.deepEqual(await refused(["Orders#hidden"]), ["resync", "error stale"]);
  assert.deepEqual(await refused([]), ["resync", "error stale"]);
  assert.deepEqual(await refused([7]), ["resync", "error stale"]);
});

timed("form: an id that is none of the page's changes nothing for anybody", async () => {
  const { app } = make();
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app, "/", { origin: server.url }));
  for (let i = 1; i <= 70; i++) {
    const element = { a: { id: `strange-${i}` }, f: [["to", ""]], u: ["to"] };
    const [kind] = await peer.call("$#check", ["Orders#send"], element);
    assert.equal(kind, "done");
  }
  const [kind, , operations] = await peer.call("$#check", ["Orders#send"], told([["to", ""]], ["to"]));
  assert.equal(kind, "patch");
  assert.ok(JSON.stringify(operations).includes("form-send-to-error"));
});

timed(
  "form: a schema that fails by itself is a failure with a reference, and the page lives on",
  async () => {
    class Broken extends Reflex {
      send = action(
        z.object({ to: z.string() }).refine(() => {
          throw new Error("The database is away.");
        }),
        () => {},
      );
    }
    const log = new MemoryLog(), app = new App({ log });
    app.reflexes({ Broken });
    app.page("/", ({ form }) => <form {...form(Broken, "send")} />);
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, await load(app, "/", { origin: server.url }));
    const [kind, n, code, message] = await peer.call("$#check", ["Broken#send"], told([["to", "x"]], ["to"]));
    assert.deepEqual([kind, n, code], ["error", 1, "failed"]);
    assert.match(String(message), /^The action failed\. \(Reference \w+\.\)$/);
    assert.ok(log.lines.some((line) => line.includes("The database is away.")), log.lines.join("\n"));
    await peer.quiet();
  },
);

timed("form: several of one action have an id each; what is none is refused", async () => {
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Orders });
  let id = "edit-1";
  app.page("/", ({ form }) => <form {...form(Orders, "send", { id })} />);
  assert.match((await load(app)).body, /<form id="edit-1"/);
  id = "a b";
  assert.equal((await load(app)).response.status, 500);
});

timed("with: the options of an element, typed, under the app's own names", async () => {
  for (const reflex of ["data-reflex", "data-sr"]) {
    const app = new App({ log: new MemoryLog(), attributes: { reflex } });
    app.reflexes({ Orders });
    app.page("/", ({ form }) => (
      <form {...form(Orders, "send")}>
        <input
          {...on("input", Orders, "send").with({ debounce: 300, confirm: "Sure?", serializeForm: false })
            .on("blur", Orders, "hidden").with({ suppressLogging: true, permanent: false, root: "#a" })}
        />
      </form>
    ));
    const { body } = await load(app);
    const [input = ""] = body.match(/<input[^>]*>/) ?? [], [form = ""] = body.match(/<form[^>]*>/) ?? [];
    for (
      const wanted of [
        'debounce="300"',
        'confirm="Sure?"',
        'serialize-form="false"',
        "suppress-logging",
        'root="#a"',
      ]
    ) assert.ok(input.includes(`${reflex}-${wanted}`), `${input} has no ${wanted}`);
    assert.ok(!input.includes("permanent"), input);
    assert.ok(form.includes(`${reflex}-debounce="300"`), form);
  }
});

Deno.test("with: an option that there is not, or of another kind, is refused", () => {
  const wrong = (options: object, message: RegExp) =>
    assert.throws(() => on("input", Orders, "send").with(options), { name: "TypeError", message });
  wrong({ debounse: 300 }, /Cannot offer a call with debounse; there are debounce, throttle,/);
  wrong({ debounce: "300" }, /Cannot offer a call with debounce: "300" is no number of milliseconds/);
  wrong({ throttle: -1 }, /is no number of milliseconds/);
  wrong({ confirm: true }, /is no text/);
  wrong({ root: ".list" }, /is not of the form #id/);
});
