/**
 * Applies operations to a parsed page as their description says, with nothing of the browser's script: a second reading
 * of `protocol/operations.ts`, for which only the outcome counts. It runs in a browser as it stands, and so names nothing
 * outside itself.
 */

import type { DoOperation, Operation } from "../../../protocol/operations.ts";

/** A page as markup. */
export interface Markup {
  readonly head: string;
  readonly body: string;
}

/** What the judge gets for one pair, and what it says. */
export interface Case {
  readonly before: Markup;
  readonly after: Markup;
  /** What a comparison finds: none of them is by hand. */
  readonly operations: readonly Exclude<Operation, DoOperation>[];
}

export interface Verdict {
  /** The patched page is the page. */
  readonly equal: boolean;
  /** Setting `body` to the new markup makes the new page: not so when the markup takes `</body>` along. */
  readonly possible: boolean;
  /** What went wrong while patching. */
  readonly error?: string;
  readonly patched?: string;
}

export function judge(cases: readonly Case[]): Verdict[] {
  function parse({ head, body }: Markup): Document {
    const page = `<!doctype html><html><head>${head}</head><body>${body}</body></html>`;
    return new DOMParser().parseFromString(page, "text/html");
  }

  function find(page: Document, address: string | readonly (string | number)[]): Element {
    const [id, ...steps] = typeof address === "string" ? [address] : address;
    let element: Element | null | undefined = id === "" ? page.body : page.getElementById(String(id));
    for (const step of steps) {
      if (step === -1) element = element?.parentElement;
      else if (typeof step === "number") element = element?.children[step];
      else {
        const found = [...element?.querySelectorAll("[data-k]") ?? []]
          .filter((one) => one.getAttribute("data-k") === step);
        if (found.length > 1) throw new Error(`There are ${found.length} of ${JSON.stringify(address)}.`);
        element = found[0];
      }
    }
    if (!element) throw new Error(`There is no ${JSON.stringify(address)}.`);
    return element;
  }

  function parseAt(parent: Element | null, html: string): Element[] {
    if (parent === null) throw new Error("There is no parent.");
    const context = parent.cloneNode(false) as Element;
    context.innerHTML = html;
    const elements = [...context.children];
    if (elements.length !== context.childNodes.length) throw new Error(`Not only elements: ${html}`);
    return elements;
  }

  function apply(page: Document, [name, ...rest]: Operation): void {
    if (name === "head") page.head.innerHTML = rest[0] as string;
    else if (name === "body") page.body.innerHTML = rest[0] as string;
    else if (name === "remove") {
      for (const element of rest.map((address) => find(page, address as string))) element.remove();
    } else {
      const target = find(page, rest[0] as string);
      if (name === "text") target.textContent = rest[1] as string;
      else if (name === "attributes") {
        for (const [attribute, value] of Object.entries(rest[1] as Record<string, string | null>)) {
          if (value === null) target.removeAttribute(attribute);
          else target.setAttribute(attribute, value);
        }
      } else if (name === "order") {
        const { parentElement } = target;
        const children = [...parentElement?.children ?? []], from = children.indexOf(target);
        const runs = rest[1] as number[], order: (Element | undefined)[] = [];
        for (let i = 0; i < runs.length; i += 2) {
          const start = runs[i] ?? NaN, count = runs[i + 1] ?? NaN;
          for (let n = 0; n < Math.abs(count); n++) order.push(children[from + start + (count < 0 ? -n : n)]);
        }
        if (new Set(order).size !== order.length || order.includes(undefined)) throw new Error("No order.");
        const behind = children[from + order.length] ?? null;
        for (const child of order) parentElement?.insertBefore(child as Element, behind);
      } else {
        const elements = parseAt(target.parentElement, rest[1] as string);
        if (name === "before") target.before(...elements);
        else if (name === "after") target.after(...elements);
        else if (elements.length === 1) target.replaceWith(...elements);
        else throw new Error(`Not one element: ${rest[1]}`);
      }
    }
  }

  return cases.map(({ before, after, operations }) => {
    const page = parse(before), wanted = parse(after);
    let error: string | undefined;
    try {
      for (const operation of operations) apply(page, operation);
    } catch (thrown) {
      error = String(thrown);
    }
    const equal = error === undefined && page.documentElement.isEqualNode(wanted.documentElement);
    const patched = page.body.innerHTML;
    page.body.innerHTML = after.body;
    page.head.innerHTML = after.head;
    const possible = page.documentElement.isEqualNode(wanted.documentElement);
    return equal
      ? { equal, possible }
      : { equal, possible, patched, ...(error === undefined ? {} : { error }) };
  });
}
