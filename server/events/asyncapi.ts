/**
 * The AsyncAPI 3 document of an app's endpoints.
 *
 * @module
 */

import { asyncApiChannel } from "./asyncapi_channel.ts";
import type { Described } from "./asyncapi_described.ts";
import { ID } from "./asyncapi_envelope.ts";
import { unique, wordsOf } from "./asyncapi_names.ts";
import type { DocsOptions } from "./asyncapi_options.ts";
import { SchemaReader } from "./asyncapi_schema.ts";
import type { AsyncApi, Channel, JsonSchema, Message, Operation } from "./asyncapi_types.ts";

/** What is known of the app. */
export interface AsyncApiAbout {
  /** Its name. */
  readonly title: string;
  /** The path that everything is below: `""` or `/live`. */
  readonly base: string;
  /** The host that was asked, with its port. */
  readonly host: string;
  /** Whether browsers speak https. */
  readonly secure: boolean;
  readonly options: DocsOptions;
  /** Is told where a library could not say what one of its schemas is. */
  readonly failed: (vendor: string, error: unknown) => void;
}

/** The document: the same for the same endpoints, whenever and wherever it is made. */
export function asyncApi(endpoints: readonly Described[], about: AsyncApiAbout): AsyncApi {
  const { title, base, host, secure, options, failed } = about;
  const reader = new SchemaReader(options.jsonSchema, failed);
  const channels = new Map<string, Channel>(), operations: [string, Operation][] = [];
  for (const endpoint of endpoints) {
    const name = unique(wordsOf(endpoint.path), (name) => channels.has(name));
    const described = asyncApiChannel(name, endpoint, reader);
    channels.set(name, described.channel);
    operations.push(...described.operations);
  }
  return {
    asyncapi: "3.0.0",
    info: {
      title,
      version: options.version ?? "0.0.0",
      ...options.description === undefined ? {} : { description: options.description },
    },
    defaultContentType: "application/json",
    servers: {
      app: { host, protocol: secure ? "wss" : "ws", ...base === "" ? {} : { pathname: base } },
    },
    channels: Object.fromEntries(channels),
    operations: Object.fromEntries(operations),
    components: { messages: { errors }, schemas: Object.fromEntries(reader.definitions) },
  };
}

const failure: JsonSchema = {
  type: "object",
  properties: {
    loc: {
      type: "array",
      items: { anyOf: [{ type: "string" }, { type: "number" }] },
      description: "The way to the culprit; empty where it is the whole.",
    },
    msg: { type: "string", description: "A sentence." },
    type: { type: "string", description: "What kind of error it is.", examples: ["value_error.missing"] },
    ctx: { type: "object", description: "More of it." },
  },
  required: ["loc", "msg", "type"],
};

const errors: Message = {
  name: "errors",
  title: "errors",
  summary: "What is wrong with a message, all at once.",
  payload: {
    type: "object",
    properties: { errors: { type: "array", minItems: 1, items: failure }, id: ID },
    required: ["errors"],
    additionalProperties: false,
  },
};
