/**
 * What a page shows, as text: two pages that show the same have the same.
 *
 * @module
 */

/** A document's title and body. Attributes are sorted, texts side by side are one, and scripts are left out. */
export function shown(document: Document): string {
  const lines = [`title ${document.title}`];
  write(document.body, "", lines);
  return lines.join("\n");
}

/** Where two of these differ first; `undefined` where they do not. */
export function difference(page: string, fresh: string): string | undefined {
  if (page === fresh) return undefined;
  const [ours, theirs] = [page.split("\n"), fresh.split("\n")];
  const at = ours.findIndex((line, at) => line !== theirs[at]), found = at < 0 ? ours.length : at;
  return `line ${found + 1}: the page has ${JSON.stringify(ours[found])}, a fresh one ${
    JSON.stringify(theirs[found])
  }`;
}

function write(element: Element, indent: string, lines: string[]): void {
  const attributes = [...element.attributes].map(({ name, value }) => `${name}=${JSON.stringify(value)}`)
    .sort();
  lines.push([`${indent}<${element.localName}`, ...attributes].join(" "));
  let text = "";
  const flush = () => {
    if (text !== "") lines.push(`${indent}  ${JSON.stringify(text)}`);
    text = "";
  };
  for (const node of element.childNodes) {
    if (node.nodeType === 3) text += node.nodeValue ?? "";
    else if (node.nodeType === 1 && (node as Element).localName !== "script") {
      flush();
      write(node as Element, `${indent}  `, lines);
    }
  }
  flush();
}
