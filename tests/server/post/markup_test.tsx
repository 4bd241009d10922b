import assert from "node:assert/strict";
import { action, App, type Html, memo, on, raw, Reflex } from "@argyle/argyle";
import type { AppOptions } from "@argyle/argyle/types";
import { jsx } from "@argyle/argyle/jsx-runtime";
import { z } from "zod";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";

class Notes extends Reflex {
  add = action(z.object({ text: z.string() }), () => {});
  save(..._args: unknown[]) {
    this.session.saved = 1;
  }
}

async function bodyOf(page: () => Html, options: AppOptions = {}): Promise<string> {
  const app = new App({ log: new MemoryLog(), ...options });
  app.reflexes({ Notes });
  app.page("/", page);
  return (await load(app)).body;
}

timed("post: a form whose submission is a reflex is posted, however it is written", async () => {
  const post = 'method="post" action="?$reflex=Notes.save"';
  const reflex = "submit->Notes#save";
  const pages: (() => Html)[] = [
    () => <form data-reflex="submit->Notes#save">a</form>,
    () => <form class="b" data-reflex={reflex} title={`${1}`}>a</form>,
    () => <form {...on("submit", Notes, "save")}>a</form>,
    () => <form {...{ "data-reflex": reflex }}>a</form>,
    () => jsx("form", { "data-reflex": reflex, children: "a" }) as unknown as Html,
    () => <main>{[1].map((n) => <form key={n} data-reflex="submit->Notes#save">a</form>)}</main>,
    () => <form data-reflex="change->Notes#save submit.prevent->Notes#save">a</form>,
  ];
  for (const page of pages) {
    const body = await bodyOf(page);
    assert.ok(body.includes(` ${post}>a</form>`), body);
  }
});

timed("post: the address names arguments, and an id that does not follow from the name", async () => {
  const body = await bodyOf(() => (
    <main>
      <form {...on("submit", Notes, "save", "a b", { c: '"&<' })}>a</form>
      <form id="edit-3" data-reflex="submit->Notes#add">b</form>
      <form id="form-add" data-reflex="submit->Notes#add">c</form>
    </main>
  ));
  const args = encodeURIComponent(JSON.stringify(["a b", { c: '"&<' }]));
  assert.ok(body.includes(`action="?$reflex=Notes.save${args}">a<`), body);
  assert.ok(body.includes('action="?$reflex=Notes.add@edit-3">b<'), body);
  assert.ok(body.includes('action="?$reflex=Notes.add">c<'), body);
});

timed("post: a form that goes elsewhere, makes no call, or is a stranger's, is left as it is", async () => {
  const pages: (() => Html)[] = [
    () => <form method="post" data-reflex="submit->Notes#save">a</form>,
    () => <form action="/search" data-reflex="submit->Notes#save">a</form>,
    () => <form method={`${"get"}`} data-reflex="submit->Notes#save">a</form>,
    () => <form action="/search" {...on("submit", Notes, "save")}>a</form>,
    () => <form data-reflex="change->Notes#save">a</form>,
    () => <form data-reflex="submit">a</form>,
    () => <form data-reflex="submit.window->Notes#save">a</form>,
    () => <form class="a">a</form>,
    () => <div data-reflex="submit->Notes#save">a</div>,
    () => <div dangerouslySetInnerHTML={raw('<form data-reflex="submit->Notes#save">a</form>')} />,
  ];
  for (const page of pages) {
    const body = await bodyOf(page);
    assert.ok(!body.includes("$reflex"), body);
  }
});

timed("post: likewise in an app with attributes of its own, and in what is remembered", async () => {
  const attributes = { reflex: "data-sr" };
  const own = await bodyOf(() => (
    <main>
      <form data-sr="submit->Notes#save">a</form>
      <form {...on("submit", Notes, "save", 1)}>b</form>
      <form data-reflex="submit->Notes#save">c</form>
    </main>
  ), { attributes });
  assert.ok(own.includes('method="post" action="?$reflex=Notes.save">a'), own);
  assert.ok(own.includes('method="post" action="?$reflex=Notes.save%5B1%5D">b'), own);
  assert.ok(own.includes('<form data-reflex="submit->Notes#save">c'), own);
  const Remembered = memo(({ id }: { id: number }) => (
    <form id={`edit-${id}`} data-reflex="submit->Notes#add">{id}</form>
  ));
  for (let time = 0; time < 2; time++) {
    const body = await bodyOf(() => <main>{[1, 2].map((id) => <Remembered key={id} id={id} />)}</main>);
    assert.ok(body.includes('method="post" action="?$reflex=Notes.add@edit-2">2'), body);
  }
});

timed("post: with a script nothing is different: a patch does not tell of it", async () => {
  const app = new App({ log: new MemoryLog() });
  app.reflexes({ Notes });
  app.page("/", ({ session }) => (
    <main>
      <form {...on("submit", Notes, "save")}>
        <output id="saved">{session.saved ?? 0}</output>
      </form>
    </main>
  ));
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app, "/", { origin: server.url }));
  assert.deepEqual(await peer.call("Notes#save"), ["patch", 1, [["text", "saved", "1"]], [1]]);
});
