import { Worker } from 'node:worker_threads';

/** Embeds texts in this process, without any provider. */
export interface LocalEmbedder {
  /** One vector of length 1 a text. Rejects where the optional packages are not installed. */
  readonly embed: (texts: readonly string[]) => Promise<readonly Float32Array[]>;
  readonly close: () => Promise<void>;
}

/** In a checkout the sources run as they are, in the package their build. */
const SUFFIX = import.meta.filename.endsWith('.ts') ? 'ts' : 'js';

export type ToEmbedder = { readonly id: number; readonly texts: readonly string[] };
export type FromEmbedder =
  | { readonly id: number; readonly vectors: readonly Float32Array[] }
  | { readonly id: number; readonly problem: string };

type Waiting = {
  readonly resolve: (vectors: readonly Float32Array[]) => void;
  readonly reject: (error: Error) => void;
};

/**
 * Creates the English embedder: Universal Sentence Encoder Lite, 512 dimensions, some 10 ms a sentence in a thread of its own. Nothing is loaded before the
 * first text. Effects: a thread, about 100 MB of memory.
 */
export function createLocalEmbedder(): LocalEmbedder {
  const waiting = new Map<number, Waiting>();
  let worker: Worker | null = null;
  let next = 0;

  function start(): Worker {
    const started = new Worker(new URL(`./embedder-thread.${SUFFIX}`, import.meta.url));
    started.unref();
    started.on('message', (message: FromEmbedder) => {
      const one = waiting.get(message.id);
      waiting.delete(message.id);
      if (waiting.size === 0) started.unref();
      if ('problem' in message) one?.reject(new Error(message.problem));
      else one?.resolve(message.vectors);
    });
    started.on('error', (error: Error) => {
      worker = null;
      for (const { reject } of waiting.values()) reject(error);
      waiting.clear();
    });
    return started;
  }

  return {
    embed(texts) {
      worker ??= start();
      const id = next++;
      const { promise, resolve, reject } = Promise.withResolvers<readonly Float32Array[]>();
      waiting.set(id, { resolve, reject });
      worker.ref();
      worker.postMessage({ id, texts } satisfies ToEmbedder);
      return promise;
    },
    async close() {
      await worker?.terminate();
      worker = null;
    },
  };
}
