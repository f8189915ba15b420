import {
  type Attempt,
  advanceBreaker,
  breakerView,
  CLOSED_BREAKER,
  type CounterKey,
  type Decision,
  decide,
  denyUnknownConsumer,
  denyUnmatched,
  type Facts,
  healthOf,
  match,
  settle,
} from '#decision';
import type { TrafficRecord } from '#decision-log';
import type { Breaker, Snapshot } from '#snapshot';
import { createMemoryStore } from '#state';
import { eligibleCache } from './cache-eligible.ts';
import { CACHE_LIVES, createCacheWorld } from './cache-world.ts';
import { capabilitiesUsed } from './capabilities-used.ts';
import type { DecidedOutcome } from './explain-example.ts';
import { createMinHeap } from './min-heap.ts';
import { playCacheHit, playDenial, playEveryCall, type Stage, wasCacheHit } from './play-record.ts';
import type { ReplayInput } from './recorded-input.ts';
import { heldInputTokens, verdictOf } from './verdict.ts';

/** One revision living through a recording: counters, breakers, latencies and cache change as it decides. */
export interface World {
  /** Lives through one request. Records must come in the order of their clocks. */
  readonly live: (input: ReplayInput, stage: Stage) => Promise<DecidedOutcome>;
}

/** Something that happens later, on the virtual clock. */
interface Event {
  readonly atMs: number;
  readonly number: number;
  readonly happen: () => Promise<unknown>;
}

type Allowed = Extract<Decision, { kind: 'allow' }>;

const SWEEP_EVERY_MS = 60_000;

/** Creates a world in which nothing has happened yet. `seen` tells when a counter was first met, so that what a recording knows of it is taken over once. */
export function createWorld(
  snapshot: Snapshot,
  onUnknownStart: () => void,
  cacheLife: number = CACHE_LIVES.mean,
): World {
  let clockMs = 0;
  let sweptMs = 0;
  let made = 0;
  const store = createMemoryStore({
    clock: { nowMs: () => clockMs },
    breaker: { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView },
  });
  const cache = createCacheWorld(cacheLife);
  const events = createMinHeap<Event>((a, b) => a.atMs - b.atMs || a.number - b.number);
  const begun = new Set<string>();

  function later(atMs: number, happen: Event['happen']): void {
    made += 1;
    events.push({ atMs, number: made, happen });
  }

  async function passTime(toMs: number): Promise<void> {
    for (let next = events.peek(); next !== undefined && next.atMs <= toMs; next = events.peek()) {
      events.pop();
      clockMs = Math.max(clockMs, next.atMs);
      await next.happen();
    }
    clockMs = Math.max(clockMs, toMs);
    if (clockMs - sweptMs < SWEEP_EVERY_MS) return;
    sweptMs = clockMs;
    await store.sweep();
  }

  async function begin(counters: readonly CounterKey[], record: TrafficRecord): Promise<void> {
    for (const counter of counters) {
      if (begun.has(counter.key)) continue;
      // Windows pass, and with them their keys.
      if (begun.size > 1_000_000) begun.clear();
      begun.add(counter.key);
      const spent = record.facts?.counters?.[counter.key]?.spent;
      if (spent === undefined) {
        if (record.facts?.counters === undefined) onUnknownStart();
      } else if (spent > 0) {
        await store.commit({
          id: `start ${counter.key}`,
          charges: [{ counter, held: 0, amount: spent }],
          isUnheld: true,
        });
      }
    }
  }

  async function decideNow(input: ReplayInput): Promise<Decision> {
    const request = input.request();
    if (!snapshot.consumers.has(request.consumer)) return denyUnknownConsumer(request);
    const matched = match(snapshot, request, clockMs);
    if (matched.kind === 'unmatched') return denyUnmatched(request);
    await begin(matched.needs.counters, input.record);
    const facts: Facts = {
      ...input.facts(),
      nowMs: clockMs,
      countersUnread: false,
      ...(await store.readFacts(matched.needs)),
    };
    const decision = decide(snapshot, request, matched.route, facts);
    if (decision.kind === 'deny' || decision.reservations.length === 0) return decision;
    const hold = { id: request.id, owner: 'replay', reservations: decision.reservations };
    const first = await store.reserve(hold);
    if (first.kind === 'held') return decision;
    const again = decide(snapshot, request, matched.route, {
      ...facts,
      counters: { ...facts.counters, ...first.counters },
    });
    if (again.kind === 'allow') await store.reserve({ ...hold, reservations: again.reservations });
    return again;
  }

  function runCalls(decision: Allowed, trail: readonly Attempt[], startMs: number): void {
    for (const attempt of trail) {
      const target = decision.plan.targets.find(({ id }) => id === attempt.target);
      const breaker: Breaker | null = target?.breaker ?? null;
      later(startMs + attempt.startedMs, async () => store.attemptStarted(attempt.target, breaker));
      later(startMs + attempt.endedMs, async () => {
        const latencyMs = attempt.outcome === 'ok' && !attempt.estimated ? attempt.endedMs - attempt.startedMs : null;
        store.attemptEnded({ target: attempt.target, health: healthOf(attempt.outcome), latencyMs, breaker });
      });
    }
  }

  async function live(input: ReplayInput, stage: Stage): Promise<DecidedOutcome> {
    await passTime(input.nowMs);
    const { record } = input;
    const request = input.request();
    const decision = await decideNow(input);
    const found = decision.kind === 'allow' ? eligibleCache(snapshot, decision.route, request) : null;
    const verdict = verdictOf(snapshot, decision, {
      uses: capabilitiesUsed(request),
      cache: found?.name ?? null,
      heldInputTokens: heldInputTokens(request),
    });
    if (decision.kind === 'deny') return { verdict, decision, played: playDenial(decision.status, decision.code) };
    if (
      found !== null &&
      (wasCacheHit(record) || cache.holds(record, request, found, clockMs, decision.route) === true)
    ) {
      const charges = decision.reservations.map(({ counter, amount }) => ({
        counter,
        held: amount,
        amount: counter.unit === 'requests' ? 1 : 0,
      }));
      await store.commit({ id: request.id, charges });
      return { verdict, decision, played: playCacheHit(record) };
    }
    const played = playEveryCall(record, decision.plan, stage);
    const trail = played.trail ?? [];
    runCalls(decision, trail, clockMs);
    const { charges } = settle(snapshot, decision, trail, clockMs);
    const endMs = clockMs + (trail.at(-1)?.endedMs ?? 0);
    later(endMs, async () => {
      await store.commit({ id: request.id, charges });
      if (found !== null && played.kind === 'served') cache.keep(record, request, found, endMs, decision.route);
    });
    return { verdict, decision, played };
  }

  return { live };
}
