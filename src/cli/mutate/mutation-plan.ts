import { type Catalog, loadCatalog } from '#catalog';
import { type ParsedDocument, parsePolicies, type Source } from '#policy';
import { findCases } from '../test/find-cases.ts';
import { findMutants, type Mutant } from './find-mutants.ts';
import type { Judge } from './judge-mutant.ts';

/** The work as it travels to a thread: files as they were read, since compiled policies hold functions. */
export interface MutationPlan {
  readonly sources: readonly Source[];
  /** Test files outside of the policies. */
  readonly outside: readonly Source[];
  /** The test documents to run, by file and position; null for all of the policies. */
  readonly chosen: readonly (readonly [file: string, index: number])[] | null;
  /** The environment of tests that name none. */
  readonly environment: string;
}

/** What a thread needs to judge: mutants in the order that all threads share. */
export interface PreparedMutation {
  readonly judge: Judge;
  readonly mutants: readonly Mutant[];
}

/** Reads a plan. Reads the built-in catalogue. */
export function prepareMutation(plan: MutationPlan, catalog: Catalog = loadCatalog()): PreparedMutation {
  const parsed = parsePolicies(plan.sources);
  const outside = parsePolicies(plan.outside).documents;
  const documents = chosenOf([...parsed.documents, ...outside], plan.chosen);
  const cases = Map.groupBy(
    findCases(documents, plan.environment),
    ({ environment }) => environment ?? plan.environment,
  );
  return { judge: { parsed, catalog, cases }, mutants: findMutants(parsed) };
}

function chosenOf(documents: readonly ParsedDocument[], chosen: MutationPlan['chosen']): readonly ParsedDocument[] {
  if (chosen === null) return documents;
  return documents.filter((document) =>
    chosen.some(([file, index]) => document.file === file && document.index === index),
  );
}
