import type { ServerResponse } from 'node:http';
import { GatewayError } from '#core';
import type { Cancellation } from '#upstream';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import type { CacheCall } from './cache-call.ts';
import { embedAnew } from './embed-anew.ts';
import { findByMeaning, meaningOf, type SimilarKept } from './find-by-meaning.ts';
import { findKept, type Kept } from './find-kept.ts';
import type { Begun } from './flights.ts';
import { fly, openFlight, type Run } from './fly.ts';
import { serveKept } from './serve-kept.ts';
import { takeSeat } from './take-seat.ts';

/** How an admitted request goes on where a cache has a say. */
export interface CacheRun {
  readonly run: Run;
  /** Fetches a new answer in the background, as a request of its own. */
  readonly revalidate: () => void;
}

// A leader may fail for reasons of its own budget alone; beyond so many of them a caller goes its own way.
const TRIES = 3;

/**
 * Answers an admitted request: from a kept answer, else from a call in flight for the same question, else by a call that others may join and whose answer
 * is kept. Throws the failure of the call, unless an old answer may stand in for it.
 */
export async function answerThroughCache(
  parts: GatewayParts,
  progress: Progress,
  cached: CacheCall,
  { run, revalidate }: CacheRun,
  cancellation: Cancellation,
  reply: ServerResponse,
): Promise<void> {
  const kept = cached.wish === 'use' ? await findKept(parts, progress, cached, cached.key) : null;
  if (kept !== null && kept.freshness !== 'stale-if-error') {
    const isStale = kept.freshness === 'stale';
    if (isStale) revalidate();
    else if (cached.rule.mode === 'semantic') void embedAnew(parts, progress, cached, kept);
    const use = { result: isStale ? ('stale' as const) : ('hit' as const), similarity: null, matched: null };
    return serveKept(parts, progress, cached.rule, kept.answer, use, cancellation, reply);
  }
  try {
    const mayJoin = cached.wish === 'use';
    if (mayJoin && (await joined(parts, progress, cached, cancellation, reply))) return;
    if (cached.rule.mode === 'semantic') {
      const similar = await similarKept(parts, progress, cached);
      if (similar !== null) {
        const { similarity, matched } = similar;
        const use = { result: 'semantic-hit' as const, similarity, matched };
        return await serveKept(parts, progress, cached.rule, similar.answer, use, cancellation, reply);
      }
      // Somebody may have asked while the question was embedded.
      if (mayJoin && (await joined(parts, progress, cached, cancellation, reply))) return;
    }
    await led(parts, progress, cached, run, cancellation, reply);
  } catch (error) {
    const old = await standIn(parts, progress, cached, kept, error);
    if (old === null || reply.headersSent) throw error;
    const use = { result: 'stale' as const, similarity: null, matched: null };
    return serveKept(parts, progress, cached.rule, old.answer, use, cancellation, reply);
  }
}

/** An answer to a question that means the same; in shadow it is only told of. */
async function similarKept(parts: GatewayParts, progress: Progress, cached: CacheCall): Promise<SimilarKept | null> {
  cached.meaning = await meaningOf(parts, progress, cached);
  if (cached.meaning === null || cached.wish !== 'use') return null;
  const found = await findByMeaning(parts, progress, cached, cached.meaning);
  if (found === null || cached.rule.semantic?.shadow === false) return found;
  const { similarity, matched } = found;
  progress.cache = { ...progress.cache, shadow: { similarity, matched } };
  return null;
}

/** Takes a seat at a call in flight; false when there is none whose outcome is this caller's too. */
async function joined(
  parts: GatewayParts,
  progress: Progress,
  { key }: CacheCall,
  cancellation: Cancellation,
  reply: ServerResponse,
): Promise<boolean> {
  for (let tries = 0; tries < TRIES; tries++) {
    const flight = parts.cache.flights.find(key);
    if (flight === null) return false;
    const seat = flight.seat();
    const forget = cancellation.onCancel(seat.leave);
    try {
      const begun = await flight.begun;
      if (!isOutcomeForAll(begun)) continue;
      const miss = progress.cache;
      progress.cache = { ...miss, result: 'shared' };
      if (begun.kind === 'failed') progress.cache = miss;
      await takeSeat(parts, progress, { flight, seat }, begun, cancellation, reply);
      await flight.over;
      progress.cache = { ...progress.cache, savedMicroUsd: flight.costMicroUsd };
      return true;
    } finally {
      forget();
      seat.leave();
    }
  }
  return false;
}

/** Makes the call, answers this caller out of it, and stays until it is over: whoever began it is charged, also after hanging up. */
async function led(
  parts: GatewayParts,
  progress: Progress,
  cached: CacheCall,
  run: Run,
  cancellation: Cancellation,
  reply: ServerResponse,
): Promise<void> {
  const flight = openFlight(parts, progress, cached.key);
  const seat = flight.seat();
  const forget = cancellation.onCancel(seat.leave);
  void fly(parts, progress, cached, flight, run);
  try {
    const begun = await flight.begun;
    await takeSeat(parts, progress, { flight, seat }, begun, cancellation, reply);
  } finally {
    forget();
    seat.leave();
    await flight.over;
  }
}

/** What a provider answered holds for everyone; what the leader's own budget or hang-up said does not. */
function isOutcomeForAll(begun: Begun): boolean {
  if (begun.kind === 'cancelled') return false;
  return begun.kind !== 'failed' || FOR_ALL.has(begun.executed.error.code);
}

const FOR_ALL: ReadonlySet<string> = new Set(['chain_exhausted', 'upstream_rejected', 'unsupported_parameter']);

/** An old answer while every target fails; null where the rules allow none. */
export async function standIn(
  parts: GatewayParts,
  progress: Progress,
  cached: CacheCall,
  known: Kept | null,
  error: unknown,
): Promise<Kept | null> {
  if (!(error instanceof GatewayError) || error.code !== 'chain_exhausted') return null;
  if (cached.rule.staleIfErrorMs === 0) return null;
  return known ?? (cached.wish === 'use' ? findKept(parts, progress, cached, cached.key) : null);
}
