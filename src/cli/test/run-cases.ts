import type { Place } from '#core';
import type { Snapshot } from '#snapshot';
import { buildSituation, DEFAULT_AT, type Problem } from '../request/build-situation.ts';
import { compare, type Mismatch } from './compare.ts';
import { expectationProblems } from './expectation-problems.ts';
import type { FoundCase } from './find-cases.ts';
import { type Played, playCase } from './play-case.ts';

/** What became of one case: played and compared, or vacuous, which means that it could not have failed. */
export interface CaseResult {
  readonly found: FoundCase;
  readonly environment: string;
  readonly snapshot: Snapshot;
  readonly kind: 'passed' | 'failed' | 'vacuous';
  readonly mismatches: readonly (Mismatch & { readonly at: Place | null })[];
  readonly problems: readonly Problem[];
  readonly played: Played;
}

/** Plays one case in its environment. Pure. */
export function runCase(found: FoundCase, snapshot: Snapshot): CaseResult {
  const surroundings = {
    // One id for all: a sticky or weighted choice depends on session and draw, which the case names.
    id: 'req_test',
    nowMs: Date.parse(DEFAULT_AT),
    secretsMissing: new Set<string>(),
  };
  const situation = buildSituation(snapshot, found.case, surroundings);
  const played = playCase(snapshot, situation, found.case);
  const base = { found, environment: snapshot.environment, snapshot, played };
  const problems = [...situation.problems, ...expectationProblems(snapshot, found.case.expect)];
  if (problems.length > 0) return { ...base, kind: 'vacuous', mismatches: [], problems };
  const mismatches = compare(found.case.expect ?? {}, played.actual).map((mismatch) => ({
    ...mismatch,
    at: played.placeOf(mismatch.field),
  }));
  return { ...base, kind: mismatches.length === 0 ? 'passed' : 'failed', mismatches, problems };
}
