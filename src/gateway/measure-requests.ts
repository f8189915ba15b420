import type { Snapshot } from '#snapshot';
import type { KnownNames, MeasuredRequest } from '#telemetry';
import type { FinishedRequest } from './finished-request.ts';
import { knownCost } from './settle-request.ts';

/** A finished request as metrics count it. Pure. */
export function measuredRequest({ progress, settlement, counters, endedMs }: FinishedRequest): MeasuredRequest {
  const { call, caller, served, attempts, decision, request } = progress;
  const planned = decision?.kind === 'allow' ? decision.plan.targets : [];
  // Waiting between two attempts is what the policies ask for, not what the gateway adds.
  const upstreamMs = (attempts.at(-1)?.endedMs ?? 0) - (attempts[0]?.startedMs ?? 0);
  return {
    operation: call.context.endpoint,
    consumer: caller?.consumer.name ?? '',
    team: caller?.consumer.labels.team ?? '',
    route: progress.route ?? '',
    provider: served?.target.provider.name ?? '',
    model: served?.target.model ?? '',
    status: progress.status,
    code: progress.errorCode,
    streamed: request?.stream ?? false,
    cache: progress.cache.result,
    fallback: served?.fallback ?? null,
    durationMs: endedMs,
    firstTokenMs: progress.firstByteMs,
    overheadMs: Math.max(0, endedMs - upstreamMs),
    usage: attempts.at(-1)?.usage ?? null,
    costMicroUsd: knownCost(progress),
    attempts: attempts.map(({ target, outcome, startedMs, endedMs: end }) => {
      const plan = planned.find(({ id }) => id === target);
      return {
        target,
        provider: plan?.provider.name ?? '',
        model: plan?.model ?? '',
        outcome,
        durationMs: end - startedMs,
      };
    }),
    budgets: counters.map(({ budget, limit, after }) => ({ budget, usedRatio: limit === 0 ? 1 : after / limit })),
    guardrails: progress.guard?.tally.verdicts() ?? [],
    overruns: (settlement?.charges ?? []).filter(({ overrun = 0 }) => overrun > 0).map(({ counter }) => counter.budget),
  };
}

/** Tells which names the policies in service and the catalogue know. */
export function knownNames(current: () => Snapshot): KnownNames {
  let seen: Snapshot | null = null;
  let teams: ReadonlySet<string> = new Set();
  return {
    has(label, value) {
      const snapshot = current();
      switch (label) {
        case 'consumer':
          return snapshot.consumers.has(value);
        case 'route':
          return snapshot.routes.has(value);
        case 'provider':
          return snapshot.providers.has(value);
        case 'model':
          return snapshot.models.has(value);
        case 'guardrail':
          return snapshot.guardrails.has(value);
        case 'budget':
          return snapshot.budgets.has(value);
        case 'target': {
          const [chain = '', id = ''] = value.split('/');
          if (chain === 'direct') return snapshot.providers.has(id);
          return snapshot.chains.get(chain)?.targets.some((target) => target.id === id) ?? false;
        }
        case 'team':
          if (snapshot !== seen) {
            seen = snapshot;
            teams = new Set([...snapshot.consumers.values()].flatMap(({ labels }) => labels.team ?? []));
          }
          return teams.has(value);
      }
    },
  };
}
