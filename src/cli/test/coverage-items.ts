import { asObject, asString, type Place } from '#core';
import type { ParsedPolicies } from '#policy';
import type { EnvironmentSpec, Snapshot } from '#snapshot';
import { placeIn } from '../request/place-in.ts';
import { spendingAlerts } from './fired-alerts.ts';

/** What cases can reach. */
export const COVERED = ['routes', 'targets', 'branches', 'overrides', 'budgets', 'alerts'] as const;

/** One kind of it. */
export type CoveredKind = (typeof COVERED)[number];

/** Something a case can reach, by an id that does not depend on lines: `Chain/eu targets[claude]`. */
export interface CoverageItem {
  readonly kind: CoveredKind;
  readonly key: string;
  readonly at: Place | null;
}

/**
 * Everything one environment offers to cases: routes; targets of chains; branches, which are the targets that hand over to the next, the outcomes on
 * which a chain does so, and the refusals of routes, limits and consumers; actions of exhausted budgets; thresholds and alerts on budgets. Built-in documents are nobody's to test. Pure.
 */
export function coverageItems(snapshot: Snapshot): readonly CoverageItem[] {
  return [
    ...routeItems(snapshot),
    ...chainItems(snapshot),
    ...consumerItems(snapshot),
    ...budgetItems(snapshot),
    ...spendingAlerts(snapshot).map(({ key, at }) => ({ kind: 'alerts' as const, key, at })),
  ];
}

/** The operations of every environment. Pure. */
export function overrideItems(parsed: ParsedPolicies): readonly (CoverageItem & Operation)[] {
  return parsed.documents
    .filter(({ kind }) => kind === 'Environment')
    .flatMap((document) => {
      const spec = asObject(document.value.spec) as EnvironmentSpec;
      return (spec.overrides ?? []).map((operation, index) => {
        const { file, line } = document.valueSpan(['spec', 'overrides', index]);
        const key = `Environment/${document.name} ${operation.target} ${operation.path}`;
        const item = asString(asObject(operation.value).id) ?? /^targets\[([^\]]+)\]/.exec(operation.path)?.[1] ?? null;
        return {
          kind: 'overrides' as const,
          key: item !== null && !operation.path.includes('[') ? `${key}[${item}]` : key,
          at: { file, line },
          environment: document.name,
          target: operation.target,
          item: operation.target.startsWith('Chain/') ? item : null,
        };
      });
    });
}

/** What an operation changes: a document, or one target of a chain. */
export interface Operation {
  readonly environment: string;
  readonly target: string;
  readonly item: string | null;
}

/** Keys of branches and actions, so that what is listed and what is reached are spelled alike. */
export const coverageKeys = Object.freeze({
  route: (name: string) => `Route/${name}`,
  target: (chain: string, id: string) => `Chain/${chain} targets[${id}]`,
  handOver: (chain: string, id: string) => `Chain/${chain} targets[${id}] hands over`,
  fallbackOn: (chain: string, outcome: string) => `Chain/${chain} fallbackOn ${outcome}`,
  denial: (document: string, field: string) => `${document} ${field}`,
  budget: (name: string) => `Budget/${name} onExhausted`,
});

function routeItems(snapshot: Snapshot): readonly CoverageItem[] {
  return [...snapshot.routes.values()].flatMap((route): readonly CoverageItem[] => {
    const key = coverageKeys.route(route.name);
    const items: CoverageItem[] = [{ kind: 'routes', key, at: placeIn(snapshot, key, 'match') }];
    const { maxInputTokens, maxRequestCostMicroUsd } = route.limits;
    const refusals: string[] = [];
    if (route.deny !== null) refusals.push('deny');
    if (maxInputTokens !== null) refusals.push('limits.maxInputTokens');
    if (maxRequestCostMicroUsd !== null) refusals.push('limits.maxRequestCost');
    return [...items, ...refusals.map((field) => denialItem(snapshot, key, field))];
  });
}

/**
 * A chain is its targets, which of them hand over to the next, and the outcomes that its `fallbackOn` names. Outcomes count once for a chain, not once for
 * each target: they are one list, and no target has one of its own. A list that nobody wrote is our default, and the last target hands over to nobody.
 */
function chainItems(snapshot: Snapshot): readonly CoverageItem[] {
  return [...snapshot.chains.values()].flatMap((chain): readonly CoverageItem[] => {
    const document = `Chain/${chain.name}`;
    const targets = chain.targets.flatMap(({ id }, index): readonly CoverageItem[] => {
      const at = placeIn(snapshot, document, `targets[${id}]`, 'targets');
      const isLast = index === chain.targets.length - 1 && (index === 0 || chain.strategy === 'fallback');
      const handsOver: CoverageItem = { kind: 'branches', key: coverageKeys.handOver(chain.name, id), at };
      const target: CoverageItem = { kind: 'targets', key: coverageKeys.target(chain.name, id), at };
      return isLast || chain.fallbackOn.length === 0 ? [target] : [target, handsOver];
    });
    const isWritten = snapshot.origins.get(document)?.fields.has('fallbackOn') ?? false;
    if (!isWritten || chain.targets.length === 1) return targets;
    const at = placeIn(snapshot, document, 'fallbackOn');
    const outcomes = chain.fallbackOn.map(
      (outcome): CoverageItem => ({ kind: 'branches', key: coverageKeys.fallbackOn(chain.name, outcome), at }),
    );
    return [...targets, ...outcomes];
  });
}

function consumerItems(snapshot: Snapshot): readonly CoverageItem[] {
  const parents = new Set([...snapshot.consumers.values()].map(({ parent }) => parent));
  return [...snapshot.consumers.values()].flatMap((consumer): readonly CoverageItem[] => {
    const { name, allow, deny, ipAllow } = consumer;
    // A consumer that may call nothing only adds up what others spend.
    const isSum = parents.has(name) && allow.models?.length === 0;
    if (isSum) return [];
    const refusals: string[] = [];
    if (ipAllow !== null) refusals.push('ipAllow');
    if (allow.endpoints !== null || deny.endpoints.length > 0) refusals.push('allow.endpoints');
    if (allow.routes !== null || deny.routes.length > 0) refusals.push('allow.routes');
    if (allow.models !== null || deny.models.length > 0) refusals.push('allow.models');
    return refusals.map((field) => denialItem(snapshot, `Consumer/${name}`, field));
  });
}

function budgetItems(snapshot: Snapshot): readonly CoverageItem[] {
  return [...snapshot.budgets.values()].map(({ name }) => ({
    kind: 'budgets',
    key: coverageKeys.budget(name),
    at: placeIn(snapshot, `Budget/${name}`, 'onExhausted', 'limit'),
  }));
}

function denialItem(snapshot: Snapshot, document: string, field: string): CoverageItem {
  const outer = field.split('.')[0] ?? field;
  return { kind: 'branches', key: coverageKeys.denial(document, field), at: placeIn(snapshot, document, field, outer) };
}
