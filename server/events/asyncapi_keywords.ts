/**
 * The keywords of JSON Schema that go into a document, and what may stand in them.
 *
 * @module
 */

/** Keywords that hold one schema. */
export const ONE: ReadonlySet<string> = new Set([
  "additionalItems",
  "additionalProperties",
  "contains",
  "else",
  "if",
  "items",
  "not",
  "propertyNames",
  "then",
]);
/** Keywords that hold a list of schemas; `items` can be one, too. */
export const LIST: ReadonlySet<string> = new Set(["allOf", "anyOf", "oneOf", "items"]);
/** Keywords that hold schemas by name. */
export const NAMED: ReadonlySet<string> = new Set(["properties", "patternProperties"]);

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Whether a keyword that holds no schema says what it may. Anything else is left out: libraries, and users by their
 * metadata, write whatever they like, and one word that does not belong makes a whole document invalid.
 */
export function isPlain(keyword: string, value: unknown): boolean {
  return keyword.startsWith("x-") ? /^x-[\w.-]+$/.test(keyword) : (plain[keyword]?.(value) ?? false);
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isNumber: Check = (value) => typeof value === "number";
const isSize: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const isFlag: Check = (value) => typeof value === "boolean";
const isAnything: Check = () => true;
const isTexts: Check = (value) =>
  Array.isArray(value) && value.every(isText) && new Set(value).size === value.length;
const types = new Set(["array", "boolean", "integer", "null", "number", "object", "string"]);
const isType: Check = (value) =>
  Array.isArray(value)
    ? value.length > 0 && isTexts(value) && value.every((type) => types.has(type))
    : types.has(value as string);
const isChoice: Check = (value) =>
  Array.isArray(value) && value.length > 0 &&
  new Set(value.map((item) => JSON.stringify(item))).size === value.length;

const plain: Readonly<Record<string, Check>> = {
  // So that what an object has by itself is no keyword.
  ...Object.create(null),
  type: isType,
  enum: isChoice,
  const: isAnything,
  default: isAnything,
  examples: Array.isArray,
  title: isText,
  description: isText,
  format: isText,
  pattern: isPattern,
  contentMediaType: isText,
  contentEncoding: isText,
  multipleOf: (value) => isNumber(value) && (value as number) > 0,
  maximum: isNumber,
  minimum: isNumber,
  exclusiveMaximum: isNumber,
  exclusiveMinimum: isNumber,
  maxLength: isSize,
  minLength: isSize,
  maxItems: isSize,
  minItems: isSize,
  maxProperties: isSize,
  minProperties: isSize,
  uniqueItems: isFlag,
  readOnly: isFlag,
  writeOnly: isFlag,
  deprecated: isFlag,
  required: isTexts,
};

// Validators compile it, and one that cannot be fails them as a whole.
function isPattern(value: unknown): boolean {
  try {
    return isText(value) && new RegExp(value as string, "u") !== undefined;
  } catch {
    return false;
  }
}
