import type { MetricSiblings } from '#gateway';
import type { FromWorker, Post, ToWorker } from './metric-messages.ts';

/** Prometheus gives up after ten seconds by default. */
const PATIENCE_MS = 3000;

/** Lets this worker know what its siblings count, and them what it does, by way of the first process. Effects: a listener on the channel to it. */
export function workerMetrics(): MetricSiblings {
  let own: () => Post = () => [];
  let asked = 0;
  const waiting = new Map<number, (posts: readonly Post[]) => void>();
  const tell = (message: FromWorker): void => void process.send?.(message);
  process.on('message', (message: ToWorker) => {
    if (message.kind === 'metrics-asked') tell({ kind: 'metrics-post', key: message.key, post: own() });
    if (message.kind === 'metrics') waiting.get(message.id)?.(message.posts);
  });
  return {
    offer(post) {
      own = post;
    },
    async others() {
      const id = ++asked;
      const { promise, resolve, reject } = Promise.withResolvers<readonly Post[]>();
      const timer = setTimeout(() => reject(new Error('no answer in time')), PATIENCE_MS);
      waiting.set(id, resolve);
      tell({ kind: 'metrics-wanted', id, post: own() });
      try {
        return await promise;
      } finally {
        clearTimeout(timer);
        waiting.delete(id);
      }
    },
  };
}
