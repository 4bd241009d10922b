import assert from "node:assert/strict";
import { App, on, Reflex, topic } from "@argyle/argyle";
import { open } from "@argyle/argyle/testing";
import { MemoryLog } from "../../helpers/peer.ts";

interface Session {
  id: string;
  count?: number;
}

const Mine = topic("session/:id");

class Counter extends Reflex<Session, { open?: boolean }> {
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
  addEverywhere() {
    this.add();
    this.publish(Mine({ id: this.session.id }));
  }
  open() {
    this.state.open = true;
  }
}

function make(): App<Session> {
  const app = new App<Session>({
    log: new MemoryLog(),
    session: {
      "~standard": {
        version: 1,
        vendor: "test",
        validate: (value) => ({ value: { id: "one", ...value as object } as Session }),
      },
    },
  });
  app.reflexes({ Counter });
  app.page("/", ({ session, state, subscribe }) => {
    subscribe(Mine({ id: session.id }));
    return (
      <main>
        <output id="count">{session.count ?? 0}</output>
        <output id="open">{state["open"] === true ? "open" : "closed"}</output>
        <button id="add" type="button" {...on("click", Counter, "add")} />
        <button id="everywhere" type="button" {...on("click", Counter, "addEverywhere")} />
        <button id="toggle" type="button" {...on("click", Counter, "open")} />
        <button id="refresh" type="button" data-reflex="click" />
      </main>
    );
  });
  return app;
}

Deno.test("tabs: a reflex acts on the visit that sent it; another tab follows where it is asked for", async () => {
  await using first = await open(make(), "/");
  const second = await first.tab("/");
  const counts = () => [first.text("#count"), second.text("#count")];
  await first.click("#add");
  assert.deepEqual(counts(), ["1", "0"]);
  // What the session keeps is one for both, and what a visit keeps is its own.
  await second.click("#toggle");
  assert.deepEqual(counts(), ["1", "1"]);
  assert.deepEqual([first.text("#open"), second.text("#open")], ["closed", "open"]);
  await second.click("#everywhere");
  await first.see("2", "#count");
  assert.deepEqual(counts(), ["2", "2"]);
  await second.click("#add");
  await first.click("#refresh");
  assert.deepEqual(counts(), ["3", "3"]);
});
