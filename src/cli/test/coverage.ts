import { compareText, type Place } from '#core';
import type { ParsedPolicies } from '#policy';
import type { Snapshot } from '#snapshot';
import { COVERED, type CoveredKind, coverageItems, overrideItems } from './coverage-items.ts';
import { reachedBy, reachesOperation } from './reached-by.ts';
import type { CaseResult } from './run-cases.ts';

/** How much of one kind the cases reach. */
export interface CoverageOf {
  readonly covered: number;
  readonly total: number;
  /** What no case reaches, by key. */
  readonly missing: readonly { readonly key: string; readonly at: Place | null }[];
}

/** How much the cases reach, kind by kind. */
export type Coverage = Readonly<Record<CoveredKind, CoverageOf>>;

/** Kinds of documents that a case comes by; operations on others cannot be tested this way, so they do not count. */
const TESTED_KINDS: ReadonlySet<string> = new Set([
  'Project',
  'Route',
  'Chain',
  'Consumer',
  'Provider',
  'Model',
  'Budget',
  'Cache',
  'Guardrail',
]);

/** Adds up what the cases reach of everything that the environments hold. What several environments share counts once, reached in any of them. Pure. */
export function measureCoverage(
  parsed: ParsedPolicies,
  snapshots: readonly Snapshot[],
  results: readonly CaseResult[],
): Coverage {
  const told = results.filter(({ kind }) => kind !== 'vacuous');
  const reached = new Set(told.flatMap((result) => [...reachedBy(result)]));
  const items = new Map<
    string,
    { readonly kind: CoveredKind; readonly at: Place | null; readonly isReached: boolean }
  >();
  for (const { kind, key, at } of snapshots.flatMap(coverageItems)) {
    if (!items.has(key)) items.set(key, { kind, at, isReached: reached.has(key) });
  }
  for (const item of overrideItems(parsed)) {
    if (!canBeReached(item.target)) continue;
    items.set(item.key, {
      kind: item.kind,
      at: item.at,
      isReached: told.some((result) => reachesOperation(result, item)),
    });
  }
  const of = (kind: CoveredKind): CoverageOf => {
    const own = [...items].filter(([, item]) => item.kind === kind);
    const missing = own
      .filter(([, { isReached }]) => !isReached)
      .map(([key, { at }]) => ({ key, at }))
      .sort(
        (a, b) =>
          compareText(a.at?.file ?? '', b.at?.file ?? '') ||
          (a.at?.line ?? 0) - (b.at?.line ?? 0) ||
          compareText(a.key, b.key),
      );
    return { covered: own.length - missing.length, total: own.length, missing };
  };
  return Object.fromEntries(COVERED.map((kind) => [kind, of(kind)])) as Coverage;
}

/** Tells whether cases can come by a document, by its `Kind/name`. Pure. */
export function canBeReached(document: string): boolean {
  return TESTED_KINDS.has(document.split('/')[0] ?? '');
}

/** All kinds together. Pure. */
export function totalOf(coverage: Coverage): { readonly covered: number; readonly total: number } {
  const parts = Object.values(coverage);
  return {
    covered: parts.reduce((sum, { covered }) => sum + covered, 0),
    total: parts.reduce((sum, { total }) => sum + total, 0),
  };
}

/** Per cent, rounded down, so that 100 means all; 100 where there is nothing to reach. Pure. */
export function percentOf({ covered, total }: { readonly covered: number; readonly total: number }): number {
  return total === 0 ? 100 : Math.floor((100 * covered) / total);
}
