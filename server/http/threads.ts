/**
 * Finds out whether the program is served by several threads, `deno serve --parallel`.
 *
 * Deno tells no thread that there are others, and calls `onListen` in one of them alone. But it reads the property in
 * each, and a `BroadcastChannel` crosses the threads of a process, and nothing else.
 *
 * @module
 */

const CHANNEL = "argyle:serve";

// Two apps in one thread hear each other, too.
const thread: string = crypto.randomUUID();

/**
 * Calls `found` once, when another thread of this process serves too.
 *
 * @returns stops listening
 */
export function watchThreads(found: () => void): () => void {
  const channel = new BroadcastChannel(CHANNEL);
  const stop = () => channel.close();
  channel.onmessage = ({ data }) => {
    if (data === thread) return;
    stop();
    found();
  };
  channel.postMessage(thread);
  return stop;
}
