import { createTargetHints } from '../memory/target-hints.ts';
import type { AttemptReport, BreakerPolicy, BreakerRules, StoreFacts } from '../store.ts';

type TargetFacts = Omit<StoreFacts, 'counters'>;
type View = 'closed' | 'open' | 'half-open';

/** A call as `takeReports` of `target-hints.lua` reads it; latency -1 for none, failures 0 for no breaker. */
export type WrittenReport = readonly [
  target: string,
  kind: 'started' | AttemptReport['health'],
  latencyMs: number,
  failures: number,
  withinMs: number,
  openForMs: number,
];

/** What all replicas together know of a target. */
export interface SharedHint {
  readonly view: View;
  /** How long it stays open, in ms. */
  readonly openForMs: number;
  /** Null where nobody has measured it lately. */
  readonly latencyMs: number | null;
}

interface KnownHint extends SharedHint {
  readonly atMs: number;
}

/** Breakers and latencies that replicas share: what became of calls rides along with the next read of facts, or goes out by itself a moment later. */
export interface SharedHints {
  /** Whether there is something to send. */
  readonly started: (target: string, breaker: BreakerPolicy | null, nowMs: number) => boolean;
  readonly ended: (report: AttemptReport, nowMs: number) => void;
  /** What is to be sent, once. */
  readonly takeReports: () => readonly WrittenReport[];
  /** Keeps what the store said. */
  readonly learn: (shared: Readonly<Record<string, SharedHint>>, nowMs: number) => void;
  /** Of each target what the store said lately, else what this process knows by itself. Calls in flight are its own. */
  readonly read: (targets: readonly string[], nowMs: number) => TargetFacts;
  readonly openBreakers: (nowMs: number) => Record<string, 'open' | 'half-open'>;
  /** Of the targets those that the store was not asked about lately, and asks that the others wait for this answer. */
  readonly staleOf: (targets: readonly string[], nowMs: number) => readonly string[];
}

/** Beyond, only failures are told: a breaker needs them, a latency does not need every call. */
const MAX_REPORTS = 500;
const FRESH_MS = 2000;
const ASK_AGAIN_MS = 250;

/** Creates hints for at most so many targets. */
export function createSharedHints<State>(rules: BreakerRules<State>, maxTargets: number): SharedHints {
  const own = createTargetHints(rules, maxTargets);
  const shared = new Map<string, KnownHint>();
  const asked = new Map<string, number>();
  let reports: WrittenReport[] = [];

  function sharedOf(target: string, nowMs: number): KnownHint | null {
    const hint = shared.get(target);
    return hint !== undefined && nowMs - hint.atMs < FRESH_MS ? hint : null;
  }

  function write(kind: WrittenReport[1], target: string, breaker: BreakerPolicy | null, latencyMs: number): void {
    if (reports.length >= MAX_REPORTS && kind !== 'failure') return;
    const { failures = 0, withinMs = 0, openForMs = 0 } = breaker ?? {};
    reports.push([target, kind, latencyMs, failures, withinMs, openForMs]);
  }

  function read(targets: readonly string[], nowMs: number): TargetFacts {
    const facts = own.read(targets, nowMs);
    const breakers = { ...facts.breakers };
    const latencies = { ...facts.latencies };
    for (const target of targets) {
      const hint = sharedOf(target, nowMs);
      if (hint === null) continue;
      if (hint.view === 'closed') delete breakers[target];
      else breakers[target] = hint.view === 'open' && nowMs - hint.atMs < hint.openForMs ? 'open' : 'half-open';
      if (hint.latencyMs === null) delete latencies[target];
      else latencies[target] = hint.latencyMs;
    }
    return { breakers, latencies, inFlight: facts.inFlight };
  }

  return {
    started(target, breaker, nowMs) {
      const before = read([target], nowMs).breakers[target];
      own.started(target, breaker, nowMs);
      // Nine hundred and ninety-nine of a thousand calls are no probes.
      if (breaker === null || before === undefined) return false;
      write('started', target, breaker, -1);
      // A probe is under way: the others wait for it.
      shared.set(target, { view: 'open', openForMs: breaker.openForMs, latencyMs: null, atMs: nowMs });
      return true;
    },
    ended(report, nowMs) {
      own.ended(report, nowMs);
      // Until the store is asked again, this process goes by what it has just seen.
      shared.delete(report.target);
      write(report.health, report.target, report.breaker, report.latencyMs ?? -1);
    },
    takeReports() {
      const taken = reports;
      reports = [];
      return taken;
    },
    learn(found, nowMs) {
      for (const [target, hint] of Object.entries(found)) {
        shared.delete(target);
        shared.set(target, { ...hint, atMs: nowMs });
      }
      for (const [oldest] of shared) {
        if (shared.size <= maxTargets) break;
        shared.delete(oldest);
      }
    },
    read,
    openBreakers(nowMs) {
      const known = new Set([...shared.keys(), ...Object.keys(own.openBreakers(nowMs))]);
      return { ...read([...known], nowMs).breakers };
    },
    staleOf(targets, nowMs) {
      const stale = targets.filter((target) => nowMs - (asked.get(target) ?? 0) >= ASK_AGAIN_MS);
      if (asked.size > maxTargets) asked.clear();
      for (const target of stale) asked.set(target, nowMs);
      return stale;
    },
  };
}
