/**
 * A project of somebody's in a temporary folder, and `dev` that runs it.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { readManifest, root } from "../project.ts";
import { TextLineStream } from "../server/fixtures/lines.ts";

/** A project. Leaving its scope removes it. */
export interface Project extends AsyncDisposable {
  /** Its folder. */
  readonly path: string;
  /** Writes a file as an editor does: a new one, which takes the name. */
  write(name: string, text: string): Promise<void>;
}

/** `dev`, running. Leaving its scope ends it, and fails where something of it lives on. */
export interface Dev extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Its process. */
  readonly child: Deno.ChildProcess;
  /** What it has said so far, both ways. */
  readonly lines: readonly string[];
  /** Waits for the next line like this: none that an earlier call has found, nor one before that. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  /** Waits until it has said such a line, at whatever time. */
  said(pattern: RegExp): Promise<void>;
  /** Asks it to end, and waits: its exit code. */
  terminate(signal?: Deno.Signal): Promise<number>;
}

/** Makes a project whose `deno.json` maps the package to this work tree. */
export async function makeProject(files: Readonly<Record<string, string>>): Promise<Project> {
  const path = await Deno.realPath(await Deno.makeTempDir());
  const write = async (name: string, text: string) => {
    await Deno.mkdir(`${path}/${name}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.writeTextFile(`${path}/${name}.new`, text);
    await Deno.rename(`${path}/${name}.new`, `${path}/${name}`);
  };
  await write("deno.json", await projectFile());
  for (const [name, text] of Object.entries(files)) await write(name, text);
  return { path, write, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

async function projectFile(): Promise<string> {
  const { exports, compilerOptions, imports } = await readManifest();
  const own = Object.entries(exports).map((
    [entry, path],
  ) => [`@argyle/argyle${entry.slice(1)}`, new URL(path, root).href]);
  return JSON.stringify({
    imports: { ...imports, ...Object.fromEntries(own) },
    compilerOptions,
    unstable: ["kv"],
    nodeModulesDir: "none",
  });
}

/** Starts `dev` in a project, on a free port. */
export async function startDev(
  { path }: Project,
  { args = ["main.tsx", "--port", "0"], env = {} }: {
    args?: readonly string[];
    env?: Record<string, string>;
  } = {},
): Promise<Dev> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", fileURLToPath(new URL("cli/dev.ts", root)), ...args],
    cwd: path,
    env: { NO_COLOR: "1", ARGYLE_SECRET: "", ARGYLE_ENV: "", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [], heard = new EventTarget();
  let seen = 0, isOver = false;
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const line of stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
      lines.push(line);
      heard.dispatchEvent(new Event("line"));
    }
  };
  const gone = Promise.all([child.status, read(child.stdout), read(child.stderr)]).then(([{ code }]) => {
    isOver = true;
    heard.dispatchEvent(new Event("line"));
    return code;
  });
  const says = async (pattern: RegExp): Promise<RegExpExecArray> => {
    for (;;) {
      while (seen < lines.length) {
        const found = pattern.exec(lines[seen++]!);
        if (found) return found;
      }
      if (isOver) throw new Error(`It ended before ${pattern}:\n${lines.join("\n")}`);
      await new Promise((resolve) => heard.addEventListener("line", resolve, { once: true }));
    }
  };
  const said = async (pattern: RegExp): Promise<void> => {
    while (!lines.some((line) => pattern.test(line))) {
      if (isOver) throw new Error(`It ended before ${pattern}:\n${lines.join("\n")}`);
      await new Promise((resolve) => heard.addEventListener("line", resolve, { once: true }));
    }
  };
  const terminate = async (signal: Deno.Signal = "SIGTERM") => {
    if (!isOver) child.kill(signal);
    return await gone;
  };
  try {
    const [, url = ""] = await says(/^Argyle (http:\S+)\/(?: |$)/);
    const dev = { url, port: Number(URL.parse(url)?.port), child, lines, says, said, terminate };
    return { ...dev, [Symbol.asyncDispose]: async () => void await terminate() };
  } catch (error) {
    await terminate("SIGKILL");
    throw error;
  }
}
