import type { Catalog } from '#catalog';
import { type Compiled, compilePolicies, packTree, type Source, unpackTree } from '#policy';
import { changedBudgets, createSide, policyChanges, type ReplaySides, type Shard, type Side } from '#replay';
import type { Snapshot } from '#snapshot';

/** A replay as it travels to a worker: packed files, since compiled policies hold functions. */
export interface ReplayPlan {
  readonly base: string;
  readonly head: string;
  readonly recorded: readonly string[];
  readonly environment: string;
  readonly shard: Shard;
}

/** Compiled sides of a plan. */
export interface CompiledPlan {
  readonly base: Compiled;
  readonly head: Compiled;
  readonly sides: ReplaySides;
}

/** Packs what a replay needs. */
export function packPlan(
  parts: {
    readonly base: readonly Source[];
    readonly head: readonly Source[];
    readonly recorded: readonly (readonly Source[])[];
  },
  environment: string,
  shard: Shard,
): ReplayPlan {
  const { base, head, recorded } = parts;
  return { base: packTree(base), head: packTree(head), recorded: recorded.map(packTree), environment, shard };
}

/** Compiles a plan, the same in every worker; null when a side does not compile. */
export function compilePlan(plan: ReplayPlan, catalog: Catalog): CompiledPlan | null {
  const base = compilePacked(plan.base, plan.environment, catalog);
  const head = compilePacked(plan.head, plan.environment, catalog);
  if (base.snapshot === null || head.snapshot === null) return null;
  const baseSide = createSide(base.snapshot);
  const headSide = createSide(head.snapshot);
  const recorded = new Map<string, Side>();
  for (const packed of plan.recorded) {
    const { snapshot } = compilePacked(packed, plan.environment, catalog);
    if (snapshot !== null) recorded.set(snapshot.digest, createSide(snapshot));
  }
  recorded.set(headSide.snapshot.digest, headSide);
  recorded.set(baseSide.snapshot.digest, baseSide);
  return {
    base,
    head,
    sides: {
      base: baseSide,
      head: headSide,
      recorded,
      changedBudgets: changedBudgets(policyChanges(base, head)),
      environment: plan.environment,
    },
  };
}

function compilePacked(packed: string, environment: string, catalog: Catalog): Compiled {
  return compilePolicies(unpackTree(packed) ?? [], environment, catalog);
}

/** Ids of everything that a chain of a snapshot can call. */
export function targetsOf({ chains }: Snapshot): readonly string[] {
  const ids = [...chains.values()].flatMap(({ name, targets }) =>
    targets.filter(({ use }) => use.kind !== 'chain').map(({ id }) => `${name}/${id}`),
  );
  return ids.sort();
}
