/**
 * What an app may say about the documentation of its endpoints.
 *
 * @module
 */

import type { RequestContext } from "../http/middleware.ts";

/**
 * Who sees `/asyncapi` and `/asyncapi.json`, and what stands in them. Both are there for a developer with
 * `ARGYLE_ENV=development` on this machine; for anybody else they are not (404), until `authorize` says who may.
 *
 * @example
 * ```ts
 * import { App } from "@argyle/argyle";
 * import type { DocsOptions } from "@argyle/argyle/types";
 * const docs: DocsOptions = { authorize: ({ user }) => user === "ann", version: "1.4.0" };
 * const app = new App({ name: "chat", docs });
 * ```
 */
export interface DocsOptions {
  /**
   * Whether somebody may see them. Anything but `true` is 403; where it takes longer than `limits.load`, 504. `anyone` is a
   * value. It lets nobody connect: each endpoint has an `authorize` of its own.
   */
  readonly authorize?: (context: Omit<RequestContext, "set">) => boolean | Promise<boolean>;
  /** The version of what is documented; `0.0.0` where left out. */
  readonly version?: string;
  /** What the app is for. */
  readonly description?: string;
  /**
   * Gives the JSON Schema of a schema whose library has no way of its own. zod and arktype have one, as everything has that
   * implements Standard JSON Schema; for valibot it is `toJsonSchema` of `@valibot/to-json-schema`, as it is. Where it
   * throws, or gives nothing, the document says that it does not know.
   */
  readonly jsonSchema?: (schema: never, wanted: JsonSchemaWanted) => unknown;
}

/**
 * Which JSON Schema is wanted, in the words of `toJsonSchema` of `@valibot/to-json-schema`.
 *
 * @example
 * ```ts
 * import type { DocsOptions } from "@argyle/argyle/types";
 * // For a library of one's own, whose schemas carry a JSON Schema of each side.
 * const docs: DocsOptions = {
 *   jsonSchema: (schema: { input: object; output: object }, { typeMode }) => schema[typeMode],
 * };
 * ```
 */
export interface JsonSchemaWanted {
  /** Of what the schema takes, or of what it gives. */
  readonly typeMode: "input" | "output";
  /** The draft of JSON Schema. */
  readonly target: "draft-07";
  /** What cannot be said is left out. */
  readonly errorMode: "ignore";
}
