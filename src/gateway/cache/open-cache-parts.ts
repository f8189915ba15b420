import { type AnswerStoreOptions, createAnswerStore } from '#state';
import { createLocalEmbedder } from '#upstream';
import type { CacheParts } from './cache-parts.ts';
import { createFlights } from './flights.ts';
import { createQuestions } from './questions.ts';

/** Opens what caching needs. Rejects with StoreOpenError. Effects: those of the store; a thread at the first text to embed here. */
export async function openCacheParts(options: AnswerStoreOptions): Promise<CacheParts> {
  const answers = await createAnswerStore(options);
  const embedder = createLocalEmbedder();
  const questions = createQuestions({ store: () => answers.questions, nowMs: options.nowMs });
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
