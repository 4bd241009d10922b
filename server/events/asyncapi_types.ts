/**
 * The parts of an AsyncAPI 3 document that we write.
 *
 * @module
 */

/** A JSON Schema of draft 7, as documents of AsyncAPI have it. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Points to another part of the document: `#/components/schemas/…`. */
export interface Reference {
  readonly $ref: string;
}

/** One kind of message. */
export interface Message {
  readonly name: string;
  readonly title?: string;
  readonly summary?: string;
  readonly payload: JsonSchema;
}

/** A param of an address: AsyncAPI knows of texts alone, so that the schema stands beside. */
export interface Parameter {
  readonly description?: string;
  readonly enum?: readonly string[];
  readonly default?: string;
  readonly examples?: readonly string[];
  readonly "x-schema"?: JsonSchema;
}

/** An endpoint. */
export interface Channel {
  /** Below the server's path: `/room/{room}`. */
  readonly address: string;
  readonly messages: Readonly<Record<string, Message | Reference>>;
  readonly parameters?: Readonly<Record<string, Parameter>>;
  readonly bindings: {
    readonly ws: { readonly method: "GET"; readonly query?: JsonSchema; readonly bindingVersion: "0.1.0" };
  };
}

/** What the server does with messages: `receive` is what others send to it. */
export interface Operation {
  readonly action: "receive" | "send";
  readonly channel: Reference;
  readonly title: string;
  readonly summary?: string;
  readonly messages: readonly Reference[];
  readonly reply?: { readonly channel: Reference; readonly messages: readonly Reference[] };
}

/** A document. */
export interface AsyncApi {
  readonly asyncapi: "3.0.0";
  readonly info: { readonly title: string; readonly version: string; readonly description?: string };
  readonly defaultContentType: "application/json";
  readonly servers: {
    readonly app: { readonly host: string; readonly protocol: "ws" | "wss"; readonly pathname?: string };
  };
  readonly channels: Readonly<Record<string, Channel>>;
  readonly operations: Readonly<Record<string, Operation>>;
  readonly components: {
    readonly messages: Readonly<Record<string, Message>>;
    readonly schemas: Readonly<Record<string, JsonSchema>>;
  };
}
