/**
 * Forms from schemas. A field's name is the way to its value, as JSON: `["lines",0]` can be no other field.
 *
 * @module
 */

import type { Html } from "../page/html.ts";
import { isObject } from "./asyncapi_keywords.ts";
import type { JsonSchema } from "./asyncapi_types.ts";
import { choicesOf, dataOf, exampleOf, type Find, inWords, needs } from "./docs_words.ts";

/** Objects inside objects have fields of their own down to here; what is deeper is written as JSON. */
const DEPTH = 3;

/** The fields of a message. */
export function Fields({ payload, find }: { readonly payload: JsonSchema; readonly find: Find }): Html {
  const data = Object.entries(dataOf(payload));
  const hasParts = ["anyOf", "oneOf", "allOf"].some((keyword) => payload[keyword] !== undefined);
  const fields = data.map(([name, schema]) => field([name], schema, needs(payload, name), find));
  if (!hasParts && (payload.additionalProperties === false || data.length > 0)) {
    // What has no name of its own, where there may be some.
    return takesMore(payload) ? [...fields, whole(undefined, "More of the data", find)] : fields;
  }
  return whole(payload, "The data", find);
}

function takesMore({ additionalProperties }: JsonSchema): boolean {
  return additionalProperties === true || isObject(additionalProperties);
}

// An object that goes into the message as it is.
function whole(payload: JsonSchema | undefined, title: string, find: Find): Html {
  const example = payload === undefined ? {} : exampleOf(payload, find);
  const { type: _type, id: _id, ...data } = isObject(example) ? example : {};
  const text = Object.keys(data).length === 0 ? "" : JSON.stringify(data, null, 2);
  return (
    <Field label={title} type="object, as JSON" optional>
      <textarea name="[]" data-kind="json" rows={text === "" ? 2 : 6} spellcheck={false}>{text}</textarea>
    </Field>
  );
}

/** A field with its label, and a place for what is wrong with it. */
export function Field({ label, type, optional, about, children }: {
  readonly label: Html;
  readonly type: Html;
  readonly optional: boolean;
  readonly about?: unknown;
  readonly children: Html;
}): Html {
  return (
    <div class="field">
      <label>
        <span class="name">{label}</span> <span class="type">{type}</span>
        {optional ? <span class="optional">optional</span> : null}
        {children}
      </label>
      {typeof about === "string" ? <p class="about">{about}</p> : null}
      <p class="problem" hidden></p>
    </div>
  );
}

function field(path: readonly string[], given: unknown, needed: boolean, find: Find): Html {
  const schema = find(given), name = JSON.stringify(path);
  const properties = isObject(schema.properties) ? Object.entries(schema.properties) : [];
  if (schema.type === "object" && properties.length > 0 && path.length < DEPTH && !takesMore(schema)) {
    return (
      <fieldset name={name} data-kind="object" data-needed={needed ? "" : undefined}>
        <legend>{path.at(-1)}{needed ? null : <span class="optional">optional</span>}</legend>
        {properties.map(([inner, part]) => field([...path, inner], part, needs(schema, inner), find))}
      </fieldset>
    );
  }
  return (
    <Field
      label={path.at(-1)}
      type={inWords(schema, find)}
      optional={!needed}
      about={schema.description}
    >
      {control(schema, { name, "data-needed": needed ? "" : undefined }, needed, find)}
    </Field>
  );
}

/** What all controls have. */
interface Common {
  readonly name: string;
  readonly "data-needed": string | undefined;
}

function control(schema: JsonSchema, common: Common, needed: boolean, find: Find): Html {
  const { type, default: initial } = schema;
  const choices = choicesOf(schema, find) ?? (type === "boolean" && !needed ? [true, false] : undefined);
  if (choices !== undefined) return choice(choices, initial, common, needed);
  if (type === "boolean") {
    return <input {...common} type="checkbox" data-kind="flag" checked={initial === true} />;
  }
  if (type === "number" || type === "integer") {
    const value = typeof initial === "number" ? `${initial}` : "";
    const inputmode = type === "integer" ? "numeric" : "decimal";
    return <input {...common} inputmode={inputmode} autocomplete="off" data-kind="number" value={value} />;
  }
  if (type === "string") {
    const value = typeof initial === "string" ? initial : "";
    return <input {...common} autocomplete="off" data-kind="text" value={value} />;
  }
  const example = initial ?? (needed ? exampleOf(schema, find) : undefined);
  return (
    <textarea {...common} data-kind="json" rows={3} spellcheck={false} placeholder="JSON">
      {example === undefined ? "" : JSON.stringify(example, null, 2)}
    </textarea>
  );
}

// Of any values: each is written as JSON.
function choice(choices: readonly unknown[], initial: unknown, common: Common, needed: boolean): Html {
  const first = initial === undefined && needed ? choices[0] : initial;
  const chosen = first === undefined ? "" : JSON.stringify(first);
  return (
    <select {...common} data-kind="choice">
      {needed ? null : <option value="" selected={chosen === ""}>—</option>}
      {choices.map((value) => {
        const text = JSON.stringify(value);
        return (
          <option key={text} value={text} selected={text === chosen}>
            {typeof value === "string" ? value : text}
          </option>
        );
      })}
    </select>
  );
}
