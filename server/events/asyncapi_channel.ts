/**
 * One endpoint in an AsyncAPI document.
 *
 * @module
 */

import type { Action } from "../../protocol/action.ts";
import type { Schema } from "../../protocol/schema.ts";
import type { Described } from "./asyncapi_described.ts";
import { envelop, type Envelope, ID } from "./asyncapi_envelope.ts";
import { isObject } from "./asyncapi_keywords.ts";
import { addressOf, keyFor, refTo, unique } from "./asyncapi_names.ts";
import type { SchemaReader } from "./asyncapi_schema.ts";
import type { Channel, JsonSchema, Message, Operation, Parameter, Reference } from "./asyncapi_types.ts";

/** The keys of a channel's messages. What comes and what goes may be of one name. */
const Key = { taken: "in.", answer: "answer.", end: "end.", sent: "out.", errors: "errors" } as const;

/** An endpoint as a channel by this name, and what the server does there. */
export function asyncApiChannel(
  name: string,
  endpoint: Described,
  reader: SchemaReader,
): { readonly channel: Channel; readonly operations: readonly [string, Operation][] } {
  const { address, parameters } = readAddress(name, endpoint, reader);
  const query = readQuery(name, endpoint, reader);
  const { messages, operations } = new Exchange(name, endpoint, reader);
  return {
    channel: {
      address,
      messages: Object.fromEntries(messages),
      ...parameters.length === 0 ? {} : { parameters: Object.fromEntries(parameters) },
      bindings: { ws: { method: "GET", ...query === undefined ? {} : { query }, bindingVersion: "0.1.0" } },
    },
    operations: [...operations],
  };
}

/** What goes and comes at an endpoint. */
class Exchange {
  readonly messages: Map<string, Message | Reference> = new Map();
  readonly operations: Map<string, Operation> = new Map();
  readonly #name: string;

  constructor(name: string, { actions, declared: { sends = {} } }: Described, reader: SchemaReader) {
    this.#name = name;
    this.messages.set(Key.errors, refTo("components", "messages", "errors"));
    for (const [event, action] of actions) this.#take(event, action, reader);
    for (const [event, schema] of Object.entries(sends)) {
      const sent = sentMessage(name, event, schema, reader);
      this.#add("send", sent, [this.#put(Key.sent + event, sent)]);
    }
  }

