/**
 * Values on their way into the store or onto the wire: JSON, or an error that names the culprit.
 *
 * @module
 */

/**
 * A value as JSON text. What JSON would drop or change silently (NaN, a bigint, a function, a Map, an instance of a
 * class without `toJSON`) is an error; `undefined` is dropped from objects, as usual.
 *
 * @param what begins the path in the error: `session`, `the result of Counter#increment`
 * @throws TypeError that names the path
 */
export function jsonText(value: unknown, what: string): string {
  check(value, what, undefined);
  return JSON.stringify(value);
}

function check(value: unknown, path: string, above: Set<object> | undefined): void {
  switch (typeof value) {
    case "number":
      if (!Number.isFinite(value)) {
        throw new TypeError(`Cannot keep ${path}: it is ${value}, and JSON has no such number.`);
      }
      return;
    case "bigint":
    case "symbol":
    case "function":
      throw new TypeError(`Cannot keep ${path}: it is a ${typeof value}, and JSON has none.`);
    case "object":
      if (value !== null) checkObject(value, path, above);
  }
}

function checkObject(value: object, path: string, above: Set<object> | undefined): void {
  if (above?.has(value)) throw new TypeError(`Cannot keep ${path}: it contains itself.`);
  if (typeof (value as { toJSON?: unknown }).toJSON === "function") return;
  const isArray = Array.isArray(value);
  const prototype = Object.getPrototypeOf(value);
  if (!isArray && prototype !== Object.prototype && prototype !== null) {
    throw new TypeError(
      `Cannot keep ${path}: it is a ${prototype.constructor?.name ?? "class instance"}, not JSON.`,
    );
  }
  let around = above;
  for (const key of Object.keys(value)) {
    const item = (value as Record<string, unknown>)[key];
    if (isPlain(item)) continue; // most values are flat: no way to the item is written, nothing is noted
    (around ??= new Set()).add(value);
    check(item, isArray ? `${path}[${key}]` : `${path}.${key}`, around);
  }
  around?.delete(value);
}

function isPlain(item: unknown): boolean {
  return typeof item === "string" || typeof item === "boolean" || item === undefined || item === null ||
    (typeof item === "number" && Number.isFinite(item));
}
