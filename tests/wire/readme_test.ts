/**
 * `protocol/README.md` against the code: every frame in it is read and written, every transcript is replayed.
 *
 * @module
 */

import assert from "node:assert/strict";
import type { Logger } from "@argyle/argyle/types";
import {
  Attribute,
  type ClientFrame,
  defaultLimits,
  Path,
  readClientFrame,
  readServerFrame,
  type ServerFrame,
  WireError,
  writeFrame,
} from "@argyle/argyle/protocol";
import { runDeno } from "../project.ts";
import wire from "./readme_app.tsx";

const readme = await Deno.readTextFile(new URL("../../protocol/README.md", import.meta.url));

/** A fence: `wire`, and `closes CODE` behind it where the server closes the socket at the end. */
interface Transcript {
  /** The heading above it, and which one below it this is. */
  readonly title: string;
  /** `> frame`, `< frame`; an empty line where the socket is lost and another one opened. */
  readonly lines: readonly string[];
  readonly closes: number | undefined;
}

const transcripts = readTranscripts(readme);
const silent: Logger = { info() {}, warn() {}, error() {} };

Deno.test("protocol/README.md: the app of the transcripts is the one that the tests run", async () => {
  const source = await Deno.readTextFile(new URL("readme_app.tsx", import.meta.url));
  const [, block] = /^```tsx\n([^]*?)^```$/m.exec(readme) ?? [];
  assert.equal(block, source);
});

// As a file, because in a sample Deno moves the default export above what it exports.
Deno.test("README.md: the program type-checks, and is the one of mod.ts", async () => {
  const [, program = ""] = /^```tsx ignore .*\n\/\/ main\.tsx\n([^]*?)^```$/m.exec(
    await Deno.readTextFile(new URL("../../README.md", import.meta.url)),
  ) ?? [];
  const comment = await Deno.readTextFile(new URL("../../mod.ts", import.meta.url));
  assert.ok(
    comment.replaceAll(/^ \* ?/gm, "").includes(program),
    "the doc comment of mod.ts has another one",
  );
  const file = await Deno.makeTempFile({ suffix: ".tsx" });
  try {
    await Deno.writeTextFile(file, program);
    const { success, stderr } = await runDeno(["check", "--config", "deno.json", "--no-lock", file]);
    assert.ok(success, stderr);
  } finally {
    await Deno.remove(file);
  }
});

// Total over the unions: a new frame is a type error here until it has a line, and a failure until it has a transcript.
const fromBrowser: Record<ClientFrame[0], true> = {
  hello: true,
  call: true,
  ping: true,
  visit: true,
  shown: true,
};
const fromServer: Record<ServerFrame[0], true> = {
  ready: true,
  resync: true,
  patch: true,
  done: true,
  error: true,
  ticket: true,
  go: true,
  page: true,
  pong: true,
};

Deno.test("protocol/README.md: every kind of frame has a transcript", () => {
  const lines = transcripts.flatMap(({ lines }) => lines);
  const shown = (mark: string) => (kind: string) =>
    lines.some((line) => line.startsWith(`${mark} ["${kind}"`));
  assert.deepEqual(Object.keys(fromBrowser).filter(shown(">")), Object.keys(fromBrowser));
  assert.deepEqual(Object.keys(fromServer).filter(shown("<")), Object.keys(fromServer));
});

for (const { title, lines } of transcripts) {
  Deno.test(`readClientFrame: ${title} in protocol/README.md`, () => {
    for (const [at, line] of lines.entries()) {
      if (line.startsWith("> ")) checkClientFrame(line.slice(2), lines[at + 1]);
    }
  });

  Deno.test(`writeFrame: ${title} in protocol/README.md, byte for byte`, () => {
    for (const line of lines.filter((line) => line.startsWith("< "))) {
      assert.equal(writeFrame(readServerFrame(line.slice(2))), line.slice(2));
    }
  });
}

for (const transcript of transcripts) {
  Deno.test(`App: ${transcript.title} in protocol/README.md, replayed`, async () => {
    const deadline = Promise.withResolvers<never>();
    const timer = setTimeout(() => deadline.reject(new Error("The transcript took longer than 5 s.")), 5000);
    try {
      await Promise.race([replay(transcript), deadline.promise]);
    } finally {
      clearTimeout(timer);
    }
  });
}

