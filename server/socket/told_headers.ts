/**
 * The headers that opened a socket, in the one line in which they are kept: a copy of the list is many times as large, and
 * there is one for each page that is open.
 *
 * @module
 */

// What names the session is not for a reflex to see, and what makes a socket of the request says nothing about its page.
const left = /^(cookie|connection|upgrade|sec-websocket-.*)$/;

/** Headers as a text. */
export function packHeaders(headers: Headers): string {
  const lines = [...headers].filter(([name]) => !left.test(name)).map(([name, value]) =>
    `${name}:${value}\n`
  );
  return lines.join(""); // one piece: it is kept
}

/** The same as headers. */
export function unpackHeaders(text: string): Headers {
  const headers = new Headers();
  for (const line of text.split("\n").slice(0, -1)) {
    const at = line.indexOf(":");
    headers.append(line.slice(0, at), line.slice(at + 1));
  }
  return headers;
}
