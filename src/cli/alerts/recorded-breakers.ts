import { advanceBreaker, type BreakerState, breakerView, CLOSED_BREAKER, healthOf } from '#decision';
import type { TrafficRecord } from '#decision-log';
import { createMinHeap } from '#replay';
import type { Breaker, Snapshot } from '#snapshot';

/** The breakers of targets as the calls of a recording move them. */
export interface RecordedBreakers {
  /** Takes the calls of a request that has begun; they happen when `open` comes to their time. */
  readonly take: (record: TrafficRecord) => void;
  /** Targets whose breaker keeps calls away, or lets one try. */
  readonly open: (nowMs: number) => readonly { readonly target: string; readonly provider: string }[];
}

interface Guarded {
  readonly provider: string;
  readonly policy: Breaker;
}

interface Moment {
  readonly atMs: number;
  readonly number: number;
  readonly target: string;
  readonly kind: 'started' | 'success' | 'failure' | 'ignored';
}

/** Creates closed breakers, by the rules of the snapshot's chains, which need not be those that were recorded under. Effects: none. */
export function createRecordedBreakers(snapshot: Snapshot): RecordedBreakers {
  const targets = guardedTargets(snapshot);
  const states = new Map<string, BreakerState>();
  const moments = createMinHeap<Moment>((a, b) => a.atMs - b.atMs || a.number - b.number);
  let number = 0;

  function add(moment: Omit<Moment, 'number'>): void {
    number += 1;
    moments.push({ ...moment, number });
  }

  function passTime(nowMs: number): void {
    for (let next = moments.peek(); next !== undefined && next.atMs <= nowMs; next = moments.peek()) {
      moments.pop();
      const guarded = targets.get(next.target);
      if (guarded === undefined) continue;
      const before = states.get(next.target) ?? CLOSED_BREAKER;
      states.set(next.target, advanceBreaker(before, { kind: next.kind }, guarded.policy, next.atMs));
    }
  }

  return {
    take({ at, attempts = [], decision }) {
      // A caller's own chain says nothing about the targets that others use.
      if (decision?.inline === true) return;
      for (const { target, startedMs = 0, durationMs = 0, outcome } of attempts) {
        const beganMs = Date.parse(at) + startedMs;
        add({ atMs: beganMs, target, kind: 'started' });
        add({ atMs: beganMs + durationMs, target, kind: healthOf(outcome) });
      }
    },
    open(nowMs) {
      passTime(nowMs);
      return [...states]
        .filter(([, state]) => breakerView(state, nowMs) !== 'closed')
        .map(([target]) => ({ target, provider: targets.get(target)?.provider ?? '' }));
    },
  };
}

function guardedTargets({ chains, models }: Snapshot): ReadonlyMap<string, Guarded> {
  const guarded = new Map<string, Guarded>();
  for (const chain of chains.values()) {
    for (const { id, use, breaker } of chain.targets) {
      if (use.kind === 'chain' || breaker === null) continue;
      const provider = use.kind === 'provider' ? use.provider : models.get(use.model)?.provider;
      guarded.set(`${chain.name}/${id}`, { provider: provider ?? '', policy: breaker });
    }
  }
  return guarded;
}
