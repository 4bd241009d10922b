import assert from "node:assert/strict";
import { App } from "@argyle/argyle";
import { memory } from "@argyle/argyle/memory";
import { temporaryFolder } from "../../helpers/folder.ts";
import { load, MemoryLog, Peer, timed } from "../../helpers/peer.ts";
import { serve } from "../../browser/serve.ts";

function manifest(build: string): string {
  return JSON.stringify({ version: 1, build, project: "../", islands: {}, files: {}, earlier: {} });
}

timed(
  "a page of an older build of islands is loaded anew when it connects, and one of the same is not",
  async () => {
    await using folder = await temporaryFolder({
      "one/manifest.json": manifest("1111111111111111"),
      "two/manifest.json": manifest("2222222222222222"),
    });
    const secrets = ["0123456789abcdef0123456789abcdef"], engine = memory();
    const app = (build: string) =>
      new App({ ...engine, secrets, islands: { build: `${folder.path}/${build}` }, log: new MemoryLog() })
        .page("/", () => "Hello");
    await using before = app("one");
    await using same = serve(app("one"));
    await using after = serve(app("two"));
    const page = await load(before);
    for (const [server, first] of [[same, "ready"], [after, "resync"]] as const) {
      await using peer = await Peer.connect(server, { cookie: page.cookie });
      peer.hello(page);
      assert.equal((await peer.next())[0], first);
    }
  },
);
