import type { AttemptReport, BreakerPolicy, BreakerRules, StoreFacts } from '../store.ts';

/** How targets have been lately: calls in flight, latency, breaker. Lost on a restart, which does no harm. */
export interface TargetHints {
  readonly read: (targets: readonly string[], nowMs: number) => Omit<StoreFacts, 'counters'>;
  readonly started: (target: string, breaker: BreakerPolicy | null, nowMs: number) => void;
  readonly ended: (report: AttemptReport, nowMs: number) => void;
  readonly openBreakers: (nowMs: number) => Record<string, 'open' | 'half-open'>;
  readonly size: () => number;
}

interface Hint<State> {
  inFlight: number;
  latencyMs: number | null;
  latencyAtMs: number;
  breaker: State;
}

// The newest call counts for a third: quick to notice a slow provider, slow enough not to follow every outlier.
const NEWEST_WEIGHT = 0.3;
// An old figure would keep a target that was slow once out of use for good.
const LATENCY_FRESH_MS = 600_000;

/** Creates hints for at most so many targets; the one not used for longest goes first. */
export function createTargetHints<State>(rules: BreakerRules<State>, maxTargets: number): TargetHints {
  const hints = new Map<string, Hint<State>>();

  function hintOf(target: string): Hint<State> {
    const known = hints.get(target);
    if (known !== undefined) return known;
    const fresh: Hint<State> = { inFlight: 0, latencyMs: null, latencyAtMs: 0, breaker: rules.closed };
    if (hints.size >= maxTargets) dropIdle();
    hints.set(target, fresh);
    return fresh;
  }

  function dropIdle(): void {
    for (const [target, hint] of hints) {
      if (hint.inFlight > 0) continue;
      hints.delete(target);
      return;
    }
  }

  function read(targets: readonly string[], nowMs: number): Omit<StoreFacts, 'counters'> {
    const breakers: Record<string, 'open' | 'half-open'> = {};
    const latencies: Record<string, number> = {};
    const inFlight: Record<string, number> = {};
    for (const target of targets) {
      const hint = hints.get(target);
      if (hint === undefined) continue;
      const view = rules.view(hint.breaker, nowMs);
      if (view !== 'closed') breakers[target] = view;
      if (hint.latencyMs !== null && nowMs - hint.latencyAtMs < LATENCY_FRESH_MS)
        latencies[target] = Math.round(hint.latencyMs);
      if (hint.inFlight > 0) inFlight[target] = hint.inFlight;
    }
    return { breakers, latencies, inFlight };
  }

  function started(target: string, breaker: BreakerPolicy | null, nowMs: number): void {
    const hint = hintOf(target);
    hint.inFlight += 1;
    if (breaker !== null) hint.breaker = rules.advance(hint.breaker, { kind: 'started' }, breaker, nowMs);
  }

  function ended(report: AttemptReport, nowMs: number): void {
    const hint = hintOf(report.target);
    hint.inFlight = Math.max(0, hint.inFlight - 1);
    if (report.latencyMs !== null) {
      const old = hint.latencyMs ?? report.latencyMs;
      hint.latencyMs = old + NEWEST_WEIGHT * (report.latencyMs - old);
      hint.latencyAtMs = nowMs;
    }
    hint.breaker =
      report.breaker === null
        ? rules.closed
        : rules.advance(hint.breaker, { kind: report.health }, report.breaker, nowMs);
    // In order of last use, so that the first one is the one to drop.
    hints.delete(report.target);
    hints.set(report.target, hint);
  }

  function openBreakers(nowMs: number): Record<string, 'open' | 'half-open'> {
    return { ...read([...hints.keys()], nowMs).breakers };
  }

  return { read, started, ended, openBreakers, size: () => hints.size };
}