  #take(event: string, action: Action, reader: SchemaReader): void {
    const taken = takenMessage(this.#name, event, action, reader);
    const request = this.#put(Key.taken + event, taken);
    const answers = [
      this.#put(Key.answer + event, answerMessage(this.#name, event, action, reader)),
      ...isStream(action) ? [this.#put(Key.end + event, endMessage(event))] : [],
      refTo("channels", this.#name, "messages", Key.errors),
    ];
    this.#add("receive", taken, [request], { channel: refTo("channels", this.#name), messages: answers });
  }

  #put(name: string, message: Message): Reference {
    const key = unique(keyFor(name), (key) => this.messages.has(key));
    this.messages.set(key, message);
    return refTo("channels", this.#name, "messages", key);
  }

  #add(
    action: Operation["action"],
    { name: title, summary }: Message,
    messages: readonly Reference[],
    reply?: NonNullable<Operation["reply"]>,
  ): void {
    const key = unique(keyFor(`${this.#name}.${action}.${title}`), (key) => this.operations.has(key));
    this.operations.set(key, {
      action,
      channel: refTo("channels", this.#name),
      title,
      ...summary === undefined ? {} : { summary },
      messages,
      ...reply === undefined ? {} : { reply },
    });
  }
}

function takenMessage(
  name: string,
  event: string,
  { schema, options }: Action,
  reader: SchemaReader,
): Message {
  const data = reader.read(schema, "input", `${name}.${event}`);
  const closed = isStripping(schema) && options.extra !== "allow";
  return message(event, data, { type: event, id: true, ownType: false, closed }, reader);
}

// Where a library leaves out what an object does not name, that is extra; others give it on. zod says in its JSON Schema
// which objects are loose, valibot does not.
function isStripping(schema: Schema): boolean {
  const { vendor } = schema["~standard"];
  return vendor === "zod" || (vendor === "valibot" && (schema as { type?: unknown }).type === "object");
}

function sentMessage(name: string, event: string, schema: Schema, reader: SchemaReader): Message {
  const data = reader.read(schema, "output", `${name}.${event}.sent`);
  return message(event, data, { type: event, id: false, ownType: false, closed: false }, reader);
}

function answerMessage(
  name: string,
  event: string,
  { options: { output } }: Action,
  reader: SchemaReader,
): Message {
  if (output !== undefined) {
    const data = reader.read(output, "output", `${name}.${event}.answer`);
    return message(event, data, { type: event, id: true, ownType: true, closed: false }, reader);
  }
  return {
    name: event,
    title: event,
    summary: "What is in it is not declared; where there is nothing, only a message with an id is answered.",
    payload: {
      type: "object",
      properties: { type: { type: "string", default: event }, id: ID },
      required: ["type"],
      additionalProperties: true,
    },
  };
}

function endMessage(event: string): Message {
  const type = { type: "string", const: event }, end = { type: "boolean", const: true };
  return {
    name: event,
    title: `${event}: end`,
    summary: "The answer is complete.",
    payload: {
      type: "object",
      properties: { type, id: ID, end },
      required: ["type", "end"],
      additionalProperties: false,
    },
  };
}

function message(event: string, data: JsonSchema, envelope: Envelope, reader: SchemaReader): Message {
  const { title, description, ...rest } = data;
  const summary = title ?? description;
  return {
    name: event,
    title: event,
    ...typeof summary === "string" ? { summary } : {},
    payload: {
      ...envelop(rest, envelope, (ref) => reader.find(ref)),
      ...typeof description === "string" ? { description } : {},
    },
  };
}

// The function says of itself that it gives several.
function isStream({ run }: Action): boolean {
  return Object.prototype.toString.call(run) === "[object AsyncGeneratorFunction]";
}

function readAddress(
  name: string,
  { path, declared: { params: schema } }: Described,
  reader: SchemaReader,
): { readonly address: string; readonly parameters: readonly [string, Parameter][] } {
  const { address, params } = addressOf(path);
  const read = schema === undefined ? {} : reader.read(schema, "input", `${name}.params`);
  const found = typeof read.$ref === "string" ? reader.find(read.$ref) ?? {} : read;
  const properties = isObject(found.properties) ? found.properties : {};
  return {
    address,
    parameters: params.map((param) => {
      const own = Object.hasOwn(properties, param) ? properties[param] : undefined;
      return [param, isObject(own) ? parameter(own) : {}];
    }),
  };
}

// Of its schema what AsyncAPI has a place for, and then the whole.
function parameter(schema: JsonSchema): Parameter {
  const texts = (value: unknown) => Array.isArray(value) ? value.map(String) : undefined;
  const choices = texts(schema.enum ?? (Object.hasOwn(schema, "const") ? [schema.const] : undefined));
  const examples = texts(schema.examples);
  return {
    ...typeof schema.description === "string" ? { description: schema.description } : {},
    ...choices === undefined ? {} : { enum: choices },
    ...schema.default === undefined ? {} : { default: String(schema.default) },
    ...examples === undefined ? {} : { examples },
    "x-schema": schema,
  };
}

function readQuery(
  name: string,
  { declared: { query } }: Described,
  reader: SchemaReader,
): JsonSchema | undefined {
  if (query === undefined) return undefined;
  const read = reader.read(query, "input", `${name}.query`);
  const found = typeof read.$ref === "string" ? reader.find(read.$ref) ?? {} : read;
  // The binding wants an object with its properties.
  return { ...found, type: "object", properties: isObject(found.properties) ? found.properties : {} };
}