/** A frame that cannot be read is answered by the very error that the reader throws. */
function checkClientFrame(text: string, answer: string | undefined): void {
  try {
    readClientFrame(text, defaultLimits);
  } catch (error) {
    assert.ok(error instanceof WireError, `${error}`);
    assert.equal(answer, `< ${writeFrame(["error", error.n, error.code, error.message])}`);
  }
}

/** Plays the browser: what the transcript sends is sent, and nothing else than what it receives comes back. */
async function replay({ lines, closes }: Transcript): Promise<void> {
  await using server = await wire({ log: silent }).listen({ port: 0 });
  const page = await fetch(server.url);
  const html = await page.text();
  let [, token = ""] = new RegExp(`${Attribute.page}="([^"]+)"`).exec(html) ?? [];
  const [cookie = ""] = page.headers.get("set-cookie")?.split(";") ?? [];
  let line = await open(server.url, cookie);
  try {
    for (const text of lines) {
      if (text === "") {
        await line.close();
        line = await open(server.url, cookie);
      } else if (text.startsWith("> ")) {
        line.socket.send(text.slice(2).replace('"TOKEN"', JSON.stringify(token)));
      } else {
        const frame = await line.next();
        assert.equal(masked(frame), masked(text.slice(2)));
        const heard = readServerFrame(frame);
        if (heard[0] === "page") token = heard[3];
      }
    }
    if (closes !== undefined) assert.equal(await line.closed, closes);
  } finally {
    await line.close();
  }
  assert.deepEqual(line.left(), []);
}

/** What is random in a frame, under a fixed name. */
function masked(frame: string): string {
  return frame.replace(/\(Reference [\w-]{8}\.\)/, "(Reference REFERENCE.)")
    .replace(/^\["ticket","[\w-]{22}"\]$/, '["ticket","TICKET"]')
    .replace(/^(\["page",\d+,"[^"]*"),"[\w.-]+","[\w-]{6}",/, '$1,"TOKEN","VISIT",');
}

interface Line {
  readonly socket: WebSocket;
  /** The next frame that comes. */
  next(): Promise<string>;
  /** The close code, when the socket is gone. */
  readonly closed: Promise<number>;
  /** Closes it, where it is open, and waits until it is gone. */
  close(): Promise<number>;
  /** Frames that nobody has asked for. */
  left(): string[];
}

async function open(url: string, cookie: string): Promise<Line> {
  // Deno's own option: the DOM's types know subprotocols only.
  const options = { headers: { cookie, origin: url } } as unknown as string[];
  const socket = new WebSocket(url.replace("http", "ws") + Path.socket, options);
  const frames: string[] = [];
  let heard = Promise.withResolvers<void>();
  const opened = Promise.withResolvers<void>(), closed = Promise.withResolvers<number>();
  socket.onopen = () => opened.resolve();
  socket.onmessage = ({ data }) => {
    frames.push(data);
    heard.resolve();
  };
  socket.onclose = ({ code }) => {
    opened.reject(new Error(`The socket was closed with ${code} before it was open.`));
    closed.resolve(code);
    heard.resolve();
  };
  await opened.promise;
  return {
    socket,
    closed: closed.promise,
    left: () => frames,
    async next() {
      while (frames.length === 0) {
        if (socket.readyState === WebSocket.CLOSED) throw new Error("The socket is closed; no frame came.");
        heard = Promise.withResolvers();
        await heard.promise;
      }
      return frames.shift()!;
    },
    close() {
      if (socket.readyState === WebSocket.OPEN) socket.close();
      return closed.promise;
    },
  };
}

function readTranscripts(markdown: string): Transcript[] {
  const found: Transcript[] = [];
  let heading = "", count = 0;
  for (const match of markdown.matchAll(/^#+ (.+)$|^```wire(?: closes (\d{4}))?\n([^]*?)\n```$/gm)) {
    const [, title, closes, body] = match;
    if (title !== undefined) {
      heading = title.replaceAll("`", "");
      count = 0;
    } else {
      found.push({
        title: `${heading}, transcript ${++count}`,
        lines: body!.split("\n"),
        closes: closes === undefined ? undefined : Number(closes),
      });
    }
  }
  return found;
}
