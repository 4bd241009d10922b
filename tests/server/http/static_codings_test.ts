import assert from "node:assert/strict";
import { timed } from "../../helpers/peer.ts";
import { makeFolder, written } from "./_files.ts";

const digits = "0123456789";

timed("compressed: the best of what the peer takes and the directory has", async () => {
  await using all = await makeFolder({
    "a.js": "plain",
    "a.js.br": "br",
    "a.js.zst": "zstd",
    "a.js.gz": "gzip",
  });
  await using old = await makeFolder({ "a.js": "plain", "a.js.gz": "gzip" });
  const cases: [string | undefined, string, string][] = [
    [undefined, "plain", "plain"],
    ["", "plain", "plain"],
    ["gzip, deflate, br, zstd", "br", "gzip"],
    ["gzip", "gzip", "gzip"],
    ["GZIP;Q=1", "gzip", "gzip"],
    ["zstd, gzip", "zstd", "gzip"],
    ["br;q=0.5, gzip", "gzip", "gzip"],
    ["br;q=0, *", "zstd", "gzip"],
    ["*", "br", "gzip"],
    ["*;q=0", "plain", "plain"],
    ["br;q=0", "plain", "plain"],
    ["identity", "plain", "plain"],
    ["identity, gzip;q=0.5", "plain", "plain"],
    ["identity;q=0.5, gzip;q=0.5", "gzip", "gzip"],
    ["identity;q=0, *", "br", "gzip"],
    ["identity;q=0, zstd", "zstd", "plain"],
    ["identity;q=0", "plain", "plain"],
    ["gzip;q=2, br;q=x, zstd;q=-1", "plain", "plain"],
    ["gzip ; q=0.001", "gzip", "gzip"],
    ["deflate, compress", "plain", "plain"],
    [`gzip${" ".repeat(50_000)}x`, "plain", "plain"],
    [",".repeat(50_000), "plain", "plain"],
  ];
  for (const [value, fromAll, fromOld] of cases) {
    const init = value === undefined ? {} : { headers: { "accept-encoding": value } };
    for (const [folder, expected] of [[all, fromAll], [old, fromOld]] as const) {
      const { text, headers, status } = await folder.ask("/files/a.js", init);
      const what = `${value?.slice(0, 60)}`;
      assert.deepEqual([status, text], [200, expected], what);
      assert.equal(headers.get("content-encoding"), expected === "plain" ? null : expected, what);
      assert.equal(headers.get("content-type"), "text/javascript; charset=utf-8", what);
      assert.equal(headers.get("content-length"), String(expected.length), what);
      assert.equal(headers.get("vary"), "accept-encoding", what);
    }
  }
});

timed("compressed: each has a tag of its own, and a 304 by it", async () => {
  await using folder = await makeFolder({ "a.js": "same", "a.js.br": "same", "a.js.gz": "same" });
  const tags = new Set<string>();
  for (const coding of ["identity", "br", "gzip"]) {
    const headers = { "accept-encoding": coding };
    const tag = (await folder.ask("/files/a.js", { headers })).headers.get("etag")!;
    assert.ok(tag.startsWith('"'), "strong");
    tags.add(tag);
    const again = await folder.ask("/files/a.js", { headers: { ...headers, "if-none-match": tag } });
    assert.deepEqual([again.status, again.headers.get("etag")], [304, tag]);
    assert.equal(again.headers.get("vary"), "accept-encoding");
    const other = await folder.ask("/files/a.js", {
      headers: { "accept-encoding": "", "if-none-match": tag },
    });
    assert.equal(other.status, coding === "identity" ? 304 : 200);
  }
  assert.equal(tags.size, 3);
});

timed("compressed: a range is one of the plain file, or none", async () => {
  await using folder = await makeFolder({ "a.js": digits, "a.js.br": "compressed" });
  const ask = (encoding: string) =>
    folder.ask("/files/a.js", { headers: { range: "bytes=2-4", "accept-encoding": encoding } });
  const part = await ask("br");
  assert.deepEqual([part.status, part.text, part.headers.get("content-encoding")], [206, "234", null]);
  const whole = await ask("br, identity;q=0");
  assert.deepEqual([whole.status, whole.text, whole.headers.get("content-encoding")], [
    200,
    "compressed",
    "br",
  ]);
  assert.equal(whole.headers.get("accept-ranges"), null);
});

timed("compressed: older than the file, alone, a directory, or beside a picture is not used", async () => {
  await using folder = await makeFolder({
    "a.js": "plain",
    "b.js.br": "alone",
    "c.js": "plain",
    "d.png": "plain",
  });
  await folder.write("a.js.br", "stale", new Date(written.getTime() - 1));
  await folder.write("c.js.br/x", "x");
  await folder.write("d.png.br", "br");
  const headers = { "accept-encoding": "br" };
  for (
    const [name, status, text] of [["a.js", 200, "plain"], ["b.js", 0, ""], ["c.js", 200, "plain"]] as const
  ) {
    const answer = await folder.ask(`/files/${name}`, { headers });
    assert.deepEqual([answer.status, answer.text, answer.headers.get("content-encoding")], [
      status,
      text,
      null,
    ], name);
  }
  const picture = await folder.ask("/files/d.png", { headers });
  assert.deepEqual([picture.text, picture.headers.get("vary")], ["plain", null]);
});
