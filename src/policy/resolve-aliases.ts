import { asObject, asString } from '#core';

/** What names of models lead to. */
export interface AliasCatalogue {
  readonly hasModel: (name: string) => boolean;
  /** The model that an alias of the catalogue stands for. */
  readonly modelOf: (alias: string) => string | undefined;
}

/** Where a consumer's own name leads: a model of the catalogue, round in a circle, or to a name that is none. */
export type AliasEnd =
  | { readonly kind: 'model'; readonly model: string }
  | { readonly kind: 'cycle'; readonly trail: readonly string[] }
  | { readonly kind: 'nothing'; readonly name: string };

/** The names that a consumer has for models, those of its parents included: the nearest wins. Circles of parents are cut. Pure. */
export function aliasesInherited(name: string, specOf: (consumer: string) => unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const visited = new Set<string>();
  for (let at: string | undefined = name; at !== undefined && !visited.has(at); ) {
    visited.add(at);
    const spec: Readonly<Record<string, unknown>> = asObject(specOf(at));
    for (const [alias, model] of Object.entries(asObject(spec.aliases))) {
      if (typeof model === 'string' && !found.has(alias)) found.set(alias, model);
    }
    at = asString(spec.parent);
  }
  return found;
}

/** Follows a name from alias to alias. Names of the catalogue come first, as in requests. Pure. */
export function followAlias(
  name: string,
  aliases: ReadonlyMap<string, string>,
  { hasModel, modelOf }: AliasCatalogue,
): AliasEnd {
  const trail: string[] = [];
  let at = name;
  for (;;) {
    if (hasModel(at)) return { kind: 'model', model: at };
    if (trail.includes(at)) return { kind: 'cycle', trail: [...trail, at] };
    trail.push(at);
    const next = aliases.get(at);
    if (next === undefined) {
      const model = modelOf(at);
      return model === undefined ? { kind: 'nothing', name: at } : { kind: 'model', model };
    }
    at = next;
  }
}

/** The catalogue name behind each name that a consumer has for a model; what leads nowhere has been found by `checkAliases`. Pure. */
export function compileAliases(
  consumer: string,
  specs: ReadonlyMap<string, unknown>,
  catalogue: AliasCatalogue,
): ReadonlyMap<string, string> {
  const aliases = aliasesInherited(consumer, (name) => specs.get(name));
  return new Map(
    [...aliases.keys()].flatMap((alias) => {
      const end = followAlias(alias, aliases, catalogue);
      return end.kind === 'model' ? [[alias, end.model] as const] : [];
    }),
  );
}
