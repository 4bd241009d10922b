import assert from "node:assert/strict";
import { App, on, redirect, Reflex } from "@argyle/argyle";
import { open } from "@argyle/argyle/testing";

class Counter extends Reflex {
  add() {
    this.session.count = (this.session.count ?? 0) + 1;
  }
}

function app(): App {
  const app = new App();
  const add = on("click", Counter, "add");
  app.reflexes({ Counter });
  app.page("/", () => <h1 id="title">Home</h1>);
  app.page("/orders", ({ session }) => <button id="title" {...add}>{`Orders ${session.count ?? 0}`}</button>);
  app.page("/old", () => redirect("/orders"));
  return app;
}

Deno.test("TestPage.visit: another page of the app, which is live", async () => {
  await using ann = await open(app(), "/");
  await ann.visit("/orders");
  assert.equal(ann.text("#title"), "Orders 0");
  assert.equal(new URL(ann.url).pathname, "/orders");
  await ann.click("#title");
  assert.equal(ann.text("#title"), "Orders 1");
  await ann.visit("/");
  await ann.visit("/old");
  assert.equal(ann.text("#title"), "Orders 1");
  assert.equal(new URL(ann.url).pathname, "/orders");
});

Deno.test("TestPage.visit: what is not there is loaded as in a browser", async () => {
  await using ann = await open(app(), "/");
  await ann.visit("/nowhere");
  assert.equal(ann.status, 404);
});
