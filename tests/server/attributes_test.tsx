import assert from "node:assert/strict";
import { h } from "preact";
import { App, Head, type Html, memo, on, ops, Reflex } from "@argyle/argyle";
import { Option } from "@argyle/argyle/protocol";
import { open } from "@argyle/argyle/testing";
import type { AppOptions, AttributeNames } from "@argyle/argyle/types";
import { load, type LoadedPage, MemoryLog, Peer, timed } from "../helpers/peer.ts";

class Tally extends Reflex {
  one() {
    this.session.tally = `${this.session.tally ?? ""}1`;
  }
  two() {
    this.session.tally = `${this.session.tally ?? ""}2`;
  }
  add(what: string) {
    this.session.tally = `${this.session.tally ?? ""}${what}`;
  }
  more() {
    const { element } = this;
    const own = element.attribute("data-sr").text();
    this.session.tally += `${element.attribute("title").text()}${element.innerHtml.text()}${own || null}`;
  }
  mark() {
    this.push(ops().setAttribute("#tally", "data-keep-not", "1"));
  }
  seize(name: string) {
    this.push(ops().setAttribute("#tally", name, "1"));
  }
}

/** A value that the compiler does not see through. */
const v = <T,>(value: T): T => value;

function tallying(body: () => Html, options: AppOptions = {}): App {
  const app = new App({ log: new MemoryLog(), ...options });
  app.reflexes({ Tally });
  app.page("/", ({ session }) => (
    <main>
      <output id="tally">{session.tally ?? ""}</output>
      {body()}
    </main>
  ));
  return app;
}

const sr: AppOptions = { attributes: { reflex: "data-sr" } };

/** What is said when each of these calls is made: `done`, or why it is not. */
async function outcomes(app: App, calls: [target: string, ...args: unknown[]][]): Promise<unknown[]> {
  const server = await app.listen({ port: 0 });
  try {
    const page = await load(app);
    const said: unknown[] = [];
    for (const [target, ...args] of calls) {
      await using peer = await Peer.live(server, { ...page, ...await again(app, page) });
      const [name, second, code] = await peer.call(target, args);
      // A call that the page does not offer comes from an older one: it is to be loaded anew.
      said.push(name === "resync" ? second : name === "error" ? code : "done");
    }
    return said;
  } finally {
    await server[Symbol.asyncDispose]();
  }
}

const again = (app: App, { cookie }: LoadedPage) => load(app, "/", { cookie });

const refuses = (attributes: object, message: RegExp) =>
  assert.throws(() => new App({ attributes: attributes as Partial<AttributeNames> }), (error) => {
    assert.ok(error instanceof TypeError);
    assert.match(error.message, message);
    return true;
  });

Deno.test("attributes: a key that is none is refused with the nearest one", () => {
  refuses(
    { debouce: "data-wait" },
    /^Cannot name the attribute "debouce": there is none; the nearest is debounce\.$/,
  );
  refuses({ Reflex: "data-sr" }, /the nearest is reflex\.$/);
  refuses({ innerHTML: "data-x" }, /the nearest is innerHtml\.$/);
  refuses({ toString: "data-x" }, /there is none/);
  refuses(JSON.parse('{"__proto__":"data-x"}'), /there is none/);
  refuses({ args: "data-x" }, /there is none/);
});

Deno.test("attributes: what is no name of an attribute is refused", () => {
  for (
    const name of [
      "",
      "sr",
      "data-",
      "data-SR",
      "data-s r",
      'data-a"b',
      "data-ü",
      "data-a--b",
      "data-a-",
      "onclick",
    ]
  ) {
    refuses({ reflex: name }, /^Cannot name the attribute reflex ".*": a name is like "data-sr"/);
  }
  refuses({ reflex: 5 }, /^Cannot name the attribute reflex a number/);
  refuses({ reflex: null }, /^Cannot name the attribute reflex a object/);
  for (const name of ["data-k", "data-raw", "data-argyle", "data-argyle-live"]) {
    refuses({ debounce: name }, /the framework has another of that name\.$/);
  }
});

