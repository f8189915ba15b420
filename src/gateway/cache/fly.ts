import { collectEvents } from '#dialects';
import type { Cancellation, ExecuteCall, Executed, StreamSink } from '#upstream';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { account, knownCost } from '../settle-request.ts';
import { createBroadcast } from './broadcast.ts';
import type { CacheCall } from './cache-call.ts';
import type { Begun, Flight } from './flights.ts';
import { keepAnswer } from './keep-answer.ts';

/** Sends the request along its plan. */
export type Run = (cancellation: Cancellation, form: ExecuteCall['form']) => Promise<Executed>;

/** Opens a call that others may share, on behalf of this request. */
export function openFlight({ cache }: GatewayParts, { call, shape }: Progress, key: string): Flight {
  return cache.flights.open(key, {
    call,
    streamUsage: shape?.streamUsage ?? false,
    legacyFunctions: shape?.legacyFunctions ?? false,
  });
}

/** Makes the call of a flight, hands out its answer and keeps it. The request that makes it pays, whoever else gets the answer. Never rejects. */
export async function fly(
  parts: GatewayParts,
  progress: Progress,
  cached: CacheCall,
  flight: Flight,
  run: Run,
): Promise<void> {
  try {
    const executed = await run(flight.cancellation, 'both');
    if (executed.kind === 'stream') await flyStream(parts, progress, cached, flight, executed);
    else {
      if (executed.kind === 'json' && executed.response !== null) {
        await keepAnswer(parts, progress, cached, executed, executed.response, 0);
      }
      tally(progress, flight);
      flight.begin(begunBy(executed));
    }
  } catch (error) {
    flight.fail(error);
  } finally {
    flight.land();
  }
}

function begunBy(executed: Exclude<Executed, { kind: 'stream' }>): Begun {
  switch (executed.kind) {
    case 'json':
      return { kind: 'json', executed };
    case 'failed':
      return { kind: 'failed', executed };
    case 'cancelled':
      return { kind: 'cancelled' };
  }
}

async function flyStream(
  parts: GatewayParts,
  progress: Progress,
  cached: CacheCall,
  flight: Flight,
  executed: Extract<Executed, { kind: 'stream' }>,
): Promise<void> {
  const { maxEntryBytes } = cached.rule;
  const broadcast = createBroadcast(2 * maxEntryBytes, flight.isAwaited);
  const collector = collectEvents();
  const startedMs = parts.nowMs();
  let isWhole = true;
  flight.begin({ kind: 'stream', executed, broadcast });
  const collecting: StreamSink = {
    ...broadcast.sink,
    events(events) {
      collect(events);
      return broadcast.sink.events(events);
    },
    both(bytes, events) {
      collect(events);
      return broadcast.sink.both?.(bytes, events) ?? true;
    },
  };

  /** An answer too large to be kept is not gathered either. */
  function collect(events: Parameters<StreamSink['events']>[0]): void {
    isWhole = isWhole && broadcast.isWhole();
    if (isWhole) for (const event of events) collector.push(event);
  }

  const end = await executed.stream.start(collecting);
  tally(progress, flight);
  const response = isWhole && end.complete ? collector.result() : null;
  if (response !== null && !('reason' in response)) {
    await keepAnswer(parts, progress, cached, executed, response, parts.nowMs() - startedMs);
  }
  broadcast.end(end);
}

function tally(progress: Progress, flight: Flight): void {
  account(progress);
  flight.costMicroUsd = knownCost(progress);
}
