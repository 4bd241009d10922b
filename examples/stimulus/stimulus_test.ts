import assert from "node:assert/strict";
import { open } from "@argyle/argyle/testing";
import palette from "./main.tsx";

Deno.test("palette: a colour that a script keeps is on the shelf, and goes by its button", async () => {
  const app = palette();
  await using ann = await open(app, "/");
  await using bob = await open(app, "/");
  assert.equal(await ann.call("Palette#keep", { hue: 0 }), "red 0°");
  assert.equal(await ann.call("Palette#keep", { hue: 200 }), "azure 200°");
  assert.deepEqual(ann.texts("#shelf li span"), ["azure 200°", "red 0°"]);
  assert.deepEqual(bob.texts("#shelf li"), ["Nothing yet."]);
  await ann.click("#hue-200 button");
  assert.deepEqual(ann.last.operations, [["remove", "hue-200"]]);
  assert.deepEqual(ann.texts("#shelf li span"), ["red 0°"]);
});

Deno.test("palette: one that is there, one too many and one that is none are refused", async () => {
  await using ann = await open(palette(), "/");
  for (const hue of [0, 60, 120, 180, 240, 300]) await ann.call("Palette#keep", { hue });
  await assert.rejects(ann.call("Palette#keep", { hue: 60 }), {
    code: "halted",
    message: "You have yellow 60° already.",
  });
  await assert.rejects(ann.call("Palette#keep", { hue: 61 }), {
    code: "failed",
    message: "There is room for 6. Let one go first.",
  });
  for (const hue of [-1, 360, 1.5, "red"]) {
    await assert.rejects(ann.call("Palette#keep", { hue }), { code: "invalid" });
  }
  assert.equal(ann.texts("#shelf li").length, 6);
});

Deno.test("palette: what others have kept is there when one looks again", async () => {
  const app = palette({ base: "/stimulus" });
  await using ann = await open(app, "/stimulus");
  await using bob = await open(app, "/stimulus");
  await ann.call("Palette#keep", { hue: 90 });
  assert.equal(bob.text("#all"), "0 kept by everybody");
  await bob.call("$#refresh");
  assert.equal(bob.text("#all"), "1 kept by everybody");
});

Deno.test("palette: the scripts stand below the base, and the page names them", async () => {
  for (const base of ["", "/stimulus"]) {
    const app = palette({ base });
    const get = async (path: string) => await app.fetch(new Request(`http://127.0.0.1${base}${path}`));
    assert.ok((await (await get("/")).text()).includes(`src="${base}/controllers.js"`));
    for (const path of ["/controllers.js", "/stimulus.js"]) {
      const response = await get(path);
      assert.equal(response.headers.get("content-type"), "text/javascript; charset=utf-8");
      assert.match(await response.text(), /class Controller|extends Controller/);
    }
  }
});
