/** What a thread posts, one after the other. */
export function answers(worker: Worker): () => Promise<unknown> {
  const come: unknown[] = [], waiting: ((data: unknown) => void)[] = [];
  worker.onmessage = ({ data }: MessageEvent<unknown>) => {
    const next = waiting.shift();
    if (next === undefined) come.push(data);
    else next(data);
  };
  return () =>
    come.length > 0 ? Promise.resolve(come.shift()) : new Promise((resolve) => waiting.push(resolve));
}
