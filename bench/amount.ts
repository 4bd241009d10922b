/**
 * Figures as people read them.
 *
 * @module
 */

import type { Unit } from "./line.ts";

/** A figure of a unit, or of a ratio: bytes to the last, of all else three digits. */
export function amount(value: number, unit?: Unit): string {
  return value.toLocaleString("en", unit === "bytes" ? {} : { maximumSignificantDigits: 3 });
}

/** A figure with its unit. */
export function withUnit(value: number, unit: Unit): string {
  return unit === "per second" ? `${amount(value, unit)} /s` : `${amount(value, unit)} ${unit}`;
}
