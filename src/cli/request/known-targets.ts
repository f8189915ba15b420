import type { Snapshot } from '#snapshot';

/** Ids of every target that a plan can hold: `chain/target`, and `direct/provider` for routes without a chain. Pure. */
export function knownTargets(snapshot: Snapshot): ReadonlySet<string> {
  const ids = new Set<string>();
  for (const chain of snapshot.chains.values()) {
    for (const { id, use } of chain.targets) if (use.kind !== 'chain') ids.add(`${chain.name}/${id}`);
  }
  for (const provider of snapshot.providers.keys()) ids.add(`direct/${provider}`);
  return ids;
}
