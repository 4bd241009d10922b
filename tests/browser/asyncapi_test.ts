import assert from "node:assert/strict";
import { action, anyone, App, topic } from "@argyle/argyle";
import { z } from "zod";
import { MemoryLog } from "../helpers/peer.ts";
import { assertQuiet, browse, type Page } from "./chromium.ts";
import { serve } from "./serve.ts";

const Room = topic("room/:room");
const evil = "<img src=x onerror=document.title='ran'>";

/** Rooms whose documentation anyone may see, below a base. */
function rooms(): App {
  const app = new App({ name: "Rooms", base: "/live", log: new MemoryLog(), docs: { authorize: anyone } });
  app.events("/room/:room/:client", {
    params: z.object({ room: z.string(), client: z.coerce.number().int().describe("Your number.") }),
    query: z.object({ as: z.string().optional() }),
    sends: { message: z.object({ msg: z.string(), sender: z.int(), as: z.string().optional() }) },
  }).handle({
    message: action(
      z.object({ msg: z.string().min(1).max(20) }).describe("Says something to all in the room."),
      ({ msg }, { params: { room, client }, query: { as }, publish }) =>
        publish(Room({ room }), "message", { msg, sender: client, ...as === undefined ? {} : { as } }),
    ),
    order: action(
      z.object({
        table: z.int().max(20),
        hot: z.boolean(),
        paid: z.boolean().optional(),
        kind: z.enum(["soup", "salad"]),
        size: z.union([z.literal(1), z.literal(2)]).optional(),
        note: z.string().optional(),
        to: z.object({ name: z.string(), phone: z.string().optional() }),
        from: z.object({ name: z.string().optional() }).optional(),
        extras: z.array(z.object({ name: z.string(), n: z.int() })).optional(),
        ["__proto__"]: z.string().optional(),
      }),
      (input) => ({ echo: JSON.stringify(input) }),
    ),
    either: action(
      z.discriminatedUnion("kind", [
        z.object({ kind: z.literal("a"), n: z.int() }),
        z.object({ kind: z.literal("b") }),
      ]),
      (input) => ({ echo: JSON.stringify(input) }),
    ),
    count: action(z.object({ to: z.int() }), async function* ({ to }) {
      for (let i = 1; i <= to; i++) yield await Promise.resolve({ i });
    }),
    markup: action(z.object({}), () => ({ [evil]: evil })),
    fail: action(z.object({}), () => {
      throw new Error("the store is away");
    }),
    leave: action(z.object({}), (_input, { close }) => close(4001, "Bye")),
  }, {
    authorize: ({ params }) => (params as { client: number }).client !== 13,
    connect: ({ params: { room }, join }) => join(Room({ room })),
  });
  app.events("/sums", {}).handle({
    sum: action(z.object({ a: z.number(), b: z.number() }), ({ a, b }) => ({ sum: a + b })),
  }, { authorize: anyone });
  return app;
}

const room = "#room_room_client";
const logText = (page: Page, section = room) => page.locator(`${section} [data-log]`).innerText();
const form = (type: string) => `${room} form[data-type="${type}"]`;
const field = (...path: string[]) => `[name=${JSON.stringify(JSON.stringify(path))}]`;

async function connect(page: Page, client: string): Promise<void> {
  await page.fill(`${room} [data-param=room]`, "the lobby?");
  await page.fill(`${room} [data-param=client]`, client);
  await page.press(`${room} [data-param=client]`, "Enter");
}

/** Waits until the log has this. */
async function hears(page: Page, text: string, section = room): Promise<void> {
  await page.locator(`${section} [data-log] > *`, { hasText: text }).first().waitFor();
}

async function unfold(page: Page, type: string): Promise<void> {
  if (!await page.isVisible(`${form(type)} [type=submit]`)) {
    await page.locator(`${room} details:has(> form[data-type="${type}"]) > summary`).click();
  }
}

async function send(page: Page, type: string, values: Record<string, string> = {}): Promise<void> {
  await unfold(page, type);
  for (const [name, value] of Object.entries(values)) {
    await page.fill(`${form(type)} [name='${name}']`, value);
  }
  await page.click(`${form(type)} [type=submit]`);
}

