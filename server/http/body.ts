/**
 * Reads the body of a request, as much of it as one may send, in the time one may take.
 *
 * @module
 */

import type { Clock } from "../../protocol/clock.ts";
import type { Limits } from "../../protocol/limits.ts";
import { HttpError } from "./error.ts";

/**
 * The same request, whose body fails once it is too large or takes too long, with an {@linkcode HttpError}.
 */
export function limitBody(
  request: Request,
  limits: Pick<Limits, "body" | "bodyBytes">,
  clock: Clock,
): Request {
  const { body: source } = request;
  if (source === null) return request;
  // Taken when somebody asks: a body that nobody has touched is Deno's to close.
  let reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;
  const late = Promise.withResolvers<never>();
  late.promise.catch(() => {}); // it may come when nobody reads
  let size = 0;
  let cancel: (() => void) | undefined;
  const end = () => cancel?.();
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      cancel ??= clock.after(limits.body, () => late.reject(tooSlow()));
      reader ??= source.getReader();
      try {
        const { done, value } = await Promise.race([reader.read(), late.promise]);
        size += value?.length ?? 0;
        if (size > limits.bodyBytes) throw tooLarge(limits);
        if (!done) return controller.enqueue(value);
        end();
        controller.close();
      } catch (error) {
        end();
        reader.cancel(error).catch(() => {}); // whoever still sends is not listened to
        throw error instanceof HttpError ? error : brokenOff();
      }
    },
    cancel(reason) {
      end();
      return reader?.cancel(reason);
    },
  }, { highWaterMark: 0 }); // nothing is read, and no time runs, before somebody asks
  return new Request(request, { body });
}

function tooLarge(limits: Pick<Limits, "bodyBytes">): HttpError {
  return new HttpError(413, `A body has at most ${limits.bodyBytes} bytes.`);
}

function tooSlow(): HttpError {
  return new HttpError(408, "The body took too long to arrive.");
}

// Without the cause: anybody can go away in the middle, and none is worth a line of the log.
function brokenOff(): HttpError {
  return new HttpError(400, "The body did not arrive whole.");
}

/**
 * The body as bytes.
 *
 * @throws HttpError 413 for one that is too large, 408 for one that takes too long, 400 for one that breaks off, 415 for
 * one that is compressed
 */
export async function readBody(
  request: Request,
  limits: Pick<Limits, "body" | "bodyBytes">,
  clock: Clock,
): Promise<Uint8Array<ArrayBuffer>> {
  // A few bytes that unpack to gigabytes are nobody's form.
  if (request.headers.has("content-encoding")) throw new HttpError(415, "A compressed body is not read.");
  if (Number(request.headers.get("content-length") ?? 0) > limits.bodyBytes) throw tooLarge(limits);
  if (request.body === null) return new Uint8Array();
  const reader = request.body.getReader();
  const { promise: late, reject } = Promise.withResolvers<never>();
  const cancel = clock.after(limits.body, () => reject(tooSlow()));
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for (;;) {
      const { done, value } = await Promise.race([reader.read(), late]);
      if (done) break;
      size += value.length;
      if (size > limits.bodyBytes) throw tooLarge(limits);
      chunks.push(value);
    }
  } catch (error) {
    // Whoever still sends is not listened to; what that says of the connection is not ours to wait for.
    reader.cancel(error).catch(() => {});
    throw error instanceof HttpError ? error : brokenOff();
  } finally {
    cancel();
  }
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/**
 * The fields of a form that was posted, in their order; a file by its name.
 *
 * @throws HttpError 415 for what is no form, 400 for one that cannot be read, 413 for too many fields or too much in
 * one; and what {@linkcode readBody} throws
 */
export async function readForm(
  request: Request,
  limits: Pick<Limits, "body" | "bodyBytes" | "fields" | "field">,
  clock: Clock,
): Promise<[name: string, value: string][]> {
  const type = request.headers.get("content-type") ?? "";
  if (!/^(application\/x-www-form-urlencoded|multipart\/form-data)\s*(;|$)/i.test(type)) {
    throw new HttpError(415, "This address takes forms.");
  }
  const bytes = await readBody(request, limits, clock);
  let data: FormData;
  try {
    data = await new Response(bytes, { headers: { "content-type": type } }).formData();
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new HttpError(400, "The form cannot be read.");
  }
  const fields = [...data].map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : value.name,
  ]);
  if (fields.length > limits.fields) throw new HttpError(413, `A form has at most ${limits.fields} fields.`);
  for (const [, value] of fields) {
    if (new TextEncoder().encode(value).length > limits.field) {
      throw new HttpError(413, `A field has at most ${limits.field} bytes.`);
    }
  }
  return fields;
}
