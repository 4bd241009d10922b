// deno-lint-ignore-file no-console -- a runner speaks to the terminal
/**
 * Runs every test of the project: `deno task test`, with arguments of `deno test` where a part is enough
 * (`deno task test tests/client/ --filter form`).
 *
 * The browser is found once, the whole run has a limit (`TEST_MINUTES`), and the last line counts the results.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { findBrowser, foundVariable } from "./browser/find.ts";
import { root } from "./project.ts";
import { closingLine, readResults, skippedTests } from "./results.ts";

const minutes = Number(Deno.env.get("TEST_MINUTES")) || 12;

/** Runs `deno test` and forwards what it prints. */
async function runTests(): Promise<{ code: number; output: string }> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "test",
      "--allow-all",
      "--doc",
      // docs_test.ts checks the samples of Markdown; running them would start servers.
      "--ignore=**/*.md",
      "--parallel",
      ...Deno.args,
    ],
    cwd: fileURLToPath(root),
    env: { [foundVariable]: JSON.stringify(await findBrowser()), DENO_JOBS: "3", ...colours() },
    stdin: "null",
    stdout: "piped",
    // A group of its own, so that whatever a test has started can be ended together.
    detached: true,
  }).spawn();
  const interrupted = () => {
    killGroup(child.pid);
    Deno.exit(130);
  };
  Deno.addSignalListener("SIGINT", interrupted);
  Deno.addSignalListener("SIGTERM", interrupted);
  const limit = setTimeout(() => {
    console.error(`The tests have not ended within ${minutes} minutes and are stopped (TEST_MINUTES).`);
    killGroup(child.pid);
    console.log(closingLine(readResults("", 1)));
    Deno.exit(1);
  }, minutes * 60_000);
  try {
    const output = await forward(child.stdout);
    return { code: (await child.status).code, output };
  } finally {
    clearTimeout(limit);
    killGroup(child.pid);
    Deno.removeSignalListener("SIGINT", interrupted);
    Deno.removeSignalListener("SIGTERM", interrupted);
  }
}

/** Ends what is left of the run: `deno test` and the processes of tests that have not ended theirs. */
function killGroup(pid: number): void {
  try {
    Deno.kill(-pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Prints what comes and returns it as text. */
async function forward(stream: ReadableStream<Uint8Array>): Promise<string> {
  const [shown, kept] = stream.tee();
  const showing = shown.pipeTo(Deno.stdout.writable, { preventClose: true });
  const text = await new Response(kept).text();
  await showing;
  return text;
}

/** The child writes into a pipe and would leave the colours out on a terminal. */
function colours(): Record<string, string> {
  return Deno.stdout.isTerminal() && !Deno.noColor ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" };
}

const { code, output } = await runTests();
const results = readResults(output, code);
// The samples of doc comments assert with console.assert, which only prints.
const untrue = output.split("\n").filter((line) => line.includes("Assertion failed"));
if (untrue.length > 0) console.error(`Samples assert what is not true:\n${untrue.join("\n")}\n`);
const skipped = skippedTests(output);
if (skipped.length > 0) console.log(`Skipped:\n${skipped.map((line) => `  ${line}`).join("\n")}\n`);
if (results.passed + results.failed === 0) console.error("No test has run.");
console.log(closingLine(results));
Deno.exit(code === 0 && results.passed > 0 && results.failed === 0 && untrue.length === 0 ? 0 : 1);
