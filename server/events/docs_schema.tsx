/**
 * A schema as a person reads it.
 *
 * @module
 */

import type { Html } from "../page/html.ts";
import { isObject } from "./asyncapi_keywords.ts";
import type { JsonSchema } from "./asyncapi_types.ts";
import { alternativesOf, choicesOf, exampleOf, type Find, inWords, needs } from "./docs_words.ts";

/** How deep it is shown; what is deeper is named. */
const DEPTH = 4;

/** The properties of a payload with their types, and those inside them. */
export function SchemaView({ schema, find, skip = [] }: {
  readonly schema: JsonSchema;
  readonly find: Find;
  /** Names of properties that are not shown. */
  readonly skip?: readonly string[];
}): Html {
  return <div class="schema">{inside(schema, find, 0, skip)}</div>;
}

/** A value that looks like a payload, as JSON. */
export function Example({ schema, find }: { readonly schema: JsonSchema; readonly find: Find }): Html {
  return <pre class="example">{JSON.stringify(exampleOf(schema, find), null, 2)}</pre>;
}

function inside(given: unknown, find: Find, depth: number, skip: readonly string[]): Html {
  const schema = find(given);
  if (depth > DEPTH || choicesOf(schema, find) !== undefined) return null;
  if (schema.type === "array" && !Array.isArray(schema.items)) {
    return inside(schema.items, find, depth + 1, []);
  }
  const properties = Object.entries(isObject(schema.properties) ? schema.properties : {})
    .filter(([name]) => !skip.includes(name));
  const parts = [
    ...(alternativesOf(schema) ?? []).map((part, i) => [i === 0 ? "Either" : "or", part] as const),
    ...(Array.isArray(schema.allOf) ? schema.allOf : []).map((part) => ["All of", part] as const),
  ].map(([word, part]) => [word, inside(part, find, depth + 1, skip)] as const);
  const list = properties.length === 0
    ? null
    : <ul>{properties.map(([name, part]) => property(name, part, needs(schema, name), find, depth))}</ul>;
  const shown = parts.filter(([, part]) => part !== null);
  if (list === null && shown.length === 0) return null;
  return [
    list,
    ...shown.map(([word, part]) => (
      <div class="part">
        <p>{word}</p>
        {part}
      </div>
    )),
  ];
}

function property(name: string, given: unknown, needed: boolean, find: Find, depth: number): Html {
  const { description } = find(given);
  return (
    <li>
      <code>{name}</code> <span class="type">{inWords(given, find)}</span>
      {needed ? null : <span class="optional">optional</span>}
      {typeof description === "string" ? <p>{description}</p> : null}
      {inside(given, find, depth + 1, [])}
    </li>
  );
}