Deno.test("attributes: two of one name are refused, also where one follows another", () => {
  refuses(
    { debounce: "data-wait", throttle: "data-wait" },
    /^Cannot name the attribute throttle "data-wait": debounce has/,
  );
  refuses({ permanent: "data-reflex" }, /reflex has that name\.$/);
  refuses(
    { reflex: "data-sr", root: "data-sr-args" },
    /^Cannot name the attribute args "data-sr-args": root has/,
  );
  // What is free by being renamed may be another's.
  new App({ attributes: { reflex: "data-reflex-root", root: "data-reflex" } });
});

timed(
  "attributes: every way to write the app's own name offers, and an old one is data like any other",
  async () => {
    const names = "click->Tally#one";
    const app = tallying(() => (
      <section>
        <Head>
          <meta name="x" data-reflex="not one token" />
        </Head>
        <b data-sr="click-&gt;Tally#one" />
        <b data-sr={v(names)} />
        <input data-sr={v(names)} />
        {h("b", { "data-sr": names })}
        <b data-reflex="not one token" />
        <b data-reflex={v("click->Tally#two")} />
        <input data-reflex={v("click->Tally#two")} />
        {h("b", { "data-reflex": "click->Tally#two" })}
        {h("b", { "data-reflex": v(true) })}
        <b {...on("click", Tally, "add", "x")}>leaf</b>
        <b data-sr={names} data-reflex="old" {...on("click", Tally, "add", "y")}>both</b>
        <input {...on("click", Tally, "add", "z")} />
      </section>
    ), sr);
    const { html, body } = await load(app);
    assert.ok(html.includes('<meta name="x" data-reflex="not one token">'));
    assert.equal(
      body.replace(/^.*<section>/, ""),
      '<b data-sr="click->Tally#one"></b>' +
        '<b data-sr="click->Tally#one"></b>' +
        '<input data-sr="click->Tally#one"/>' +
        '<b data-sr="click->Tally#one"></b>' +
        '<b data-reflex="not one token"></b>' +
        '<b data-reflex="click->Tally#two"></b>' +
        '<input data-reflex="click->Tally#two"/>' +
        '<b data-reflex="click->Tally#two"></b>' +
        '<b data-reflex="true"></b>' +
        '<b data-sr="click->Tally#add" data-sr-args="[[&quot;x&quot;]]">leaf</b>' +
        '<b data-sr="click->Tally#one click->Tally#add" data-reflex="old" data-sr-args="[[],[&quot;y&quot;]]">both</b>' +
        '<input data-sr="click->Tally#add" data-sr-args="[[&quot;z&quot;]]"/>' +
        "</section></main>",
    );
    assert.deepEqual(
      await outcomes(app, [["Tally#one"], ["Tally#two"], ["Tally#add", "x"], ["Tally#add", "y"], [
        "Tally#add",
        "z",
      ]]),
      ["done", "offer", "done", "done", "done"],
    );
  },
);

timed("attributes: each way to write the name alone is an offer", async () => {
  const token = "click->Tally#one";
  const ways: (() => Html)[] = [
    () => <b data-sr="click-&gt;Tally#one" />,
    () => <b title={v("t")} data-sr={v(token)} />,
    () => <input data-sr={v(token)} />,
    () => h("b", { "data-sr": token }) as Html,
    () => [<b key="a" data-sr={v(token)} />],
  ];
  for (const way of ways) {
    assert.deepEqual(await outcomes(tallying(way, sr), [["Tally#one"]]), ["done"], String(way));
    assert.deepEqual(await outcomes(tallying(way), [["Tally#one"]]), ["offer"], String(way));
  }
});

