/**
 * What a build says when it is done.
 *
 * @module
 */

import type { Manifest } from "../server/islands/manifest.ts";

/** Names and sizes. */
export function buildTable(
  { islands, files }: Manifest,
  folder: string,
  warnings: readonly string[],
): string {
  const warned = warnings.map((warning) => `Warning: ${warning}\n\n`).join("");
  const count = Object.keys(islands).length;
  if (count === 0) return `${warned}No islands: an empty build is in ${folder}.`;
  const own = new Map(Object.entries(islands).map(([island, name]) => [name, island]));
  const rows = Object.entries(files)
    .map(([name, { bytes, gzip }]) =>
      [name, own.get(name) ?? "(shared)", kilobytes(bytes), kilobytes(gzip)] as const
    );
  const head = ["file", "island", "size", "gzipped"] as const;
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const lines = [head, ...rows].map((row) =>
    row.map((cell, i) => i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)).join("  ")
  );
  const what = `${count} ${count === 1 ? "island" : "islands"}`;
  return `${warned}${lines.join("\n")}\n\n${what} in ${folder}`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KB`;
}
