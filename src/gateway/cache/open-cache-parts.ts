import type { Snapshot } from '#snapshot';
import { type AnswerStoreOptions, createAnswerStore } from '#state';
import { createLocalEmbedder } from '#upstream';
import type { CacheParts } from './cache-parts.ts';
import { LOCAL_EMBEDDER } from './embed-question.ts';
import { createFlights } from './flights.ts';
import { createQuestions } from './questions.ts';

/** What caching needs, and which embedders the policies in service name. */
export interface CachePartsOptions extends AnswerStoreOptions {
  readonly embedders: () => ReadonlySet<string>;
}

/** Opens what caching needs. Rejects with StoreOpenError. Effects: those of the store; a thread at the first text to embed here. */
export async function openCacheParts(options: CachePartsOptions): Promise<CacheParts> {
  const answers = await createAnswerStore(options);
  const embedder = createLocalEmbedder();
  const questions = createQuestions({
    store: () => answers.questions,
    nowMs: options.nowMs,
    // A provider's embeddings cost money: what it is to embed anew comes again with its question.
    async rebuild(text, made) {
      const wanted = options.embedders();
      if (wanted.has(made) || !wanted.has(LOCAL_EMBEDDER)) return null;
      const [vector] = await embedder.embed([text]);
      return vector === undefined ? null : { vector, embedder: LOCAL_EMBEDDER };
    },
  });
  return {
    answers,
    embedder,
    questions,
    flights: createFlights(),
    async close() {
      await embedder.close();
      await answers.close();
    },
  };
}

/** The embedders that the policies name. Pure. */
export function embeddersOf({ caches }: Pick<Snapshot, 'caches'>): ReadonlySet<string> {
  return new Set([...caches.values()].flatMap(({ semantic }) => semantic?.embedder ?? []));
}
