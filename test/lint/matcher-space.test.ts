import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Endpoint } from '#core';
import { match, type RequestFacts } from '#decision';
import { compileInlineSnapshot } from '../support/compile-inline.ts';
import { lintFiles } from './cases.ts';

/** Small enough to try every request, rich enough for globs, labels, aliases of calls and keys that may be absent. */
const CONSUMERS = [
  { name: 'shop', team: 'product' },
  { name: 'desk', team: 'product' },
  { name: 'lab', team: 'research' },
];
/** Of each thing at least one that no pattern names. */
const ENDPOINTS: readonly Endpoint[] = ['chat', 'embeddings', 'messages'];
const MODELS = ['a', 'b', 'ab', 'ba', 'aa', 'bb', 'aba', 'q', 'aq', 'qb', 'aab', 'aqa'];
const TOPICS = [null, 'x', 'xy', 'q'];

const someOf = (values: readonly string[]) =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength: 2 });
const matchArbitrary = fc.record(
  {
    consumers: someOf(['shop', 'desk', 'lab', 's*', '*']),
    labels: fc.record({ team: someOf(['product', 'research', '*']) }),
    endpoints: someOf(['chat', 'embeddings']),
    models: someOf(['a', 'b', 'a*', '*b', 'ab', '*', 'a*a']),
    metadata: fc.record({ topic: someOf(['x', 'x*', '*']) }),
  },
  { requiredKeys: [] },
);
const routesArbitrary = fc.array(fc.record({ match: matchArbitrary, priority: fc.constantFrom(0, 1) }), {
  minLength: 1,
  maxLength: 4,
});

describe('the space of requests', () => {
  it('agrees with every request tried one by one', () => {
    fc.assert(
      fc.property(routesArbitrary, (routes) => {
        const text = policyText(routes);
        const snapshot = compileInlineSnapshot(text);
        const { findings } = lintFiles({ 'routes.yaml': text });
        const winners = new Set<string>();
        const fitting = new Map<string, Set<string>>();
        for (const request of everyRequest()) {
          const result = match(snapshot, request, 0);
          if (result.kind === 'matched') winners.add(result.route.name);
          for (const [name, alone] of aloneSnapshots(routes)) {
            if (match(alone, request, 0).kind === 'matched') add(fitting, name, request.id);
          }
        }
        for (const [index, route] of routes.entries()) {
          const name = `r${index}`;
          const rules = findings.filter(({ message }) => message.includes(`route \`${name}\``)).map(({ rule }) => rule);
          const isEmpty = !fitting.has(name);
          assert.equal(rules.includes('route/empty-match'), isEmpty, `empty: ${name} of ${JSON.stringify(routes)}`);
          if (rules.includes('route/shadowed'))
            assert.ok(!winners.has(name), `${name} wins: ${JSON.stringify(routes)}`);
          // A route that wins nowhere is shadowed, unless a tie of equal rank is what takes its requests.
          const ties = routes.some((other, at) => at !== index && isTie(snapshot, name, `r${at}`) && other !== route);
          if (!winners.has(name) && !isEmpty && !ties)
            assert.ok(rules.includes('route/shadowed'), `${name} never wins: ${JSON.stringify(routes)}`);
        }
        for (const finding of findings.filter(({ rule }) => rule === 'route/ambiguous')) {
          const names = [...finding.message.matchAll(/`(r\d)`/g)].map(([, name = '']) => name);
          const request = toFacts(finding.witness as Record<string, unknown>);
          for (const name of names.slice(0, 2)) {
            const alone = aloneSnapshots(routes).get(name) ?? assert.fail(name);
            assert.equal(
              match(alone, request, 0).kind,
              'matched',
              `${JSON.stringify(finding.witness)} does not fit ${name}`,
            );
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

function isTie(snapshot: ReturnType<typeof compileInlineSnapshot>, a: string, b: string): boolean {
  return String(snapshot.routes.get(a)?.specificity) === String(snapshot.routes.get(b)?.specificity);
}

type Routes = readonly { readonly match: object; readonly priority: number }[];

function policyText(routes: Routes, only?: number): string {
  const consumers = CONSUMERS.map(
    ({ name, team }) => `kind: Consumer\nmetadata: {name: ${name}, labels: {team: ${team}}}`,
  );
  const documents = routes.flatMap((route, at) =>
    only !== undefined && at !== only
      ? []
      : [
          `kind: Route\nmetadata: {name: r${at}}\nspec: ${JSON.stringify({ match: route.match, priority: route.priority, deny: {} })}`,
        ],
  );
  return [...consumers, ...documents].join('\n---\n');
}

const cache = new WeakMap<Routes, ReadonlyMap<string, ReturnType<typeof compileInlineSnapshot>>>();

/** Each route in a tree of its own: what fits it there fits its conditions. */
function aloneSnapshots(routes: Routes): ReadonlyMap<string, ReturnType<typeof compileInlineSnapshot>> {
  const known = cache.get(routes);
  if (known) return known;
  const made = new Map(routes.map((_, at) => [`r${at}`, compileInlineSnapshot(policyText(routes, at))] as const));
  cache.set(routes, made);
  return made;
}

function everyRequest(): readonly RequestFacts[] {
  return CONSUMERS.flatMap(({ name: consumer }) =>
    ENDPOINTS.flatMap((endpoint) =>
      MODELS.flatMap((model) =>
        TOPICS.map((topic) => toFacts({ consumer, endpoint, model, ...(topic !== null && { metadata: { topic } }) })),
      ),
    ),
  );
}

function toFacts(request: Readonly<Record<string, unknown>>): RequestFacts {
  const consumer = String(request.consumer ?? '');
  return {
    id: JSON.stringify(request),
    endpoint: 'chat',
    dialect: 'openai-chat',
    path: '/v1/chat/completions',
    model: '',
    consumer,
    labels: { team: CONSUMERS.find(({ name }) => name === consumer)?.team ?? '' },
    metadata: {},
    headers: {},
    stream: false,
    toolCount: 0,
    images: 0,
    audio: 0,
    documents: 0,
    responseFormat: 'text',
    hasReasoning: false,
    inputTokens: 1,
    maxOutputTokens: null,
    temperature: null,
    session: null,
    ip: null,
    bodyBytes: 1,
    ...request,
  } as RequestFacts;
}

function add(map: Map<string, Set<string>>, key: string, value: string): void {
  const set = map.get(key) ?? new Set<string>();
  set.add(value);
  map.set(key, set);
}
