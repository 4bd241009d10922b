/**
 * Why islands could not be bundled.
 *
 * @module
 */

import type { Message } from "esbuild";
import type { BundleProblem } from "./bundle_types.ts";

/** Islands cannot be bundled. The message says all that is wrong, with the places. */
export class BundleError extends Error {
  override readonly name = "BundleError";
  /** One at least. */
  readonly problems: readonly BundleProblem[];

  constructor(problems: readonly BundleProblem[], options?: ErrorOptions) {
    super(problems.map(sentence).join("\n\n"), options);
    this.problems = problems;
  }

  /** What the bundler itself says. */
  static of(messages: readonly Message[], cause?: unknown): BundleError {
    const problems = new Map(messages.map((message) => [message.text, readProblem(message)]));
    return new BundleError([...problems.values()], { cause });
  }
}

function readProblem({ text, location }: Message): BundleProblem {
  // A place inside a package is not the person's, who has to change something else.
  if (location === null || /(^|\/)(node_modules|npm)\//.test(location.file)) return { text };
  const { file, line, column, lineText } = location;
  return { text, place: { file: file.replace(/^[a-z-]+:/, ""), line, column: column + 1, lineText } };
}

function sentence({ text, place }: BundleProblem): string {
  if (place === undefined) return text;
  const { file, line, column, lineText } = place;
  return `${text}\n    at ${file}:${line}:${column}\n    ${lineText.trim()}`;
}
