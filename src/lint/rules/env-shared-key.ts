import { asArray, asObject } from '#core';
import type { Compiled, EffectiveDocument, Path } from '#policy';
import type { LintContext } from '../context.ts';
import { hopsOf } from '../hops.ts';
import type { Rule } from '../rule.ts';

const PRODUCTION = /^prod(uction)?$/;

/** One provider key for production and for everything else. */
export const envSharedKey: Rule = {
  meta: {
    id: 'env/shared-key',
    severity: 'error',
    summary: 'Production and another environment take a provider key from the same place.',
    why: "A load test in staging burns production's quota and rate limit, and a key leaked from a laptop is the key customers depend on. Compared are the references of `Provider` documents, for providers that production uses.",
    bad: `
kind: Provider
metadata: { name: openai }
spec: { auth: { kind: bearer, secret: { env: OPENAI_API_KEY } } }
---
kind: Environment
metadata: { name: production }
---
kind: Environment
metadata: { name: staging }`,
    good: `
kind: Provider
metadata: { name: openai }
spec: { auth: { kind: bearer, secret: { env: OPENAI_API_KEY } } }
---
kind: Environment
metadata: { name: production }
spec: { overrides: [{ target: Provider/openai, path: auth.secret, set: { env: PRODUCTION_OPENAI_API_KEY } }] }
---
kind: Environment
metadata: { name: staging }`,
    waive:
      'When the environments are kept apart elsewhere, such as by secret stores of the same variable name on different clusters.',
  },
  check(context) {
    const { environment, compiled, parsed } = context;
    if (!PRODUCTION.test(environment)) return [];
    const own = compiled.find((each) => each.environment === environment);
    const others = compiled.filter((each) => !PRODUCTION.test(each.environment));
    const used = usedProviders(context);
    return (own ? secretsOf(own) : [])
      .filter(({ document }) => document.from === 'file' || used.has(document.name))
      .flatMap(({ document, path, id }) => {
        const sharing = others.filter((other) => secretsOf(other).some((secret) => secret.id === id));
        if (sharing.length === 0) return [];
        const written = document.valueSpan(path);
        // A built-in provider has no line of the author's: the environment that should say otherwise has.
        const environmentDocument = parsed.documents.find(
          (each) => each.kind === 'Environment' && each.name === environment,
        );
        const isOwn = parsed.texts.has(written.file);
        const at = isOwn || !environmentDocument ? written : environmentDocument.valueSpan(['metadata', 'name']);
        return [
          {
            at,
            subject: `Provider/${document.name}`,
            message: `provider \`${document.name}\` takes its key from \`${id}\` in ${environment} and in ${sharing.map((each) => each.environment).join(', ')}`,
            hint: `Give ${environment} a key of its own: an override of \`Provider/${document.name}\` with \`path: auth.secret\` in Environment \`${environment}\`.`,
          },
        ];
      });
  },
};

function usedProviders(context: LintContext): ReadonlySet<string> {
  const hops = context.every('Chain').flatMap((chain) => hopsOf(context, chain));
  return new Set(hops.flatMap(({ provider }) => (provider ? [provider.name] : [])));
}

interface FoundSecret {
  readonly document: EffectiveDocument;
  readonly path: Path;
  /** Such as `env:OPENAI_API_KEY`. */
  readonly id: string;
}

function secretsOf({ documents }: Compiled): readonly FoundSecret[] {
  return documents
    .filter(({ kind }) => kind === 'Provider')
    .flatMap((document) => {
      const auth = asObject(asObject(document.value.spec).auth);
      const single = auth.secret === undefined ? [] : [{ path: ['spec', 'auth', 'secret'], value: auth.secret }];
      const pool = asArray(auth.secrets).map((value, at) => ({ path: ['spec', 'auth', 'secrets', at], value }));
      return [...single, ...pool].map(({ path, value }) => ({ document, path, id: idOf(value) }));
    });
}

function idOf(value: unknown): string {
  const { env, file, store, key } = asObject(value);
  if (env !== undefined) return `env:${String(env)}`;
  return file === undefined ? `store:${String(store)}/${String(key)}` : `file:${String(file)}`;
}
