/**
 * Bytes that a visitor gets before the first click: the document, and the script that every page shares.
 *
 * @module
 */

import { gzipSync } from "node:zlib";
import { byteLine, bytesOf, type Print } from "../line.ts";
import { startServer } from "../process.ts";

const KILO = 1024;

/** Measures them. */
export async function sizes(print: Print, { rounds }: { rounds: number }): Promise<void> {
  await using server = await startServer();
  for (const name of ["counter", "table"] as const) {
    const documents: string[] = [];
    for (let round = 0; round < rounds; round++) documents.push(await get(server[name], /<\/html>$/));
    const label = { store: "memory" } as const;
    print(byteLine({ measure: `${name}.get`, ...label }, documents.map(bytesOf)));
    // Page data and nonce are random, so that a byte more or less comes and goes.
    print(byteLine({ measure: `${name}.get_gzip`, ...label }, documents.map(gzipBytes)));
  }
  const [, path = ""] = (await get(server.counter, /<\/html>$/)).match(/<script [^>]*src="([^"]+)"/) ?? [];
  const script = await get(new URL(path, server.counter).href, /\S/);
  print(byteLine({ measure: "client.script" }, [bytesOf(script)]));
  print(byteLine({ measure: "client.script_gzip", target: 8 * KILO }, [gzipBytes(script, 9)]));
}

async function get(url: string, expected: RegExp): Promise<string> {
  const response = await fetch(url);
  const text = await response.text();
  if (!response.ok || !expected.test(text)) throw new Error(`Cannot measure ${url}: ${response.status}.`);
  return text;
}

// Documents are zipped as they are sent; the script once, as well as it can be.
function gzipBytes(text: string, level?: number): number {
  return gzipSync(text, level === undefined ? {} : { level }).length;
}