timed("attributes: what is malformed is refused under the app's name", async () => {
  const ways: [() => Html, RegExp][] = [
    [() => <b data-sr="click->Tally" />, /Cannot write data-sr on <b>: .* is not of the form/],
    [() => <b data-sr={v("click->Tally")} />, /Cannot write data-sr: .* is not of the form/],
    [() => <b data-sr-args="[[1]]" />, /Cannot write data-sr-args on <b> by hand: use on\(\)/],
    [() => <b data-sr-args={v("[[1]]")} />, /Cannot write data-sr-args by hand/],
    [() => <input data-sr-args={v("[[1]]")} />, /Cannot write data-sr-args on <input> by hand/],
  ];
  for (const [way, message] of ways) {
    const log = new MemoryLog();
    const { response } = await load(tallying(way, { ...sr, log }));
    assert.equal(response.status, 500);
    assert.match(log.lines.join("\n"), message);
  }
});

const Row = memo(({ n }: { n: number }) => (
  <li>
    <b data-reflex="click->Tally#one" data-sr="click->Tally#two" />
    <i {...on("click", Tally, "add", `${n}`)}>{n}</i>
  </li>
));
const constant = <b data-reflex={v("click->Tally#one")} data-sr={v("click->Tally#two")} />;

timed("attributes: two apps of one process write the same components under their own names", async () => {
  const body = () => (
    <section>
      <ul>{[1, 2].map((n) => <Row key={n} n={n} />)}</ul>
      {constant}
    </section>
  );
  const [plain, own, other] = [
    tallying(body),
    tallying(body, sr),
    tallying(body, { attributes: { reflex: "data-do" } }),
  ];
  for (let round = 0; round < 3; round++) {
    for (const [app, name] of [[plain, "data-reflex"], [own, "data-sr"], [other, "data-do"]] as const) {
      const page = await load(app);
      for (const n of [1, 2]) {
        assert.ok(
          page.body.includes(`<i ${name}="click->Tally#add" ${name}-args="[[&quot;${n}&quot;]]">${n}</i>`),
          page.body,
        );
      }
    }
  }
  const calls: [string, ...unknown[]][] = [["Tally#one"], ["Tally#two"], ["Tally#add", "2"]];
  assert.deepEqual(await outcomes(own, calls), ["offer", "done", "done"]);
  assert.deepEqual(await outcomes(plain, calls), ["done", "offer", "done"]);
  assert.deepEqual(await outcomes(other, calls), ["offer", "offer", "done"]);
});

timed("attributes: the app's scripts say its names, and stand under a hash of their own", async () => {
  const attributes: AppOptions["attributes"] = { reflex: "data-sr", debounce: "data-wait" };
  const body = () => <b data-sr="click" />;
  const app = tallying(body, { attributes });
  const script = async (app: App) => /src="([^"]+)"/.exec((await load(app)).html)![1]!;
  const path = await script(app), plain = await script(tallying(body));
  assert.match(path, /^\/_argyle\/client-[0-9a-f]{12}\.js$/);
  assert.notEqual(path, plain);
  assert.equal(await script(tallying(body, { attributes })), path);
  assert.notEqual(await script(tallying(body, sr)), path);
  // Names that say nothing new are none.
  assert.equal(await script(tallying(body, { attributes: { reflex: "data-reflex" } })), plain);
  const get = (path: string) => app.fetch(new Request(`http://127.0.0.1${path}`));
  let all = "";
  const names = [
    "client",
    "rest",
    "patches",
    "operations",
    "care",
    "navigation",
    "islands",
    "api",
    "stimulus",
    "sync",
    "groups",
    "events",
  ];
  for (const name of names) {
    const response = await get(path.replace("client", name));
    assert.equal(response.status, 200, name);
    assert.ok(response.headers.get("etag")?.includes(path.slice(-15, -3)));
    const code = await response.text();
    for (const [, other, rest] of code.matchAll(/[}*] ?from ?"\.\/(\w+)(-[^"]+)"/g)) {
      assert.ok(names.includes(other!), `${name} imports ${other}`);
      assert.equal(`/_argyle/client${rest}`, path);
    }
    all += code;
  }
  const old = await get(plain);
  assert.equal(old.status, 404);
  await old.body?.cancel();
  assert.doesNotMatch(all, /data-reflex/);
  for (const key of Object.keys(Option)) {
    const name = key === "debounce"
      ? "data-wait"
      : Option[key as keyof typeof Option].replace("reflex", "sr");
    // Nothing in a browser asks for those of which only the list tells.
    assert.ok(all.includes(name), name);
  }
});

