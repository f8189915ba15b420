import type { Catalog } from '#catalog';
import { compileEnvironment, type ParsedDocument, type ParsedPolicies } from '#policy';
import type { FoundCase } from '../test/find-cases.ts';
import { runCase } from '../test/run-cases.ts';
import type { Mutant } from './find-mutants.ts';

/** `noticed`: a case fails; `refused`: the policies no longer compile; `survived`: nobody would know. */
export type MutantVerdict = 'noticed' | 'refused' | 'survived';

/** What mutants are judged by. */
export interface Judge {
  readonly parsed: ParsedPolicies;
  readonly catalog: Catalog;
  /** Cases by the environment they run in. */
  readonly cases: ReadonlyMap<string, readonly FoundCase[]>;
}

/** Compiles a mutant in each environment that has cases, and runs them until one fails. Pure. */
export function judgeMutant(mutant: Mutant, { parsed, catalog, cases }: Judge): MutantVerdict {
  const documents = parsed.documents.flatMap((document) =>
    document === mutant.document ? mutated(mutant) : [document],
  );
  for (const [environment, own] of cases) {
    if (mutant.environment !== null && mutant.environment !== environment) continue;
    const { snapshot } = compileEnvironment({ ...parsed, documents }, environment, catalog);
    if (snapshot === null) return 'refused';
    if (own.some((found) => runCase(found, snapshot).kind !== 'passed')) return 'noticed';
  }
  return 'survived';
}

function mutated({ document, value }: Mutant): readonly ParsedDocument[] {
  return value === null ? [] : [{ ...document, value }];
}
