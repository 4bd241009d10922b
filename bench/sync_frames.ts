/**
 * The frames of SockSync that the bench sends and expects, as texts: what an endpoint says to the letter, so that a floor
 * says as much, and whoever reads can compare instead of parse.
 *
 * @module
 */

/** Pages of the list that are seen, items of each, and items of the list at first. */
export const PAGES = 50, PAGE_SIZE = 20, ITEMS = PAGES * PAGE_SIZE;
/** Variables that are set together. */
export const VARIABLES = 1000;

/** Something in the list. The newest stands first, so that the number of each is told by where it stands. */
export interface Item {
  readonly number: number;
  readonly name: string;
  readonly quantity: number;
  readonly price: number;
}

/** An item by its number. */
export function makeItem(number: number): Item {
  return { number, name: `Product ${number}`, quantity: number % 50, price: 1 + number % 100 / 4 };
}

/** The name of a variable. */
export function variableName(index: number): string {
  return `v${index}`;
}

/** What a subscriber says to see something; the get is answered. */
export function subscribeFrames(type: "var" | "list", name: string, page?: number): [string, string] {
  const more = page === undefined ? {} : { page, page_size: PAGE_SIZE };
  return [
    JSON.stringify({ func: "subscribe", type, name }),
    JSON.stringify({ func: "get", type, name, ...more }),
  ];
}

/** What whoever sees a full page is told when the item of this number is put on top of all with a smaller one. */
export function insertFrames(page: number, number: number): string[] {
  const item = JSON.stringify(makeItem(number - page * PAGE_SIZE)), list = '"type":"list","name":"items"';
  return [
    `{"func":"set_count",${list},"total_item_count":${number + 1}}`,
    `{"func":"delete",${list},"index":${PAGE_SIZE - 1}}`,
    `{"func":"insert",${list},"index":0,"value":${item}}`,
  ];
}

/** What whoever sees a variable is told of a value. */
export function setFrame(name: string, value: number | string): string {
  return `{"func":"set","type":"var","name":"${name}","value":${JSON.stringify(value)}}`;
}

/** A call. */
export function callFrame(name: string, id: number, args: object = {}): string {
  return JSON.stringify({ func: "call", type: "function", name, id, args });
}

/** What a call is answered. */
export function returnFrame(name: string, id: number, value: number): string {
  return JSON.stringify({ func: "return", type: "function", name, id, value });
}
