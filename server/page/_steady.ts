/**
 * What a remembered string may depend on: values of which it can be said later that they are still the same.
 *
 * @module
 */

const few = 1000;

/**
 * Whether a value cannot change while it stays itself: what is no object, functions, and plain data that is frozen all
 * the way down.
 */
export function isSteady(value: unknown): boolean {
  return typeof value !== "object" || value === null || isFrozen(value, new Set());
}

function isFrozen(value: object, seen: Set<object>): boolean {
  if (seen.has(value)) return true;
  if (seen.size === few || !Object.isFrozen(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== Array.prototype && prototype !== null) return false;
  seen.add(value);
  return Reflect.ownKeys(value).every((name) => {
    const { value: inner, get } = Object.getOwnPropertyDescriptor(value, name) ?? {};
    return get === undefined && (typeof inner !== "object" || inner === null || isFrozen(inner, seen));
  });
}

/** A value to compare with later. What can hold other things is not kept alive for that. */
export function hold(value: unknown): unknown {
  return (typeof value === "object" && value !== null) || typeof value === "function"
    ? new WeakRef(value)
    : value;
}

/** Whether a value is the one that was held. */
export function isHeld(held: unknown, value: unknown): boolean {
  return Object.is(held, value) || (held instanceof WeakRef && value !== undefined && held.deref() === value);
}
