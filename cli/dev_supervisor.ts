/**
 * Keeps the app running while its source changes.
 *
 * @module
 */

import { makeSecret } from "../server/seal/secrets.ts";
import { type Fault, faultOfError, faultOfOutput } from "./dev_fault.ts";
import { AppFiles, type Swap } from "./dev_files.ts";
import { Front } from "./dev_front.ts";
import { isFile, readGraph } from "./dev_graph.ts";
import type { ChildNews } from "./dev_news.ts";
import { AppProcess } from "./dev_process.ts";
import { DevServer, type PageNews } from "./dev_server.ts";
import { Terminal } from "./dev_terminal.ts";
import { Watcher } from "./dev_watch.ts";

/** What is developed, and where it is to be found. */
export interface Developed {
  /** The app's module, as it was given, and as a path from the root. */
  readonly entry: string;
  readonly root: string;
  /** Settings: files whose change needs a new process. */
  readonly settings: readonly string[];
  /** Where variables may stand. */
  readonly envFile: string;
  readonly listener: Deno.TcpListener;
  readonly isOpen: boolean;
  readonly url: string;
}

/** How it stands. */
type Standing =
  | { readonly state: "starting" }
  | { readonly state: "ready"; readonly port: number; readonly foreign: number | undefined }
  | { readonly state: "failed"; readonly fault: Fault };

/** Milliseconds that a request waits for an app that starts. */
const PATIENCE = 10_000;
/** Milliseconds after its module has run within which an app listens. */
const LISTENS = 5000;
/** Failures that are kept for pages that are about to ask. */
const FAULTS = 20;

/** The app's process, the port in front of it, and what watches its files. */
export class Supervisor implements AsyncDisposable {
  readonly #developed: Developed;
  readonly #terminal = new Terminal();
  readonly #files: AppFiles;
  readonly #watcher: Watcher;
  readonly #server: DevServer;
  readonly #front: Front;
  readonly #token = crypto.randomUUID().replaceAll("-", "");
  readonly #env: Record<string, string>;
  /** Only its owner can read it. */
  readonly #kept = Deno.makeTempFileSync({ prefix: "argyle-dev-" });
  readonly #faults: Fault[] = [];
  #standing: Standing = { state: "starting" };
  #moved = Promise.withResolvers<void>();
  #process: AppProcess | undefined;
  /** Counts processes; each has code of its own. */
  #start = 0;
  #began = 0;
  #listened = false;
  #changed: string[] = [];
  /** Stylesheets and pictures that have changed, until there is an app that gives them out. */
  readonly #swaps = new Map<string, Swap>();
  #turning: Promise<void> | undefined;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #ended = false;

