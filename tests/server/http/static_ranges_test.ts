import assert from "node:assert/strict";
import fc from "fast-check";
import { serveFiles } from "../../../server/http/static_files.ts";
import { makeStaticFiles } from "../../../server/http/static_options.ts";
import { timed } from "../../helpers/peer.ts";
import { makeFolder } from "./_files.ts";

const digits = "0123456789";

timed("ranges: one that can be is 206, one that cannot is 416, the rest is the whole file", async () => {
  await using folder = await makeFolder({ "a.txt": digits, "empty.txt": "" });
  const many = Array.from({ length: 10_000 }, () => "0-9").join(",");
  const cases: [string, number, string, string | null][] = [
    ["bytes=0-0", 206, "0", "bytes 0-0/10"],
    ["bytes=2-4", 206, "234", "bytes 2-4/10"],
    ["bytes=9-9", 206, "9", "bytes 9-9/10"],
    ["bytes=7-", 206, "789", "bytes 7-9/10"],
    ["bytes=0-", 206, digits, "bytes 0-9/10"],
    ["bytes=-3", 206, "789", "bytes 7-9/10"],
    ["bytes=-10", 206, digits, "bytes 0-9/10"],
    ["bytes=-99", 206, digits, "bytes 0-9/10"],
    ["bytes=5-99", 206, "56789", "bytes 5-9/10"],
    [`bytes=5-${"9".repeat(400)}`, 206, "56789", "bytes 5-9/10"],
    [`bytes=-${"9".repeat(400)}`, 206, digits, "bytes 0-9/10"],
    ["Bytes= 2-4 ", 206, "234", "bytes 2-4/10"],
    ["bytes=10-", 416, "The file has 10 bytes.", "bytes */10"],
    ["bytes=10-12", 416, "The file has 10 bytes.", "bytes */10"],
    [`bytes=${"9".repeat(400)}-`, 416, "The file has 10 bytes.", "bytes */10"],
    ["bytes=-0", 416, "The file has 10 bytes.", "bytes */10"],
    ["bytes=4-2", 200, digits, null],
    ["bytes=-", 200, digits, null],
    ["bytes=", 200, digits, null],
    ["bytes=--1", 200, digits, null],
    ["bytes=-1-2", 200, digits, null],
    ["bytes=1.5-2", 200, digits, null],
    ["bytes=0x1-2", 200, digits, null],
    ["bytes=a-b", 200, digits, null],
    ["bytes 0-1", 200, digits, null],
    ["bytes=0-1,3-4", 200, digits, null],
    ["bytes=0-5,2-7", 200, digits, null],
    ["bytes=99-,0-1", 200, digits, null],
    [`bytes=${many}`, 200, digits, null],
    ["lines=0-1", 200, digits, null],
    ["", 200, digits, null],
  ];
  for (const [range, status, text, said] of cases) {
    const answer = await folder.ask("/files/a.txt", { headers: { range } });
    const what = range.slice(0, 60);
    assert.deepEqual([answer.status, answer.text], [status, text], what);
    assert.equal(answer.headers.get("content-range"), said, what);
    if (status !== 416) assert.equal(answer.headers.get("content-length"), String(text.length), what);
  }
  for (const [range, status] of [["bytes=0-", 416], ["bytes=-0", 416], ["bytes=-5", 200]] as const) {
    const answer = await folder.ask("/files/empty.txt", { headers: { range } });
    assert.equal(answer.status, status, `${range} of nothing`);
  }
});

timed("ranges: if-range gives the part only of the version that the peer has", async () => {
  await using folder = await makeFolder({ "a.txt": digits });
  const { headers } = await folder.ask("/files/a.txt");
  const tag = headers.get("etag")!;
  for (
    const [ifRange, status] of [
      [tag, 206],
      [`W/${tag}`, 200],
      ['"other"', 200],
      [headers.get("last-modified")!, 200],
      ["", 200],
    ] as const
  ) {
    const answer = await folder.ask("/files/a.txt", { headers: { range: "bytes=2-4", "if-range": ifRange } });
    assert.equal(answer.status, status, ifRange);
    const beyond = await folder.ask("/files/a.txt", { headers: { range: "bytes=99-", "if-range": ifRange } });
    assert.equal(beyond.status, status === 206 ? 416 : 200, ifRange);
  }
});

timed("ranges: whatever the content, a valid one is that slice", async () => {
  await using folder = await makeFolder();
  const files = makeStaticFiles("/", folder.path);
  const cases = fc.uint8Array({ minLength: 1, maxLength: 200_000, size: "max" }).chain((content) =>
    fc.record({
      content: fc.constant(content),
      first: fc.nat(content.length - 1),
      beyond: fc.nat(content.length + 10),
      form: fc.constantFrom("both", "open", "suffix"),
    })
  );
  await fc.assert(
    fc.asyncProperty(cases, async ({ content, first, beyond, form }) => {
      await folder.write("a.bin", content);
      const last = first + beyond;
      const [range, expected] = form === "both"
        ? [`${first}-${last}`, content.slice(first, last + 1)]
        : form === "open"
        ? [`${first}-`, content.slice(first)]
        : [`-${first + 1}`, content.slice(-(first + 1))];
      const request = new Request("http://127.0.0.1/", { headers: { range: `bytes=${range}` } });
      const response = await serveFiles(request, "/a.bin", files);
      assert.equal(response!.status, 206);
      assert.deepEqual(await response!.bytes(), expected);
    }),
    { numRuns: 60 },
  );
});

timed("ranges: two hundred at once each get their own", async () => {
  const content = crypto.getRandomValues(new Uint8Array(60_000));
  await using folder = await makeFolder({ "a.bin": content });
  const files = makeStaticFiles("/", folder.path);
  await Promise.all(Array.from({ length: 200 }, async (_, at) => {
    const headers = { range: `bytes=${at * 300}-${at * 300 + 299}` };
    const response = await serveFiles(new Request("http://127.0.0.1/", { headers }), "/a.bin", files);
    assert.deepEqual(await response!.bytes(), content.slice(at * 300, at * 300 + 300));
  }));
});
