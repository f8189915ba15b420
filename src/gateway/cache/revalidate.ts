import type { NeededFacts } from '#decision';
import { admitRequest } from '../admit-request.ts';
import type { InlineChain } from '../compat/portkey-chain.ts';
import { executeCall } from '../execute-call.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { beginProgress, type Progress } from '../progress.ts';
import { readFacts } from '../read-facts.ts';
import { settleRequest } from '../settle-request.ts';
import { gatewayErrorOf } from '../write-error.ts';
import type { CacheCall } from './cache-call.ts';
import { meaningOf } from './find-by-meaning.ts';
import { fly, openFlight } from './fly.ts';

/**
 * Fetches a new answer to a question that was just answered with an old one: a request of its own, with its own id, admission, account and record. Nothing
 * happens when somebody is fetching it already. Never rejects.
 */
export async function revalidate(
  parts: GatewayParts,
  asked: Progress,
  cached: CacheCall,
  needs: NeededFacts,
  inline: InlineChain | null,
): Promise<void> {
  if (asked.request === null || parts.cache.flights.find(cached.key) !== null) return;
  const ended = parts.lifecycle.begin();
  const startedMs = parts.nowMs();
  const call = { ...asked.call, id: parts.newId(), startedMs };
  const { caller, body, bytes, shape, snapshot, route, isInline, guard } = asked;
  const request = { ...asked.request, id: call.id };
  const progress: Progress = {
    ...beginProgress(call, asked.active),
    ...{ caller, body, bytes, shape, snapshot, route, isInline, guard, request },
    cache: { ...asked.cache, result: 'refresh', ageMs: null, savedMicroUsd: null, provider: null, model: null },
  };
  const flight = openFlight(parts, progress, cached.key);
  const seat = flight.seat();
  // Nobody reads along.
  seat.settle();
  try {
    const facts = await readFacts(parts, asked.active, needs, startedMs);
    const decision = await admitRequest(parts, progress, snapshot, request, cached.route, facts);
    const anew = { ...cached, meaning: cached.meaning ?? (await meaningOf(parts, progress, cached)) };
    await fly(parts, progress, anew, flight, (cancellation, form) =>
      executeCall(parts, progress, decision, cached.route, inline, cancellation, form),
    );
    const begun = await flight.begun;
    if (begun.kind === 'failed') throw begun.executed.error;
    progress.status = 200;
  } catch (error) {
    flight.fail(error);
    flight.land();
    const { code, status } = gatewayErrorOf(error);
    progress.errorCode = code;
    progress.status = status;
  } finally {
    seat.leave();
    await settleRequest(parts, progress);
    ended();
  }
}
