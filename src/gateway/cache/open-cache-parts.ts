import { type AnswerStoreOptions, createAnswerStore } from '#state';
import type { CacheParts } from './cache-parts.ts';
import { createFlights } from './flights.ts';

/** Opens what caching needs. Rejects with StoreOpenError. Effects: those of the store. */
export async function openCacheParts(options: AnswerStoreOptions): Promise<CacheParts> {
  return { answers: await createAnswerStore(options), flights: createFlights() };
}