browse(
  "asyncapi: a person connects, sends, is answered, hears what is published, and leaves",
  async ({ page, newPage }) => {
    await using server = serve(rooms());
    const url = `${server.url}/live/asyncapi`;
    await page.goto(url);
    assert.ok(await page.isDisabled(`${form("message")} [type=submit]`), "nobody is connected");
    await page.fill(`${room} [data-query=as]`, "Ann & co");
    await connect(page, "7");
    await page.locator(`${room} [data-state=open]`).waitFor();
    assert.match(await logText(page), /\/live\/room\/the%20lobby%3F\/7\?as=Ann/);
    const other = await newPage();
    await other.goto(url);
    await connect(other, "8");
    await other.locator(`${room} [data-state=open]`).waitFor();
    await send(page, "message", { '["msg"]': "Hello" });
    await hears(other, '"as": "Ann & co"');
    await hears(page, '"sender": 7');
    await page.locator(`${form("message")} [data-answer]`, { hasText: "Answered" }).waitFor();
    // The other endpoint has a connection and a log of its own.
    await page.click("#sums [data-do=connect]");
    await page.locator("#sums [data-state=open]").waitFor();
    await page.fill(`#sums ${field("a")}`, "1.5");
    await page.fill(`#sums ${field("b")}`, "2");
    await page.press(`#sums ${field("b")}`, "Enter");
    await hears(page, '"sum": 3.5', "#sums");
    assert.doesNotMatch(await logText(page), /3\.5/);

    await send(page, "leave");
    await hears(page, "Closed: 4001 Bye");
    assert.ok(await page.isDisabled(`${form("leave")} [type=submit]`));
    await page.click(`${room} [data-do=connect]`);
    await page.locator(`${room} [data-state=open]`).waitFor();
    await page.click(`${room} [data-do=disconnect]`);
    await page.locator(`${room} [data-state=closed]`).waitFor();
    await page.click(`${room} [data-do=clear]`);
    assert.equal(await logText(page), "");
    assertQuiet(page);
  },
);

browse(
  "asyncapi: a form gives what stands in it, by types; what is left empty is not said",
  async ({ page }) => {
    await using server = serve(rooms());
    await page.goto(`${server.url}/live/asyncapi`);
    await connect(page, "7");
    await page.locator(`${room} [data-state=open]`).waitFor();
    const sent = async () => {
      const entries = page.locator(`${room} [data-log] [data-way=sent] pre`);
      return JSON.parse(await entries.last().innerText());
    };
    await send(page, "order", { '["table"]': "7" });
    assert.deepEqual(await sent(), {
      type: "order",
      id: 1,
      table: 7,
      hot: false,
      kind: "soup",
      to: { name: "" },
    });
    await page.locator(`${form("order")} [data-answer]`, { hasText: "Answered" }).waitFor();
    await page.check(`${form("order")} ${field("hot")}`);
    await page.selectOption(`${form("order")} ${field("paid")}`, "false");
    await page.selectOption(`${form("order")} ${field("kind")}`, { label: "salad" });
    await page.selectOption(`${form("order")} ${field("size")}`, { label: "2" });
    await send(page, "order", {
      '["note"]': "7",
      '["to","name"]': "Ann",
      '["from","name"]': "Bob",
      '["extras"]': '[{ "name": "salt", "n": 1 }]',
      '["__proto__"]': "own",
    });
    const order = await sent();
    assert.equal(Object.getOwnPropertyDescriptor(order, "__proto__")?.value, "own");
    delete order["__proto__"];
    assert.deepEqual(order, {
      type: "order",
      id: 2,
      table: 7,
      hot: true,
      paid: false,
      kind: "salad",
      size: 2,
      note: "7",
      to: { name: "Ann" },
      from: { name: "Bob" },
      extras: [{ name: "salt", n: 1 }],
    });
    await hears(page, "salt");
    // Alternatives are written as JSON, and begin with an example.
    await send(page, "either");
    assert.deepEqual(await sent(), { type: "either", id: 3, kind: "a", n: 1 });
    await send(page, "either", { "[]": '{ "kind": "b" }' });
    assert.deepEqual(await sent(), { type: "either", id: 4, kind: "b" });
    await send(page, "count", { '["to"]': "3" });
    await hears(page, '"end": true');
    await page.locator(`${form("count")} [data-answer]`, { hasText: "all of it" }).waitFor();
    assertQuiet(page);
  },
);

