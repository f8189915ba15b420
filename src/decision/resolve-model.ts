import type { Model, Snapshot } from '#snapshot';

type Catalogue = Pick<Snapshot, 'models' | 'aliases' | 'providers'>;

/**
 * The catalogue's model for a requested name: looked up as sent, then as an alias, then as `provider/model`, where the
 * second half may be an alias or the provider's own name of one of its models. Null when the catalogue does not know it. Pure.
 */
export function resolveModel(snapshot: Catalogue, requested: string): Model | null {
  const asSent = snapshot.models.get(requested);
  if (asSent !== undefined) return asSent;
  const alias = snapshot.aliases.get(requested);
  const byAlias = alias === undefined ? undefined : snapshot.models.get(alias);
  if (byAlias !== undefined) return byAlias;
  const split = splitProvider(snapshot, requested);
  return split === null ? null : modelAt(snapshot, split.provider, split.rest);
}

/** The catalogue's model for a request: its consumer's own aliases come after the catalogue's names and before its aliases. Pure. */
export function requestedModel(
  snapshot: Catalogue & Pick<Snapshot, 'consumers'>,
  { model, consumer }: { readonly model: string; readonly consumer: string },
): Model | null {
  const own = snapshot.consumers.get(consumer)?.aliases.get(model);
  return own === undefined || snapshot.models.has(model) ? resolveModel(snapshot, model) : resolveModel(snapshot, own);
}

/** `provider/rest` where the provider exists, else null. Pure. */
export function splitProvider(
  snapshot: Pick<Snapshot, 'providers'>,
  requested: string,
): { readonly provider: string; readonly rest: string } | null {
  const slash = requested.indexOf('/');
  if (slash <= 0 || slash === requested.length - 1) return null;
  const provider = requested.slice(0, slash);
  return snapshot.providers.has(provider) ? { provider, rest: requested.slice(slash + 1) } : null;
}

/**
 * The model that a provider offers under a name: the catalogue's own, an alias, or the name the provider uses. Null when
 * the catalogue lists none. Pure.
 */
export function modelAt(snapshot: Catalogue, provider: string, name: string): Model | null {
  const named = snapshot.models.get(`${provider}/${name}`);
  if (named !== undefined) return named;
  const alias = snapshot.models.get(snapshot.aliases.get(name) ?? '');
  if (alias?.provider === provider) return alias;
  for (const model of snapshot.models.values()) {
    if (model.provider !== provider) continue;
    if (model.upstreamName === name || model.aliases.includes(name)) return model;
  }
  return null;
}
