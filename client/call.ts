/**
 * Members of nodes of any kind, whatever the fields and images inside them are called. Where little else is asked of
 * nodes this is less than `dom.ts`.
 *
 * @module
 */

type Method<N> = { [K in keyof N]: N[K] extends (...args: never) => unknown ? K : never }[keyof N];

/** A member of a node. */
export function own<N extends Node, K extends keyof N>(node: N, key: K): N[K] {
  return Reflect.get(Object.getPrototypeOf(node), key, node);
}

/** Calls a member of a node. */
export function call<N extends Node, K extends Method<N>>(
  node: N,
  key: K,
  ...args: N[K] extends (...args: infer A) => unknown ? A : never
): N[K] extends (...args: never) => infer R ? R : never {
  return (own(node, key) as (...args: unknown[]) => never).apply(node, args);
}
