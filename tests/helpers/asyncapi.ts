/**
 * Holds an AsyncAPI document against the official schema, and messages against the document.
 *
 * @module
 */

import assert from "node:assert/strict";
import specs from "@asyncapi/specs";
import { Ajv } from "ajv";
import type { AsyncApi, Message } from "../../server/events/asyncapi_types.ts";
import { follow, keysOf } from "../../server/events/asyncapi_names.ts";
import { isObject } from "../../server/events/asyncapi_keywords.ts";

// The official schema brings draft 7 along.
const official = new Ajv({ strict: false, allErrors: true, validateFormats: false, meta: false })
  .compile(specs.schemas["3.0.0"] as object);

/** Fails with a line for each thing that is wrong with it, and each reference that leads nowhere. */
export function assertValid(document: unknown): asserts document is AsyncApi {
  official(document);
  const faults = (official.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  const lost = refsOf(document).filter((ref) => follow(document, keysOf(ref) ?? [""]) === undefined);
  assert.deepEqual([...faults, ...lost], []);
}

/** All references: what has a text as `$ref`, wherever a reference can stand. */
export function refsOf(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = isObject(value) && typeof value.$ref === "string" ? [value.$ref] : [];
  return [...own, ...Object.values(value).flatMap(refsOf)];
}

/** A message of a channel, `in.message`. */
export function messageOf(document: AsyncApi, channel: string, key: string): Message {
  const message = document.channels[channel]?.messages[key];
  assert.ok(message !== undefined && "payload" in message, `no ${key} in ${channel}`);
  return message;
}

/** Whether a payload fits a message of the document; what is wrong with it. */
export function fits(document: AsyncApi, channel: string, key: string, payload: unknown): boolean {
  messageOf(document, channel, key);
  const ajv = new Ajv({ strict: false, validateFormats: false });
  ajv.addSchema(document as object, "http://app.test/asyncapi.json");
  const pointer = ["channels", channel, "messages", key, "payload"]
    .map((part) => encodeURIComponent(part.replaceAll("~", "~0").replaceAll("/", "~1"))).join("/");
  return ajv.compile({ $ref: `http://app.test/asyncapi.json#/${pointer}` })(payload) as boolean;
}
