/**
 * A stream that a test feeds by hand.
 *
 * @module
 */

/** The stream, and its other end. */
export interface Source {
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Done when whoever reads it has cancelled it. */
  readonly cancelled: Promise<void>;
  /** Whether that has happened. */
  readonly isCancelled: boolean;
  /** Sends a text. */
  give(text: string): void;
  /** Ends it. */
  end(): void;
  /** Breaks it. */
  fail(error: Error): void;
}

/** Makes a stream that gives nothing of its own accord. */
export function source(): Source {
  const { promise: cancelled, resolve } = Promise.withResolvers<void>();
  let isCancelled = false;
  const controllers: ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>[] = [];
  const stream = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start: (controller) => void controllers.push(controller),
    cancel() {
      isCancelled = true;
      resolve();
    },
  }, { highWaterMark: 0 });
  const [controller] = controllers;
  if (controller === undefined) throw new Error("A stream did not start.");
  return {
    stream,
    cancelled,
    get isCancelled() {
      return isCancelled;
    },
    give: (text) => controller.enqueue(new TextEncoder().encode(text)),
    end: () => controller.close(),
    fail: (error) => controller.error(error),
  };
}
