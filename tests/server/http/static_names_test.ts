import assert from "node:assert/strict";
import { serveFiles } from "../../../server/http/static_files.ts";
import { makeStaticFiles } from "../../../server/http/static_options.ts";
import { timed } from "../../helpers/peer.ts";
import { makeFolder } from "./_files.ts";

timed("serveFiles: an empty file, and names with spaces, umlauts, percent signs and emoji", async () => {
  const names = ["a b.txt", "größe.txt", "100%.txt", "🎈.txt", "a#b.txt", "a+b.txt", "a'b&c.txt", "a..b.txt"];
  await using folder = await makeFolder({ "empty.txt": "" });
  const empty = await folder.ask("/files/empty.txt");
  assert.deepEqual([empty.status, empty.headers.get("content-length"), empty.text], [200, "0", ""]);
  for (const name of names) {
    await folder.write(name, name);
    assert.equal((await folder.ask(`/files/${encodeURIComponent(name)}`)).text, name);
  }
});

timed("serveFiles: the prefix is a whole part of the path, and may be the root of the app", async () => {
  await using folder = await makeFolder({ "a.txt": "a", "files/b.txt": "b" });
  const status = async (path: string, prefix: string) => (await folder.ask(path, {}, { prefix })).status;
  for (
    const [prefix, path, expected] of [
      ["/files", "/files/a.txt", 200],
      ["/files/", "/files/a.txt", 200],
      ["/deep/er", "/deep/er/files/b.txt", 200],
      ["/größe", "/gr%C3%B6%C3%9Fe/a.txt", 200],
      ["/", "/a.txt", 200],
      ["/", "/files/b.txt", 200],
      ["/files", "/filesa.txt", 0],
      ["/files", "/files", 0],
      ["/files", "/files/", 0],
      ["/files", "/FILES/a.txt", 0],
      ["/files", "/other/a.txt", 0],
      ["/", "/", 0],
    ] as const
  ) {
    assert.equal(await status(path, prefix), expected, `${path} at ${prefix}`);
  }
});

timed("makeStaticFiles: what cannot be is refused when it is said", () => {
  for (const prefix of ["", "files", "//files", "/a/../b", "/..", "/a?b", "/a#b", "/a%20b", "/a\\b"]) {
    assert.throws(() => makeStaticFiles(prefix, "files"), /^TypeError: Cannot serve files at/, prefix);
  }
  for (const root of ["", "a\0b", new URL("https://example.test/files/")]) {
    assert.throws(() => makeStaticFiles("/", root), /^TypeError: Cannot serve files from/);
  }
  for (const types of [{ ".gpx": "a/b" }, { GPX: "a/b" }, { gpx: "gpx" }, { gpx: "a/b\r\nx: y" }]) {
    assert.throws(() => makeStaticFiles("/", "files", { types }), /^TypeError: Cannot serve files as/);
  }
  assert.throws(() => makeStaticFiles("/", "files", { headers: { "a b": "c" } }), TypeError);
  return Promise.resolve();
});

timed("serveFiles: no directory is listed; its index.html is served where that is wanted", async () => {
  await using folder = await makeFolder({ "index.html": "top", "a/index.html": "a", "b/c.txt": "c" });
  for (
    const [path, off, on] of [
      ["/files/", 0, 200],
      ["/files/a/", 0, 200],
      ["/files/a", 0, 0],
      ["/files/a/index.html", 200, 200],
      ["/files/a/index.html/", 0, 0],
      ["/files/b/", 0, 0],
      ["/files/b", 0, 0],
      ["/files/b/c.txt/", 0, 0],
    ] as const
  ) {
    assert.equal((await folder.ask(path)).status, off, path);
    assert.equal((await folder.ask(path, {}, { index: true })).status, on, `${path} with index`);
  }
  assert.equal((await folder.ask("/", {}, { index: true, prefix: "/" })).text, "top");
});

timed("serveFiles: hostile paths find nothing", async () => {
  await using folder = await makeFolder({
    "a.txt": "a",
    "con": "x",
    "nul.txt": "x",
    "trail.": "x",
    "A~1.TXT": "x",
    "com1": "x",
    "LPT9.txt": "x",
    "dir/aux.h": "x",
    "a.txt ": "x",
    "a\n.txt": "x",
    "a*.txt": "x",
    "a.txt:stream": "x",
    "dir\\b.txt": "x",
    "C:": "x",
  });
  await folder.write("../secret.txt", "secret");
  await folder.write("dir/b.txt", "b");
  const files = makeStaticFiles("/files", folder.path);
  const names = [
    "..",
    "../secret.txt",
    "../root/a.txt",
    "a/../../secret.txt",
    "dir/../a.txt",
    "dir/../../secret.txt",
    "./a.txt",
    "dir/./b.txt",
    `${folder.path}/a.txt`,
    "/etc/passwd",
    "..\\secret.txt",
    "dir\\b.txt",
    "C:",
    "C:/Windows/win.ini",
    "C:a.txt",
    "a.txt::$DATA",
    "a.txt:stream",
    "con",
    "CON",
    "nul.txt",
    "dir/aux.h",
    "com1",
    "LPT9.txt",
    "trail.",
    "a.txt.",
    "a.txt ",
    "a.txt...",
    "A~1.TXT",
    "a\n.txt",
    "a\0.txt",
    "a*.txt",
    "dir//b.txt",
    "x".repeat(300),
    "x/".repeat(3000),
    `${"x/".repeat(3000)}y`,
    "a.txt/b",
    "no/such",
    "\ud800",
  ];
  for (const name of names) {
    const request = new Request("http://127.0.0.1/files/");
    assert.equal(await serveFiles(request, `/files/${name}`, files), undefined, JSON.stringify(name));
  }
});

