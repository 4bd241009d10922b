/** How many characters two strings share, from given places on up to given ends. */

const FIRST = 32;

/**
 * Slices are compared natively, which is some fifty times faster than a loop over characters; the stride doubles
 * while they are equal, so that many near differences cost no more than one far one.
 */
export function commonLength(
  a: string,
  fromA: number,
  b: string,
  fromB: number,
  toA: number = a.length,
  toB: number = b.length,
): number {
  const most = Math.min(toA - fromA, toB - fromB);
  const same = (from: number, to: number): boolean =>
    a.slice(fromA + from, fromA + to) === b.slice(fromB + from, fromB + to);
  let low = 0, stride = FIRST;
  while (low < most && same(low, Math.min(low + stride, most))) {
    low = Math.min(low + stride, most);
    stride *= 2;
  }
  let high = Math.min(low + stride, most);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (same(low, middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}