  constructor(developed: Developed) {
    this.#developed = developed;
    this.#env = { ARGYLE_ENV: "development", ARGYLE_DEV_SECRET: makeSecret() };
    this.#files = new AppFiles(developed.root, developed.settings);
    this.#watcher = new Watcher(
      (path) => this.#files.changeOf(path) !== undefined,
      (paths) => this.#change(paths),
    );
    this.#server = new DevServer({
      token: this.#token,
      state: () => this.#state(),
      faults: () => this.#faults,
    });
    this.#front = new Front(developed.listener, {
      app: (isForeign) => this.#port(isForeign),
      own: this.#server.port,
    });
    this.#watcher.add(this.#files.watched());
    this.#turn([]);
  }

  /** Ends the process, and lets go of the port. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended = true;
    clearTimeout(this.#silence);
    this.#watcher[Symbol.dispose]();
    this.#front[Symbol.dispose]();
    await Promise.all([this.#turning, this.#process?.stop(), this.#server[Symbol.asyncDispose]()]);
    await Deno.remove(this.#kept);
  }

  #change(paths: readonly string[]): void {
    const restarts: string[] = [];
    for (const path of paths) {
      const change = this.#files.changeOf(path);
      if (change?.kind === "restart") restarts.push(path);
      else if (change !== undefined) this.#swaps.set(path, change);
    }
    if (restarts.length > 0) this.#turn(restarts);
    this.#swapAll();
  }

  #swapAll(): void {
    if (this.#standing.state !== "ready") return;
    for (const [path, change] of this.#swaps) {
      this.#server.tell(change);
      this.#terminal.done("swapped", this.#files.nameOf(path));
    }
    this.#swaps.clear();
  }

  // One after another: two processes would open the same files.
  #turn(paths: readonly string[]): void {
    this.#changed.push(...paths);
    this.#turning ??= this.#turnAll().finally(() => this.#turning = undefined);
  }

  async #turnAll(): Promise<void> {
    while ((this.#start === 0 || this.#changed.length > 0) && !this.#ended) {
      this.#began = performance.now();
      this.#become({ state: "starting" });
      await this.#process?.stop();
      if (!this.#ended) await this.#begin(this.#changed.splice(0));
    }
  }

  async #begin(changed: readonly string[]): Promise<void> {
    const start = ++this.#start, wallClock = Date.now();
    this.#faults.length = 0;
    clearTimeout(this.#silence);
    // A folder that was made anew is watched before anything in it is read.
    this.#watcher.add(this.#files.watched());
    const { entry, isOpen, listener: { addr } } = this.#developed, env = this.#developed.envFile;
    const envFile = await isFile(env) ? env : undefined;
    let served: string[] = [...new Set(changed)].map((path) => this.#files.nameOf(path));
    if (served.length > 3) served = [...served.slice(0, 3), `${served.length - 3} more`];
    this.#process = new AppProcess({
      entry,
      hostname: addr.hostname,
      port: addr.port,
      isOpen,
      kept: this.#kept,
      envFile,
      env: { ...this.#env, ARGYLE_DEV: `${this.#token}.${start}` },
      heard: (news) => this.#hear(news, start, served.join(", ")),
      wrote: (text) => this.#terminal.passOn(text),
      ended: (code, output) => void this.#gone(code, output, start),
    });
    void this.#learn(wallClock, start);
  }

  // What the process is made of; what of that has changed since it began was not noticed.
  async #learn(since: number, start: number): Promise<void> {
    this.#files.addSources(await readGraph(this.#developed.entry));
    if (this.#ended) return;
    this.#watcher.add(this.#files.watched());
    const missed = await this.#files.writtenSince(since);
    if (missed.length > 0 && start === this.#start && !this.#ended) this.#turn(missed);
  }

  #hear(news: Exclude<ChildNews, { kind: "hello" }>, start: number, changed: string): void {
    if (start !== this.#start) return;
    switch (news.kind) {
      case "listening":
        clearTimeout(this.#silence);
        this.#become({ state: "ready", port: news.port, foreign: news.foreign });
        this.#tellReady(changed);
        return this.#swapAll();
      case "loaded":
        this.#silence = setTimeout(() => this.#refuse(news.gives), LISTENS);
        return;
      case "files":
        this.#files.addFolder(news.path, news.folder);
        return this.#watcher.add(this.#files.watched());
      case "error":
        return void this.#tellFault(news, start);
    }
  }

  #tellReady(changed: string): void {
    const ms = performance.now() - this.#began;
    if (this.#listened) this.#terminal.done("restarted", changed, ms);
    else this.#terminal.listens(`${this.#developed.url}/`, ms);
    this.#listened = true;
  }

  async #tellFault(
    { what, error, request }: Extract<ChildNews, { kind: "error" }>,
    start: number,
  ): Promise<void> {
    const title = what.charAt(0).toUpperCase() + what.slice(1);
    const fault = await faultOfError(title, error, this.#developed.root, request);
    if (start !== this.#start) return;
    this.#faults.push(fault);
    if (this.#faults.length > FAULTS) this.#faults.shift();
    this.#server.tell({ kind: "fault", fault });
  }

  #refuse(gives: string): void {
    const { entry } = this.#developed;
    this.#fail({
      title: "The app does not listen",
      message:
        `${entry} gives ${gives} by default and starts no server: \`export default app\`, or call app.listen().`,
      stack: [],
    });
  }

  async #gone(code: number, output: string, start: number): Promise<void> {
    clearTimeout(this.#silence);
    const title = this.#standing.state === "ready" ? "The app has ended" : "The app does not start";
    const fault = await faultOfOutput(title, output, this.#developed.root);
    if (start !== this.#start || this.#ended || this.#turning !== undefined) return;
    this.#fail(fault.message === "" ? { ...fault, message: `It ended with code ${code}.` } : fault);
  }

  #fail(fault: Fault): void {
    const { place } = fault;
    if (!this.#listened) this.#terminal.listens(`${this.#developed.url}/`);
    this.#listened = true;
    const where = place === undefined ? "" : `: ${place.file}:${place.line}:${place.column}`;
    this.#terminal.failed(`${fault.title}${where}; it is tried again when a file changes.`);
    this.#become({ state: "failed", fault });
  }

  #become(standing: Standing): void {
    this.#standing = standing;
    this.#moved.resolve();
    this.#moved = Promise.withResolvers();
    this.#server.tell(this.#state());
  }

  #state(): Extract<PageNews, { kind: "state" }> {
    const { state } = this.#standing;
    const fault = this.#standing.state === "failed" ? { fault: this.#standing.fault } : {};
    return { kind: "state", state, start: this.#start, ...fault };
  }

  async #port(isForeign: boolean): Promise<number | undefined> {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, PATIENCE);
    let isLate = false;
    void late.then(() => isLate = true);
    while (this.#standing.state === "starting" && !isLate) await Promise.race([this.#moved.promise, late]);
    clearTimeout(timer);
    if (this.#standing.state !== "ready") return undefined;
    return isForeign ? this.#standing.foreign : this.#standing.port;
  }
}
