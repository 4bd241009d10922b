/**
 * JSON Schema in words, and a value that fits it.
 *
 * @module
 */

import { isObject } from "./asyncapi_keywords.ts";
import { follow, keysOf } from "./asyncapi_names.ts";
import type { AsyncApi, JsonSchema } from "./asyncapi_types.ts";

/** Gives a schema in place of a reference to it. */
export type Find = (schema: unknown) => JsonSchema;

/** References of a document, followed. What leads nowhere is anything. */
export function finder(document: AsyncApi): Find {
  return (schema) => {
    let found = schema;
    for (let hops = 0; isObject(found) && typeof found.$ref === "string"; hops++) {
      found = hops > 8 ? {} : follow(document, keysOf(found.$ref) ?? [""]);
    }
    return isObject(found) ? found : {};
  };
}

/** The properties of an object that a person fills in: all but the envelope. */
export function dataOf(payload: JsonSchema): { readonly [name: string]: unknown } {
  const properties = isObject(payload.properties) ? payload.properties : {};
  return Object.fromEntries(
    Object.entries(properties).filter(([name]) => name !== "type" && name !== "id"),
  );
}

/** Whether an object needs a property. */
export function needs({ required }: JsonSchema, name: string): boolean {
  return Array.isArray(required) && required.includes(name);
}

/** The choices of a schema, where it has some: as values. */
export function choicesOf(schema: JsonSchema, find: Find, depth = 0): readonly unknown[] | undefined {
  if (depth > 4) return undefined; // it may contain itself
  if (Object.hasOwn(schema, "const")) return [schema.const];
  if (Array.isArray(schema.enum)) return schema.enum;
  const parts = alternativesOf(schema)?.map((part) => choicesOf(find(part), find, depth + 1));
  return parts?.every((part) => part !== undefined) ? parts.flat() : undefined;
}

/** The alternatives of a schema, where it has some. */
export function alternativesOf({ anyOf, oneOf }: JsonSchema): readonly unknown[] | undefined {
  const list = anyOf ?? oneOf;
  return Array.isArray(list) ? list : undefined;
}

/** What fits a schema, in a few words. */
export function inWords(given: unknown, find: Find, depth = 0): string {
  const schema = find(given);
  if (depth > 3) return "…";
  const choices = choicesOf(schema, find);
  if (choices !== undefined) return choices.map((choice) => JSON.stringify(choice)).join(" or ");
  const alternatives = alternativesOf(schema);
  if (alternatives !== undefined) {
    return alternatives.map((part) => inWords(part, find, depth + 1)).join(" or ");
  }
  if (schema.type === "array") {
    const items = Array.isArray(schema.items) ? {} : schema.items;
    return `list of ${inWords(items, find, depth + 1)}${between(schema, "minItems", "maxItems", "item")}`;
  }
  const { type = "anything", format } = schema;
  const name = Array.isArray(type) ? type.join(" or ") : `${type}`;
  const limits = schema.type === "string"
    ? between(schema, "minLength", "maxLength", "character")
    : between(schema, "minimum", "maximum", "");
  return `${name}${typeof format === "string" ? `, ${format}` : ""}${limits}`;
}

function between(schema: JsonSchema, low: string, high: string, unit: string): string {
  // The ends of what JavaScript counts exactly limit nobody.
  const [least, most] = [schema[low], schema[high]].map((value) =>
    typeof value === "number" && Math.abs(value) < Number.MAX_SAFE_INTEGER ? value : undefined
  );
  if (least === undefined && most === undefined) return "";
  const of = (count: number) => unit === "" ? `${count}` : `${count} ${unit}${count === 1 ? "" : "s"}`;
  if (most === undefined) return `, at least ${of(least!)}`;
  return least === undefined ? `, at most ${of(most)}` : `, ${least} to ${of(most)}`;
}

/** A value that looks like what fits: its own example where it has one. */
export function exampleOf(given: unknown, find: Find, depth = 0): unknown {
  const schema = find(given);
  if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
  if (schema.default !== undefined) return schema.default;
  const choices = choicesOf(schema, find);
  if (choices !== undefined) return choices[0];
  if (depth > 4) return null;
  const [first] = alternativesOf(schema) ?? [];
  // What all alternatives have in common stands beside them.
  const own = exampleOfType(schema, find, depth);
  const more = first === undefined ? undefined : exampleOf(first, find, depth + 1);
  const parts = Array.isArray(schema.allOf)
    ? schema.allOf.map((part) => exampleOf(part, find, depth + 1))
    : [];
  const objects = [own, ...parts, more].filter(isObject);
  return objects.length > 0 ? Object.fromEntries(objects.flatMap(Object.entries)) : more ?? own;
}

function exampleOfType(schema: JsonSchema, find: Find, depth: number): unknown {
  const type = Array.isArray(schema.type) ? schema.type[0] : schema.type;
  switch (type) {
    case "string":
      return samples[`${schema.format}`] ?? "text";
    case "integer":
    case "number":
      return firstOf([schema.minimum, schema.exclusiveMinimum]);
    case "boolean":
      return true;
    case "array":
      return Array.isArray(schema.items) || schema.items === undefined
        ? []
        : [exampleOf(schema.items, find, depth + 1)];
    case "object":
      return Object.fromEntries(
        Object.entries(isObject(schema.properties) ? schema.properties : {})
          .filter(([name]) => depth < 2 || needs(schema, name))
          .map(([name, part]) => [name, exampleOf(part, find, depth + 1)]),
      );
    default:
      return null;
  }
}

function firstOf([minimum, exclusive]: readonly unknown[]): number {
  if (typeof minimum === "number" && minimum > Number.MIN_SAFE_INTEGER) return minimum;
  return typeof exclusive === "number" && exclusive > Number.MIN_SAFE_INTEGER ? exclusive + 1 : 1;
}

const samples: { readonly [format: string]: string } = {
  "date-time": "2026-01-31T12:00:00Z",
  date: "2026-01-31",
  email: "ann@example.com",
  time: "12:00:00",
  uri: "https://example.com/",
  uuid: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
};
