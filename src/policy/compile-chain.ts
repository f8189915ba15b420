import type { Chain, ChainSpec, ProjectSpec, Target, TargetSpec } from '#snapshot';
import { toMicroUsd, toMsOrNull } from './compile-quantities.ts';
import { compileTargetPolicy } from './compile-target-policy.ts';

/** A chain whose targets are called as target, chain and project say, in this order field by field. Pure. */
export function compileChain(name: string, spec: ChainSpec, projectDefaults: ProjectSpec['defaults']): Chain {
  return {
    name,
    strategy: spec.strategy ?? 'fallback',
    sticky: spec.sticky ?? 'none',
    deadlineMs: toMsOrNull(spec.deadline),
    maxAttempts: spec.maxAttempts ?? 8,
    fallbackOn: spec.fallbackOn ?? [
      'rate-limit',
      'server-error',
      'timeout',
      'network',
      'auth',
      'malformed',
      'context-overflow',
      'stream-error',
    ],
    allowDowngrade: spec.allowDowngrade ?? false,
    maxPriceMicroUsd: spec.maxPrice === undefined || spec.maxPrice === null ? null : toMicroUsd(spec.maxPrice),
    targets: spec.targets.map((target) => ({
      id: target.id,
      use: compileUse(target),
      weight: target.weight ?? null,
      params: { ...target.params },
      ...compileTargetPolicy([target, spec.defaults, projectDefaults]),
    })),
  };
}

/** The schema lets exactly one of the three pass. */
function compileUse({ model, provider, chain }: TargetSpec): Target['use'] {
  if (model !== undefined) return { kind: 'model', model };
  if (provider !== undefined) return { kind: 'provider', provider };
  return { kind: 'chain', chain: chain ?? '' };
}