timed("attributes: only a render writes the app's own", async () => {
  const body = () => (
    <b
      {...on("click", Tally, "seize", "data-sr-confirm").on("x", Tally, "seize", "data-keep").on(
        "y",
        Tally,
        "mark",
      )}
    />
  );
  const app = tallying(body, { attributes: { reflex: "data-sr", permanent: "data-keep" } });
  await using server = await app.listen({ port: 0 });
  await using peer = await Peer.live(server, await load(app));
  assert.deepEqual((await peer.call("Tally#seize", ["data-sr-confirm"])).slice(0, 3), ["error", 1, "failed"]);
  assert.deepEqual((await peer.call("Tally#seize", ["data-keep"])).slice(0, 3), ["error", 2, "failed"]);
  assert.deepEqual(await peer.call("Tally#mark"), [
    "patch",
    1,
    [["do", "setAttribute", "#tally", { name: "data-keep-not", value: "1" }]],
  ]);
});

timed("attributes: nothing in what is permanent under the app's name has an address", async () => {
  const patched = async (name: string, attributes?: AppOptions["attributes"]) => {
    let n = 0;
    const app = new App({ log: new MemoryLog(), ...(attributes && { attributes }) });
    app.page("/", () => (
      <main>
        <div id="kept" {...{ [name]: "" }}>
          <p id="inside">{++n}</p>
        </div>
        <i {...{ [attributes?.reflex ?? "data-reflex"]: "click" }} />
      </main>
    ));
    await using server = await app.listen({ port: 0 });
    await using peer = await Peer.live(server, await load(app));
    return JSON.stringify(await peer.call("$#refresh")).replaceAll(name, "NAME").replaceAll(
      "data-sr",
      "data-reflex",
    );
  };
  const whole = await patched("data-reflex-permanent");
  assert.match(whole, /NAME/);
  assert.equal(await patched("data-keep", { permanent: "data-keep" }), whole);
  assert.equal(await patched("data-sr-permanent", { reflex: "data-sr" }), whole);
  // Of a name that is nobody's, the text alone is sent.
  assert.deepEqual(JSON.parse(await patched("data-other")).slice(0, 3), ["patch", 1, [[
    "text",
    "inside",
    "2",
  ]]]);
});

timed("attributes: the test kit runs the app's own scripts", async () => {
  const app = tallying(() => (
    <section>
      <button id="own" type="button" data-sr="click->Tally#one">Own</button>
      <button id="old" type="button" data-reflex="click->Tally#two">Old</button>
      <button id="more" type="button" data-sr="click->Tally#more" data-sr-include-inner-html title="Two">
        <i>2</i>
      </button>
    </section>
  ), sr);
  await using page = await open(app, "/");
  await page.click("#own");
  await page.click("#old");
  await page.click("#more");
  assert.equal(page.text("#tally"), "1Two<i>2</i>null");
});

timed("attributes: what is permanent in one app is patched like anything in another", async () => {
  let n = 0;
  const app = tallying(() => (
    <section>
      <div data-keep="">
        <p id="inside">{++n}</p>
      </div>
      <button id="refresh" type="button" data-reflex="click">Refresh</button>
    </section>
  ));
  const other = tallying(() => <p data-keep="">{n}</p>, { attributes: { permanent: "data-keep" } });
  await load(other);
  await using page = await open(app, "/");
  const before = n;
  await page.click("#refresh");
  assert.equal(page.text("#inside"), `${before + 1}`);
});
