/**
 * What stands around data: the JSON Schema of a message as it goes over the wire.
 *
 * @module
 */

import { isObject } from "./asyncapi_keywords.ts";
import type { JsonSchema } from "./asyncapi_types.ts";

/** An `id` of a message, and of its answer. */
export const ID: JsonSchema = {
  anyOf: [{ type: "string", maxLength: 128 }, { type: "number" }],
  description: "Comes back with the answer.",
  examples: [1],
};

/** What a message carries beside its data. */
export interface Envelope {
  readonly type: string;
  /** Whether it may have an `id`. */
  readonly id: boolean;
  /** Whether a `type` in the data stands for itself: so it is in answers. */
  readonly ownType: boolean;
  /** Whether keys that the data does not name are refused. */
  readonly closed: boolean;
}

/**
 * Puts the envelope around the schema of the data, into each of its alternatives.
 *
 * @param find what a reference means
 */
export function envelop(
  data: JsonSchema,
  envelope: Envelope,
  find: (ref: string) => JsonSchema | undefined,
): JsonSchema {
  return put(data, envelope, find, []);
}

function put(
  data: JsonSchema,
  envelope: Envelope,
  find: (ref: string) => JsonSchema | undefined,
  passed: readonly string[],
): JsonSchema {
  const { $ref } = data;
  if (typeof $ref === "string") {
    const meant = passed.includes($ref) ? undefined : find($ref);
    return put(meant ?? {}, envelope, find, [...passed, $ref]);
  }
  const parts = (["anyOf", "oneOf", "allOf"] as const).filter((keyword) => Array.isArray(data[keyword]));
  if (parts.length === 0) return around(data, envelope);
  // What one of all says of other keys, it says without knowing those of the rest.
  const inside = {
    ...envelope,
    closed: envelope.closed && !parts.includes("allOf") && !isObject(data.properties),
  };
  const alternatives = parts.map((keyword) => {
    const schemas = data[keyword] as readonly JsonSchema[];
    return [keyword, schemas.map((schema) => put(schema, inside, find, passed))];
  });
  const whole = isObject(data.properties) ? around(data, { ...envelope, closed: false }) : data;
  return { ...whole, type: "object", ...Object.fromEntries(alternatives) };
}

function around(data: JsonSchema, { type, id, ownType, closed }: Envelope): JsonSchema {
  const own = isObject(data.properties) ? data.properties : {};
  const required = Array.isArray(data.required) ? data.required as readonly string[] : [];
  const isOwn = ownType && Object.hasOwn(own, "type");
  const mine = new Set(["type", ...id ? ["id"] : []]);
  const properties = Object.fromEntries([
    ["type", isOwn ? own.type : { type: "string", const: type }],
    ...id ? [["id", ID]] : [],
    ...Object.entries(own).filter(([name]) => !mine.has(name)),
  ]);
  const isShut = closed && data.additionalProperties === undefined && data.patternProperties === undefined &&
    isObject(data.properties);
  return {
    ...data,
    type: "object",
    properties,
    required: ["type", ...required.filter((name) => !mine.has(name))],
    ...isShut && { additionalProperties: false },
  };
}
