import { compileGlob, fitsGlob } from '#core';
import { compileMatcher } from '#policy';
import type { InvariantSpec, Matcher } from '#snapshot';
import type { LintContext } from '../context.ts';
import type { Item } from '../item.ts';
import { findWitness } from '../matcher-space.ts';
import { type Outcome, type OutcomeTarget, outcomesOf, witnessOf } from '../outcomes.ts';
import type { RankedRoute } from '../route-space.ts';
import type { Rule, RuleFinding } from '../rule.ts';

/** A stated property that does not hold. */
export const invariantViolated: Rule = {
  meta: {
    id: 'invariant/violated',
    severity: 'error',
    summary: 'Some request breaks an Invariant; the finding shows it.',
    why: 'Somebody has promised it: to customers, to an auditor, to the law. It is proved over everything that routes, consumers, chains and budgets can tell apart. A `when` of a route counts as if it might hold and might not.',
    bad: `
kind: Chain
metadata: { name: support }
spec:
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: mistral, model: mistral/mistral-large-2512 }, { id: gpt, model: openai/gpt-4o }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: support }
---
kind: Consumer
metadata: { name: eu-support }
---
kind: Invariant
metadata: { name: eu-stays-in-eu }
spec: { forAll: { consumers: ["eu-*"] }, never: { target: { region: { not: [eu] } } } }`,
    good: `
kind: Chain
metadata: { name: support }
spec:
  defaults: { timeouts: { total: 30s } }
  targets: [{ id: mistral, model: mistral/mistral-large-2512 }, { id: gpt, model: openai/gpt-4o }]
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: support, residency: [eu] }
---
kind: Consumer
metadata: { name: eu-support }
---
kind: Invariant
metadata: { name: eu-stays-in-eu }
spec: { forAll: { consumers: ["eu-*"] }, never: { target: { region: { not: [eu] } } } }`,
  },
  check(context) {
    if (context.unreadKinds.size > 0) return [];
    return context.every('Invariant').flatMap((invariant) => {
      const found = firstCounterexample(context, invariant) ?? unroutedCounterexample(context, invariant);
      return found ? [found] : [];
    });
  },
};

function firstCounterexample(context: LintContext, invariant: Item<InvariantSpec>): RuleFinding | undefined {
  const scope = scopeOf(invariant.spec);
  for (const route of context.routes) {
    if (!isInScope(route, invariant.spec)) continue;
    for (const outcome of outcomesOf(context, route)) {
      if (!breaks(invariant.spec, outcome)) continue;
      const search = witnessOf(context, outcome, scope);
      if (search.kind !== 'found') continue;
      const { file, line } = route.item.atKey('match');
      return {
        at: placeOf(invariant),
        subject: invariant.key,
        message: `\`${invariant.name}\` does not hold: ${whatHappens(outcome)}`,
        hint: 'Change the route, chain or consumer until the property holds; `signalbox explain` shows the request.',
        related: [{ file, line, message: `route \`${route.item.name}\` takes the request` }],
        witness: search.request,
      };
    }
  }
  return undefined;
}

/** A request that no route takes is refused. */
function unroutedCounterexample(context: LintContext, invariant: Item<InvariantSpec>): RuleFinding | undefined {
  const { never, always, forAll = {} } = invariant.spec;
  const isPromised = always?.allowed === true || (never?.allowed === false && Object.keys(never).length === 1);
  if (!isPromised || forAll.routes || forAll.tags) return undefined;
  const misses = context.routes.filter(({ hasWhen }) => !hasWhen).map(({ matcher }) => matcher);
  const search = findWitness({ fits: [scopeOf(invariant.spec)], misses, onlyUsual: true }, context.world);
  if (search.kind !== 'found') return undefined;
  return {
    at: placeOf(invariant),
    subject: invariant.key,
    message: `\`${invariant.name}\` does not hold: no route takes this request, so it is refused`,
    hint: 'Add a route for it, or narrow `forAll`.',
    witness: search.request,
  };
}

function scopeOf({ forAll = {} }: InvariantSpec): Matcher {
  const { routes: _routes, tags: _tags, ...match } = forAll;
  return compileMatcher(match, null);
}

function isInScope({ item }: RankedRoute, { forAll = {} }: InvariantSpec): boolean {
  if (forAll.routes && !fits(forAll.routes, item.name)) return false;
  return forAll.tags === undefined || forAll.tags.some((tag) => item.spec.tags?.includes(tag));
}

/** `never`: not all of it at once; `always`: each part, the target's wherever there is one. */
function breaks({ never, always }: InvariantSpec, { isAllowed, mayBeCached, target }: Outcome): boolean {
  if (never) {
    if (never.allowed !== undefined && never.allowed !== isAllowed) return false;
    if (never.cached !== undefined && never.cached !== mayBeCached) return false;
    return never.target === undefined || (target !== null && hasAll(never.target, target));
  }
  if (!always) return false;
  if (always.allowed !== undefined && always.allowed !== isAllowed) return true;
  if (always.cached !== undefined && isAllowed && always.cached !== mayBeCached) return true;
  return always.target !== undefined && target !== null && !hasAll(always.target, target);
}

type Wanted = NonNullable<NonNullable<InvariantSpec['never']>['target']>;

function hasAll(wanted: Wanted, { chain, model, provider }: OutcomeTarget): boolean {
  const { trainsOnData } = wanted;
  // Who does not say whether it trains on data counts as one who does.
  if (trainsOnData !== undefined && (provider?.spec.dataPolicy?.trainsOnData ?? true) !== trainsOnData) return false;
  return (
    isOne(wanted.provider, provider?.name) &&
    isOne(wanted.model, model?.name) &&
    isOne(wanted.chain, chain ?? undefined) &&
    isOne(wanted.region, provider?.spec.region) &&
    isOne(wanted.tier, model?.spec.tier === undefined ? undefined : String(model.spec.tier))
  );
}

/** What nobody states is in no list, and outside of every one. */
function isOne(wanted: Wanted['provider'], value: string | undefined): boolean {
  if (wanted === undefined) return true;
  if (!('not' in wanted)) return value !== undefined && fits(wanted, value);
  return value === undefined || !fits(wanted.not, value);
}

function whatHappens({ route, target, mayBeCached }: Outcome): string {
  const on = `on route \`${route.item.name}\``;
  if (target === null) return `${on} a request of its scope is refused`;
  const region = target.provider?.spec.region ?? 'no region given';
  const where = `\`${target.provider?.name ?? 'an unknown provider'}\` (${region})`;
  const what = target.id === null ? `\`${target.model?.name}\`` : `target \`${target.chain}/${target.id}\``;
  return `${on} a request of its scope may be answered by ${what} at ${where}${mayBeCached ? ', or from a cache' : ''}`;
}

function placeOf(invariant: Item<InvariantSpec>): ReturnType<typeof invariant.at> {
  return invariant.spec.never ? invariant.atKey('never') : invariant.atKey('always');
}

function fits(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => fitsGlob(compileGlob(pattern), text));
}
