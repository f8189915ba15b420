import { asArray, asObject, type Span } from '#core';
import type { Compiled, EffectiveDocument, ParsedPolicies, Path } from '#policy';
import { productionBeside } from '../environments.ts';
import type { Rule } from '../rule.ts';

/** One provider key for production and for everything else. */
export const envSharedKey: Rule = {
  meta: {
    id: 'env/shared-key',
    severity: 'error',
    summary: 'Production and another environment take a provider key from the same place.',
    why: "A load test in staging burns production's quota and rate limit, and a key leaked from a laptop is the key customers depend on. Compared are references, also by what they hold where `signalbox lint` runs and has their values, and only those that the policies write: the variable of a built-in provider that nothing changes is set by each deployment.",
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
    const { environment, parsed, sameSecret } = context;
    const secrets = productionBeside(context, secretsOf);
    if (secrets === null) return [];
    const { own, others } = secrets;
    const isWritten = ({ document, path }: FoundSecret): boolean => parsed.texts.has(document.valueSpan(path).file);
    return own.flatMap((secret) => {
      const sharing = others.filter(({ found }) =>
        found.some((other) => other.place === secret.place && (isWritten(other) || isWritten(secret))),
      );
      const { document, path, id } = secret;
      const copy = others.flatMap(({ name, found }) =>
        found
          .filter((other) => other.id !== id && sameSecret(id, other.id))
          .map((other) => `\`${other.id}\` in ${name}`),
      );
      const place = isWritten(secret) ? document.valueSpan(path) : nameOf(parsed, environment);
      if (place && sharing.length === 0 && copy.length > 0)
        return [copied(environment, document.name, id, copy, place)];
      if (sharing.length === 0 || !place) return [];
      return [
        {
          at: place,
          subject: `Provider/${document.name}`,
          message: `provider \`${document.name}\` takes its key from \`${id}\` in ${environment} and in ${sharing.map(({ name }) => name).join(', ')}`,
          hint: `Give ${environment} a key of its own: an override of \`Provider/${document.name}\` with \`path: auth.secret\` in Environment \`${environment}\`.`,
        },
      ];
    });
  },
};

/** Two names for one key keep nothing apart. The key itself is in no finding. */
function copied(environment: string, provider: string, id: string, copy: readonly string[], at: Span) {
  return {
    at,
    subject: `Provider/${provider}`,
    message: `provider \`${provider}\` takes its key from \`${id}\` in ${environment}, and ${copy.join(', ')} holds the same key`,
    hint: `Give ${environment} a key of its own; where policies are checked both are set to one value.`,
  };
}

/** A built-in provider has no line of the author's; the environment that should say otherwise has. */
function nameOf({ documents }: ParsedPolicies, environment: string): Span | undefined {
  return documents
    .find(({ kind, name }) => kind === 'Environment' && name === environment)
    ?.valueSpan(['metadata', 'name']);
}

interface FoundSecret {
  readonly document: EffectiveDocument;
  readonly path: Path;
  /** Such as `env:OPENAI_API_KEY`. */
  readonly id: string;
  /** The id with the definition of its store: where both are the same, so is the secret. */
  readonly place: string;
}

function secretsOf({ documents }: Compiled): readonly FoundSecret[] {
  return documents
    .filter(({ kind }) => kind === 'Provider')
    .flatMap((document) => {
      const auth = asObject(asObject(document.value.spec).auth);
      const single = auth.secret === undefined ? [] : [{ path: ['spec', 'auth', 'secret'], value: auth.secret }];
      const pool = asArray(auth.secrets).map((value, at) => ({ path: ['spec', 'auth', 'secrets', at], value }));
      return [...single, ...pool].map(({ path, value }) => {
        const id = idOf(value);
        return { document, path, id, place: placeOf(documents, id, value) };
      });
    });
}

/** What one name means: a store may be another one in each environment. */
function placeOf(documents: readonly EffectiveDocument[], id: string, value: unknown): string {
  const { store } = asObject(value);
  if (store === undefined) return id;
  const projects = documents.filter(({ kind }) => kind === 'Project');
  return `${id} ${JSON.stringify(projects.map((project) => asObject(asObject(project.value.spec).secretStores)[String(store)]))}`;
}

function idOf(value: unknown): string {
  const { env, file, store, key } = asObject(value);
  if (env !== undefined) return `env:${String(env)}`;
  return file === undefined ? `store:${String(store)}/${String(key)}` : `file:${String(file)}`;
}
