import type { ChainSpec, ModelSpec, ProviderSpec, RetrySpec, TargetSpec, TimeoutsSpec } from '#snapshot';
import type { LintContext } from './context.ts';
import type { Item } from './item.ts';

/** One rung that a chain can reach, nested chains followed. */
export interface Hop {
  /** Position of the chain's own target that leads there. */
  readonly via: number;
  /** The chain that holds the rung itself, and its position there. */
  readonly chain: Item<ChainSpec>;
  readonly index: number;
  readonly target: TargetSpec;
  /** Undefined for a target that keeps the requested model, and for a name nobody knows. */
  readonly model: Item<ModelSpec> | undefined;
  readonly provider: Item<ProviderSpec> | undefined;
  readonly timeouts: TimeoutsSpec;
  readonly retry: RetrySpec;
}

/** The rungs of a chain in the order they are tried; a chain that reaches itself is followed once. Pure. */
export function hopsOf(context: LintContext, chain: Item<ChainSpec>): readonly Hop[] {
  return chain.spec.targets.flatMap((target, via) =>
    followTarget(context, chain, target, via, new Set([chain.name])).map((hop) => ({ ...hop, via })),
  );
}

/** How one target is called: each field from the target, else the chain, else the project. Pure. */
export function settingsOf(
  context: LintContext,
  chain: Item<ChainSpec> | undefined,
  target: Pick<TargetSpec, 'timeouts' | 'retry'>,
): Pick<Hop, 'timeouts' | 'retry'> {
  const project = context.every('Project')[0]?.spec.defaults;
  const own = chain?.spec.defaults;
  return {
    timeouts: { ...project?.timeouts, ...own?.timeouts, ...target.timeouts },
    retry: { ...project?.retry, ...own?.retry, ...target.retry },
  };
}

/** Every `retry` as a chain and its targets write it, with its path from `spec`. Pure. */
export function writtenRetries({ spec }: Item<ChainSpec>): readonly {
  readonly retry: RetrySpec;
  readonly path: readonly (string | number)[];
}[] {
  const own = spec.defaults?.retry ? [{ retry: spec.defaults.retry, path: ['defaults', 'retry'] }] : [];
  const targets = spec.targets.flatMap(({ retry }, at) => (retry ? [{ retry, path: ['targets', at, 'retry'] }] : []));
  return [...own, ...targets];
}

/** Every chain that a request can enter: named by a route, or by a budget at its end. Pure. */
export function enteredChains(context: LintContext): ReadonlySet<string> {
  const names = context.every('Route').map(({ spec }) => spec.chain);
  for (const { spec } of context.every('Budget')) {
    if (typeof spec.onExhausted === 'object') names.push(spec.onExhausted.chain);
  }
  return new Set(names.filter((name) => name !== undefined));
}

function followTarget(
  context: LintContext,
  chain: Item<ChainSpec>,
  target: TargetSpec,
  index: number,
  seen: ReadonlySet<string>,
): readonly Hop[] {
  if (target.chain !== undefined) {
    const nested = seen.has(target.chain) ? undefined : context.find('Chain', target.chain);
    if (!nested) return [];
    const below = new Set([...seen, nested.name]);
    return nested.spec.targets.flatMap((inner, at) => followTarget(context, nested, inner, at, below));
  }
  const model = target.model === undefined ? undefined : context.find('Model', target.model);
  const provider = context.find('Provider', target.provider ?? model?.spec.provider ?? '');
  return [{ via: index, chain, index, target, model, provider, ...settingsOf(context, chain, target) }];
}
