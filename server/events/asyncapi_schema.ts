/**
 * The JSON Schema of a schema, by its library's own means, in the form that AsyncAPI has it.
 *
 * @module
 */

import type { Schema } from "../../protocol/schema.ts";
import { isObject, isPlain, LIST, NAMED, ONE } from "./asyncapi_keywords.ts";
import { follow, keysOf, refTo, unique } from "./asyncapi_names.ts";
import type { JsonSchema } from "./asyncapi_types.ts";
import type { DocsOptions, JsonSchemaWanted } from "./asyncapi_options.ts";

/** Reads schemas, and collects the definitions that they share or that contain themselves. */
export class SchemaReader {
  /** The definitions by their names, for `components.schemas`. */
  readonly definitions: Map<string, JsonSchema> = new Map();
  readonly #convert: DocsOptions["jsonSchema"];
  readonly #failed: (vendor: string, error: unknown) => void;

  /**
   * @param convert the app's own way, for libraries that have none
   * @param failed is told where a library could not say what a schema is
   */
  constructor(convert: DocsOptions["jsonSchema"], failed: (vendor: string, error: unknown) => void) {
    this.#convert = convert;
    this.#failed = failed;
  }

  /**
   * The JSON Schema of what a schema takes or gives; `{}` with a sentence where its library does not tell.
   *
   * @param name the beginning of the names of its definitions
   */
  read(schema: Schema, mode: JsonSchemaWanted["typeMode"], name: string): JsonSchema {
    const { vendor } = schema["~standard"];
    let told: unknown;
    try {
      // As JSON: what is shared or contains itself in memory is so no more, and fails here if it never ends.
      told = JSON.parse(JSON.stringify(this.#ask(schema, mode)) ?? "null");
    } catch (error) {
      this.#failed(vendor, error);
    }
    if (!isObject(told)) return unknownBy(vendor);
    return new Reading(told, name, this.definitions).schema(told, 0);
  }

  #ask(schema: Schema, mode: JsonSchemaWanted["typeMode"]): unknown {
    const { jsonSchema, vendor } = schema["~standard"] as Schema["~standard"] & Partial<OwnMeans>;
    if (jsonSchema === undefined) {
      return this.#convert?.(schema as never, { typeMode: mode, target: "draft-07", errorMode: "ignore" });
    }
    // Of a transformed or foreign value nothing is said, instead of nothing of the whole.
    const libraryOptions = vendor === "zod" ? { unrepresentable: "any" } : undefined;
    return jsonSchema[mode]({ target: "draft-07", libraryOptions });
  }

  /** What a reference to a definition means; `undefined` for any other. */
  find(ref: string): JsonSchema | undefined {
    const [components, schemas, name, ...rest] = keysOf(ref) ?? [];
    if (components !== "components" || schemas !== "schemas" || rest.length > 0) return undefined;
    return this.definitions.get(name!);
  }
}

/** Standard JSON Schema (https://standardschema.dev/json-schema), structurally. */
interface OwnMeans {
  readonly jsonSchema: Readonly<Record<JsonSchemaWanted["typeMode"], (options: object) => unknown>>;
}

/** A schema is at most this deep in others. */
const DEPTH = 64;

/** Reads what one library has told of one schema. */
class Reading {
  readonly #root: unknown;
  readonly #name: string;
  readonly #definitions: Map<string, JsonSchema>;
  readonly #known = new Map<string, string>();

  constructor(root: unknown, name: string, definitions: Map<string, JsonSchema>) {
    this.#root = root;
    this.#name = name;
    this.#definitions = definitions;
  }

  schema(told: unknown, depth: number): JsonSchema {
    if (told === false) return { not: {} };
    if (!isObject(told) || depth > DEPTH) return {};
    if (typeof told.$ref === "string") return this.#reference(told.$ref, depth);
    // By `fromEntries`, which makes a property of `__proto__` too.
    return Object.fromEntries(
      Object.entries(told).flatMap(([keyword, value]): [string, unknown][] => {
        const read = this.#value(keyword, value, depth + 1);
        return read === undefined ? [] : [[keyword, read]];
      }),
    );
  }

  #value(keyword: string, value: unknown, depth: number): unknown {
    const inside = (told: unknown) => this.schema(told, depth);
    if (LIST.has(keyword) && Array.isArray(value)) return value.length > 0 ? value.map(inside) : undefined;
    if (ONE.has(keyword)) {
      return typeof value === "boolean" ? value : isObject(value) ? inside(value) : undefined;
    }
    if (NAMED.has(keyword)) {
      if (!isObject(value)) return undefined;
      return Object.fromEntries(Object.entries(value).map(([name, told]) => [name, inside(told)]));
    }
    return isPlain(keyword, value) ? value : undefined;
  }

  // Definitions of a library stand inside its schema, and its references lead there: in a document both are elsewhere.
  #reference(ref: string, depth: number): JsonSchema {
    const keys = keysOf(ref);
    const told = keys === undefined ? undefined : follow(this.#root, keys);
    if (keys === undefined || told === undefined) return { description: `Not known: ${ref}` };
    const path = keys.join("\n");
    let name = this.#known.get(path);
    if (name === undefined) {
      name = unique(this.#nameFor(keys), (name) => this.#definitions.has(name));
      this.#known.set(path, name);
      this.#definitions.set(name, {}); // before it is read: it may contain itself
      this.#definitions.set(name, this.schema(told, depth + 1));
    }
    return refTo("components", "schemas", name) as unknown as JsonSchema;
  }

  // Names that libraries count up are not the same twice; ours are.
  #nameFor(keys: readonly string[]): string {
    const own = keys.at(-1)?.replace(/[^\w.-]/g, "_") ?? "";
    const part = own === "" ? "" : /\d$/.test(own) ? `.${this.#known.size + 1}` : `.${own}`;
    return this.#name.replace(/[^\w.-]/g, "_") + part;
  }
}

function unknownBy(vendor: string): JsonSchema {
  return {
    description: `Not known: schemas of ${JSON.stringify(vendor)} give no JSON Schema by themselves.`,
  };
}
