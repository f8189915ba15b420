import type { FromWorker, Post, ToWorker } from './metric-messages.ts';

/** One of several processes on a port, as the first one sees it. */
export interface HubWorker {
  readonly id: number;
  readonly send: (message: ToWorker) => unknown;
}

/** Hands what workers count to the one that is scraped. */
export interface MetricHub {
  /** A worker listens from now on. */
  readonly joined: (worker: HubWorker) => void;
  readonly take: (worker: HubWorker, message: FromWorker) => void;
  /** A worker has ended: what it had counted when it last told stays, or else counters would fall. */
  readonly left: (id: number) => void;
}

interface Question {
  readonly asker: HubWorker;
  readonly id: number;
  /** Workers that have not answered yet. */
  readonly open: Set<number>;
  readonly posts: Post[];
}

/** Creates it. What has ended counts on: its counters and histograms, not its gauges. Effects: messages. */
export function createMetricHub(): MetricHub {
  const workers = new Map<number, HubWorker>();
  const latest = new Map<number, Post>();
  const questions = new Map<string, Question>();
  let ended: readonly Post[] = [];

  function answered(key: string, question: Question): void {
    if (question.open.size > 0) return;
    questions.delete(key);
    question.asker.send({ kind: 'metrics', id: question.id, posts: [...question.posts, ...ended] });
  }

  /** However many workers die, one post is kept. */
  async function fold(): Promise<void> {
    // The first process counts nothing, and loads what can add up only when a worker has died.
    const { mergeMetrics } = await import('#telemetry');
    if (ended.length > 1) ended = [mergeMetrics(ended)];
  }

  return {
    joined: (worker) => void workers.set(worker.id, worker),
    take(worker, message) {
      latest.set(worker.id, message.post);
      if (message.kind === 'metrics-post') {
        const question = questions.get(message.key);
        if (question === undefined || !question.open.delete(worker.id)) return;
        question.posts.push(message.post);
        return answered(message.key, question);
      }
      const others = [...workers.values()].filter(({ id }) => id !== worker.id);
      const key = `${worker.id}:${message.id}`;
      const question = { asker: worker, id: message.id, open: new Set(others.map(({ id }) => id)), posts: [] };
      questions.set(key, question);
      for (const other of others) other.send({ kind: 'metrics-asked', key });
      answered(key, question);
    },
    left(id) {
      workers.delete(id);
      const last = (latest.get(id) ?? []).filter(({ kind }) => kind !== 'gauge');
      latest.delete(id);
      ended = [...ended, last];
      if (ended.length > 1) void fold();
      for (const [key, question] of questions) {
        if (question.asker.id === id) questions.delete(key);
        else if (question.open.delete(id)) answered(key, question);
      }
    },
  };
}
