/**
 * What a server tells a developer's browser besides the frames: how long its stages took. In production nothing of it is
 * ever sent, so that it is no part of `ServerFrame`.
 *
 * @module
 */

/**
 * A stage of the server's work for a page: `wait` in line, `check` what was sent and look up the session, `run` the
 * reflex, `commit`, `render`, `diff`, and `patch`: write and send it.
 */
export type Stage = "wait" | "check" | "run" | "commit" | "render" | "diff" | "patch";

/** Why something was rendered that no call of the page had asked for: a topic, and the reflex that published it. */
export type Cause = readonly [topic: string, by?: string | undefined];

/**
 * Comes behind the frames that it is about. `n` is the call's number, 0 where it was a push; `version` the last patch of
 * it; `outcome` how it was shown, or the code of its error.
 */
export type TimingFrame = readonly [
  "timing",
  n: number,
  version: number,
  outcome: string,
  stages: readonly (readonly [stage: Stage, milliseconds: number])[],
  causes?: readonly Cause[] | undefined,
];