browse("asyncapi: errors stand at their fields, and are gone with the next message", async ({ page }) => {
  await using server = serve(rooms());
  await page.goto(`${server.url}/live/asyncapi`);
  await connect(page, "7");
  await page.locator(`${room} [data-state=open]`).waitFor();
  await send(page, "order", { '["table"]': "99", '["extras"]': '[{ "name": "salt" }]', '["note"]': "" });
  await page.locator(`${form("order")} .problem:visible`).first().waitFor();
  const said = async (name: string) => {
    const control = page.locator(`${form("order")} [name='${name}']`);
    assert.equal(await control.getAttribute("aria-invalid"), "true");
    return await page.locator(`#${await control.getAttribute("aria-describedby")}`).innerText();
  };
  assert.match(await said('["table"]'), /^Too big/);
  assert.match(await said('["extras"]'), /^extras\.0\.n: /, "inside a field, with its place");
  assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("name")), '["table"]');
  assert.equal(await page.locator(`${form("order")} [data-answer]`).innerText(), "Refused");
  // What is no JSON, and what is no object, is not sent.
  const before = await page.locator(`${room} [data-way=sent]`).count();
  await send(page, "order", { '["table"]': "7", '["extras"]': "[" });
  assert.equal(await said('["extras"]'), "This is not JSON.");
  await send(page, "either", { "[]": "7" });
  assert.match(await page.locator(`${form("either")} .problem:visible`).innerText(), /no object/);
  assert.equal(await page.locator(`${room} [data-way=sent]`).count(), before);
  // A number that is none goes, so that it is seen what the server says.
  await send(page, "order", { '["table"]': "many", '["extras"]': "" });
  await page.waitForFunction(() => document.querySelector(`[name='["table"]'][aria-invalid]`) !== null);
  await send(page, "order", { '["table"]': "7" });
  await page.locator(`${form("order")} [data-answer]`, { hasText: "Answered" }).waitFor();
  assert.equal(await page.locator(`${form("order")} .problem:visible`).count(), 0);
  assert.equal(await page.locator(`${form("order")} [aria-invalid]`).count(), 0);
  await send(page, "fail");
  await page.locator(`${form("fail")} [data-answer]`, { hasText: "Failed on the server" }).waitFor();
  assert.match(await page.locator(`${form("fail")} .problem:visible`).innerText(), /^Something went wrong/);
  // Any text, too.
  await page.click(`${room} summary:has-text("any text")`);
  await page.fill(`${room} [data-raw]`, "{");
  await page.click(`${room} [data-form=raw] [type=submit]`);
  await hears(page, "value_error.jsondecode");
  assertQuiet(page);
});

browse("asyncapi: who is refused is told what may be wrong", async ({ page }) => {
  await using server = serve(rooms());
  await page.goto(`${server.url}/live/asyncapi`);
  for (const client of ["Ann", "13"]) {
    await connect(page, client);
    await page.locator(`${room} [data-status]`, { hasText: "Refused, or out of reach" }).waitFor();
    await hears(page, "Are the params right");
    await page.click(`${room} [data-do=clear]`);
  }
  assert.ok(!await page.isDisabled(`${room} [data-do=connect]`));
  // The browser itself says so in its console.
  assertQuiet(page, { except: [/WebSocket connection to .* failed/] });
});

browse(
  "asyncapi: markup in names and answers is text, and what is kept of the traffic has an end",
  async ({ page }) => {
    await using server = serve(rooms(), { csp: "own" });
    await page.goto(`${server.url}/live/asyncapi`);
    await connect(page, "7");
    await page.locator(`${room} [data-state=open]`).waitFor();
    await send(page, "markup");
    await hears(page, evil);
    assert.equal(await page.locator("img").count(), 0);
    assert.equal(await page.title(), "Rooms: events");
    await send(page, "count", { '["to"]': "300" });
    await hears(page, '"end": true');
    assert.equal(await page.locator(`${room} [data-log] > *`).count(), 200);
    assertQuiet(page);
  },
);

browse("asyncapi: fits 360 px, is light and dark, and can be used by keyboard", async ({ page }) => {
  await using server = serve(rooms(), { csp: "own" });
  await page.setViewportSize({ width: 360, height: 640 });
  const colours = new Set<string>();
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    await page.goto(`${server.url}/live/asyncapi`);
    await page.evaluate(() => document.querySelectorAll("details").forEach((details) => details.open = true));
    const { wide, colour } = await page.evaluate(() => ({
      wide: document.scrollingElement!.scrollWidth - innerWidth,
      colour: getComputedStyle(document.body).backgroundColor,
    }));
    assert.ok(wide <= 0, `${wide} px too wide`);
    colours.add(colour);
  }
  assert.equal(colours.size, 2);
  const unnamed = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLInputElement>("input, select, textarea")]
      .filter(({ labels }) => labels === null || labels.length === 0 || labels[0]!.textContent.trim() === "")
      .length
  );
  assert.equal(unnamed, 0, "every field has a label");
  await page.goto(`${server.url}/live/asyncapi`);
  await page.focus(`${room} [data-param=room]`);
  await page.keyboard.type("lobby");
  await page.keyboard.press("Tab");
  await page.keyboard.type("7");
  await page.keyboard.press("Enter");
  await page.locator(`${room} [data-state=open]`).waitFor();
  await page.focus(`${form("message")} input`);
  await page.keyboard.type("Hello");
  await page.keyboard.press("Enter");
  await hears(page, '"sender": 7');
  assertQuiet(page);
});
