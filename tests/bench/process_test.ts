import assert from "node:assert/strict";
import { linesOf } from "../../bench/process.ts";

function stream(...parts: readonly string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(parts.map((part) => new TextEncoder().encode(part)));
}

Deno.test("linesOf: a line is whole, however it comes", async () => {
  assert.deepEqual(await Array.fromAsync(linesOf(stream("a", "b\nc\n\nd", "\n"))), ["ab", "c", "", "d"]);
});

Deno.test("linesOf: what has no end yet is no line", async () => {
  assert.deepEqual(await Array.fromAsync(linesOf(stream("a\nb"))), ["a"]);
});
