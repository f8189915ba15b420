import type { Provider, Snapshot } from '#snapshot';
import type { Secrets } from '#upstream';

/** A target of a chain with the provider that answers for it. */
export interface ChainTarget {
  /** `chain/target`. */
  readonly id: string;
  readonly provider: Provider;
  readonly model: string | null;
}

/** Every target of every chain that calls a provider. Pure. */
export function* targetsOf(snapshot: Snapshot): Generator<ChainTarget> {
  for (const chain of snapshot.chains.values()) {
    for (const target of chain.targets) {
      if (target.use.kind === 'chain') continue;
      const model = target.use.kind === 'model' ? target.use.model : null;
      const name =
        target.use.kind === 'provider' ? target.use.provider : snapshot.models.get(target.use.model)?.provider;
      const provider = snapshot.providers.get(name ?? '');
      if (provider !== undefined) yield { id: `${chain.name}/${target.id}`, provider, model };
    }
  }
}

/** Why no key of the provider can be had; null when one can. One of a pool is enough. */
export function missingSecret(secrets: Pick<Secrets, 'problem'>, provider: Provider): string | null {
  const problems = provider.auth.secrets.filter((ref) => !ref.optional).map((ref) => secrets.problem(ref));
  const inHeaders = provider.headers.flatMap(({ value }) =>
    typeof value === 'string' || value.optional ? [] : [secrets.problem(value)],
  );
  const keys = problems.length > 0 && problems.every((problem) => problem !== null) ? problems : [];
  const missing = [...keys, ...inHeaders].filter((problem) => problem !== null);
  return missing.length === 0 ? null : missing.join('; ');
}
