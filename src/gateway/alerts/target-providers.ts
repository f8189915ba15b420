import type { Snapshot } from '#snapshot';

/** The provider of every target of every chain, by `chain/target`. Pure. */
export function targetProviders({ chains, models }: Snapshot): ReadonlyMap<string, string> {
  const providers = new Map<string, string>();
  for (const chain of chains.values()) {
    for (const { id, use } of chain.targets) {
      if (use.kind === 'chain') continue;
      const provider = use.kind === 'provider' ? use.provider : models.get(use.model)?.provider;
      if (provider !== undefined) providers.set(`${chain.name}/${id}`, provider);
    }
  }
  return providers;
}
