import assert from "node:assert/strict";
import { timed } from "../../helpers/peer.ts";
import { makeFolder, written } from "./_files.ts";

const digits = "0123456789";

timed("serveFiles: conditions are met, not modified or failed, in the order of the standard", async () => {
  await using folder = await makeFolder({ "a.txt": digits });
  const tag = (await folder.ask("/files/a.txt")).headers.get("etag")!;
  const same = "Fri, 20 Nov 2026 10:00:00 GMT", before = "Fri, 20 Nov 2026 09:59:59 GMT";
  const cases: [Record<string, string>, number][] = [
    [{ "if-none-match": tag }, 304],
    [{ "if-none-match": `W/${tag}` }, 304],
    [{ "if-none-match": `"a", "b,c" ,${tag}` }, 304],
    [{ "if-none-match": "*" }, 304],
    [{ "if-none-match": '"other"' }, 200],
    [{ "if-none-match": tag.slice(1, -1) }, 200],
    [{ "if-none-match": `"x${tag}` }, 200],
    [{ "if-none-match": "" }, 200],
    [{ "if-none-match": '"'.repeat(10_000) }, 200],
    [{ "if-modified-since": same }, 304],
    [{ "if-modified-since": "Fri, 20 Nov 2099 10:00:00 GMT" }, 304],
    [{ "if-modified-since": before }, 200],
    [{ "if-modified-since": "Friday, 20-Nov-26 10:00:00 GMT" }, 304],
    [{ "if-modified-since": "Fri Nov 20 10:00:00 2026" }, 304],
    [{ "if-modified-since": "Fri Nov 20 09:59:59 2026" }, 200],
    [{ "if-modified-since": "2099-01-01" }, 200],
    [{ "if-modified-since": "soon" }, 200],
    [{ "if-none-match": '"other"', "if-modified-since": same }, 200],
    [{ "if-match": tag }, 200],
    [{ "if-match": `"a", ${tag}` }, 200],
    [{ "if-match": "*" }, 200],
    [{ "if-match": `W/${tag}` }, 412],
    [{ "if-match": '"other"' }, 412],
    [{ "if-unmodified-since": same }, 200],
    [{ "if-unmodified-since": before }, 412],
    [{ "if-unmodified-since": "soon" }, 200],
    [{ "if-match": tag, "if-unmodified-since": before }, 200],
    [{ "if-match": '"other"', "if-none-match": tag }, 412],
    [{ "if-match": tag, "if-none-match": tag }, 304],
    [{ "if-none-match": tag, range: "bytes=0-1" }, 304],
    [{ "if-none-match": tag, range: "bytes=99-" }, 304],
    [{ "if-match": '"other"', range: "bytes=0-1" }, 412],
  ];
  for (const [headers, status] of cases) {
    for (const method of ["GET", "HEAD"]) {
      const answer = await folder.ask("/files/a.txt", { method, headers });
      assert.equal(answer.status, status, `${method} ${JSON.stringify(headers).slice(0, 200)}`);
      if (status !== 304) continue;
      assert.equal(answer.text, "");
      assert.deepEqual(
        ["etag", "cache-control", "vary", "last-modified"].map((name) => answer.headers.get(name)),
        [tag, "public, max-age=0, must-revalidate", "accept-encoding", same],
      );
      assert.equal(answer.headers.get("content-length"), null);
    }
  }
});

timed(
  "serveFiles: a file that was written again has another tag, also where its size is the same",
  async () => {
    await using folder = await makeFolder({ "a.txt": "one" });
    const tag = (await folder.ask("/files/a.txt")).headers.get("etag")!;
    await folder.write("a.txt", "two", new Date(written.getTime() + 1));
    const answer = await folder.ask("/files/a.txt", { headers: { "if-none-match": tag } });
    assert.deepEqual([answer.status, answer.text], [200, "two"]);
  },
);

timed("serveFiles: a file from the future was modified at most now", async () => {
  await using folder = await makeFolder();
  await folder.write("a.txt", "a", new Date("2199-01-01"));
  const said = Date.parse((await folder.ask("/files/a.txt")).headers.get("last-modified")!);
  assert.ok(said <= Date.now());
});