timed("serveFiles: escapes are decoded once, and what hides in them is refused", async () => {
  await using folder = await makeFolder({ "a.txt": "a", "%2e%2e": "literal" });
  await folder.write("../secret.txt", "secret");
  for (
    const [path, status] of [
      ["%61.txt", 200],
      ["%2e%2e/secret.txt", 0],
      ["%2e%2e%2fsecret.txt", 400],
      ["..%5csecret.txt", 400],
      ["a.txt%00.png", 400],
      ["%252e%252e", 200],
      ["%252e%252e%252fsecret.txt", 0],
      ["%c0%ae%c0%ae/secret.txt", 400],
      ["%ff", 400],
    ] as const
  ) {
    const answer = await folder.ask(`/files/${path}`);
    assert.equal(answer.status, status, path);
    assert.ok(!answer.text.includes("secret"), path);
  }
});

timed(
  "serveFiles: links within the root are followed, links that lead out or in circles are not",
  async () => {
    await using folder = await makeFolder({ "real/a.txt": "a" });
    await folder.write("../secret.txt", "secret");
    await folder.write("../root-too/b.txt", "beside");
    const link = (to: string, name: string) => Deno.symlink(to, `${folder.path}/${name}`);
    await link("real/a.txt", "inside.txt");
    await link("real", "directory");
    await link("../secret.txt", "out.txt");
    await link("..", "up");
    await link("../root-too", "beside");
    await link("circle", "circle");
    await link("nowhere", "dangling");
    await link("../secret.txt", "real/a.txt.br");
    for (
      const [name, status] of [
        ["inside.txt", 200],
        ["directory/a.txt", 200],
        ["out.txt", 0],
        ["up/secret.txt", 0],
        ["up/root/real/a.txt", 200],
        ["beside/b.txt", 0],
        ["circle", 0],
        ["circle/a.txt", 0],
        ["dangling", 0],
      ] as const
    ) {
      assert.equal((await folder.ask(`/files/${name}`)).status, status, name);
    }
    const { text } = await folder.ask("/files/real/a.txt", { headers: { "accept-encoding": "br" } });
    assert.equal(text, "a", "a compressed file outside the root");
  },
);

timed("serveFiles: the root itself may be a link", async () => {
  await using folder = await makeFolder({ "a.txt": "a" });
  await Deno.symlink("root", `${folder.path}/../current`);
  const files = makeStaticFiles("/", new URL(`file://${folder.path}/../current/`));
  const response = await serveFiles(new Request("http://127.0.0.1/a.txt"), "/a.txt", files);
  assert.equal(await response?.text(), "a");
});

timed("serveFiles: what begins with a dot is not there, but .well-known at the top", async () => {
  await using folder = await makeFolder();
  for (
    const [name, status] of [
      [".env", 0],
      [".git/config", 0],
      ["a/.env", 0],
      ["a/.git/config", 0],
      [".well-known/security.txt", 200],
      [".well-known/.env", 0],
      ["a/.well-known/security.txt", 0],
      [".well-knownish/security.txt", 0],
    ] as const
  ) {
    await folder.write(name, "x");
    assert.equal((await folder.ask(`/files/${name}`)).status, status, name);
  }
});

timed("serveFiles: a pipe is no file, and nobody waits for its writer", async () => {
  await using folder = await makeFolder();
  const { success } = await new Deno.Command("mkfifo", { args: [`${folder.path}/pipe`] }).output();
  assert.ok(success);
  assert.equal((await folder.ask("/files/pipe")).status, 0);
});

timed("serveFiles: a directory that is missing, or may not be read, is told with what to do", async () => {
  await assert.rejects(
    () => serveFiles(new Request("http://127.0.0.1/"), "/a.txt", makeStaticFiles("/", "no/such/directory")),
    /Cannot serve files from "no\/such\/directory": there is no such directory\./,
  );
});

Deno.test({
  name: "serveFiles: without permission the error names the flag",
  permissions: { read: false },
  async fn() {
    await assert.rejects(
      () => serveFiles(new Request("http://127.0.0.1/"), "/a.txt", makeStaticFiles("/", "/srv/files")),
      (error: Error) => {
        assert.match(
          error.message,
          /^Cannot serve files from "\/srv\/files": not permitted\. Run with --allow-read=\/srv\/files\.$/,
        );
        return error.cause instanceof Deno.errors.NotCapable;
      },
    );
  },
});
