import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type compileGlob, fitsGlob } from '../../src/core/index.ts';
import { buildRouteIndex } from '../../src/policy/build-route-index.ts';
import { compileRoute } from '../../src/policy/compile-route.ts';
import type { MatchSpec, Route, RouteIndex } from '../../src/snapshot/index.ts';

function route(name: string, match: MatchSpec, priority = 0): Route {
  return compileRoute(name, { match, priority }, null);
}

function placesOf(index: RouteIndex, name: string): readonly string[] {
  const rank = index.ranked.findIndex((each) => each.name === name);
  const found: string[] = index.residual.includes(rank) ? ['residual'] : [];
  const { byConsumer, byPath, byModel, byModelPrefix } = index;
  const byField = index.byField.flatMap(({ record, key, byValue }) =>
    [...byValue].map(([value, ranks]) => [`${record}.${key}=${value}`, ranks] as const),
  );
  for (const [dimension, lists] of Object.entries({ byConsumer, byPath, byModel, byField, byModelPrefix })) {
    for (const [key, ranks] of lists) if (ranks.includes(rank)) found.push(`${dimension} ${key}`);
  }
  return found;
}

describe('a route stands', () => {
  const cases: readonly (readonly [match: MatchSpec, places: readonly string[]])[] = [
    [{}, ['residual']],
    [{ endpoints: ['chat'] }, ['residual']],
    [{ consumers: ['eu-*'] }, ['residual']],
    [{ models: ['*'] }, ['residual']],
    [{ models: ['gpt-*', '*'] }, ['residual']],
    [{ consumers: ['a', 'b'] }, ['byConsumer a', 'byConsumer b']],
    [{ consumers: ['a'], paths: ['/x', '/y'] }, ['byPath /x', 'byPath /y']],
    [{ paths: ['/x*'], consumers: ['a'] }, ['byConsumer a']],
    [{ models: ['gpt-4'] }, ['byModel gpt-4']],
    [{ models: ['gpt-4*', 'support/*'] }, ['byModelPrefix gpt-4', 'byModelPrefix support/']],
    [{ models: ['gpt-4', 'gpt-4o*'] }, ['byModelPrefix gpt-4', 'byModelPrefix gpt-4o']],
    [{ metadata: { topic: ['a', 'b'] } }, ['byField metadata.topic=a', 'byField metadata.topic=b']],
    [{ headers: { 'X-Region': ['eu'] } }, ['byField headers.x-region=eu']],
    [{ labels: { team: ['p'] } }, ['byField labels.team=p']],
    [{ metadata: { 'app.topic': ['a=b'] } }, ['byField metadata.app.topic=a=b']],
    [{ metadata: { topic: ['a*'] } }, ['residual']],
    [{ metadata: { 'a=b': ['c'] } }, ['residual']],
  ];
  for (const [match, places] of cases) {
    it(`with ${JSON.stringify(match)} at ${places.join(' and ')}`, () => {
      assert.deepEqual(placesOf(buildRouteIndex([route('r', match)]), 'r'), places);
    });
  }

  it('under the condition that the fewest routes share', () => {
    const routes = ['a', 'b', 'c'].map((name) => route(name, { paths: ['/v1/chat/completions'], consumers: [name] }));
    const index = buildRouteIndex(routes);
    assert.deepEqual(placesOf(index, 'b'), ['byConsumer b']);
  });
});

describe('the ranks of routes', () => {
  it('follow specificity, then priority, then the name, never the order given', () => {
    const routes = [
      route('catch-all', {}),
      route('b', { paths: ['/x'] }),
      route('a', { paths: ['/x'] }),
      route('first', { paths: ['/x'] }, 5),
      route('glob', { paths: ['/x/long/*'] }),
      route('two', { paths: ['/x'], endpoints: ['chat'] }),
    ];
    const expected = ['two', 'first', 'a', 'b', 'glob', 'catch-all'];
    fc.assert(
      fc.property(fc.shuffledSubarray(routes, { minLength: routes.length }), (order) => {
        assert.deepEqual(
          buildRouteIndex(order).ranked.map(({ name }) => name),
          expected,
        );
      }),
    );
  });

  it('rise within every list', () => {
    const index = buildRouteIndex(
      Array.from({ length: 50 }, (_, at) => route(`r${at}`, { paths: [`/${at % 3}`] }, at % 7)),
    );
    for (const ranks of index.byPath.values())
      assert.deepEqual(
        ranks,
        [...ranks].sort((a, b) => a - b),
      );
  });
});

/** What a look-up may use of a request. */
interface Facts {
  readonly consumer: string;
  readonly path: string;
  readonly model: string;
  readonly metadata: Readonly<Record<string, string>>;
}

describe('the index', () => {
  const text = fc.constantFrom('a', 'ab', 'abc', 'b', 'ba', 'c');
  const pattern = fc.constantFrom('a', 'ab', 'a*', 'ab*', 'b', '*', '*c', 'c');
  const patterns = fc.uniqueArray(pattern, { minLength: 1, maxLength: 2 });
  const match = fc.record(
    { consumers: patterns, paths: patterns, models: patterns, metadata: fc.dictionary(text, patterns, { maxKeys: 2 }) },
    { requiredKeys: [] },
  );
  const facts = fc.record({
    consumer: text,
    path: text,
    model: text,
    metadata: fc.dictionary(text, text, { maxKeys: 3 }),
  });

  it('misses no route that a request fits, and holds each route in one dimension', () => {
    fc.assert(
      fc.property(fc.array(match, { maxLength: 12 }), facts, (matches, request) => {
        const index = buildRouteIndex(matches.map((each, at) => route(`r${at}`, each)));
        const candidates = new Set(lookUp(index, request));
        for (const [rank, each] of index.ranked.entries()) {
          if (fits(each, request)) assert.ok(candidates.has(rank), JSON.stringify(each.match));
          const dimensions = new Set(placesOf(index, each.name).map((place) => place.split(' ')[0]));
          assert.equal(dimensions.size, 1);
        }
      }),
    );
  });

  it('of 10,000 routes is built in well under 100 ms and is read in short lists', (t) => {
    const routes = Array.from({ length: 10_000 }, (_, at) =>
      route(`r${at}`, {
        consumers: [`consumer-${at % 500}`],
        paths: ['/v1/chat/completions'],
        models: [`model-${at}*`],
      }),
    );
    const index = buildRouteIndex(routes);
    // The least of several: other work of the machine can only add.
    const times = Array.from({ length: 5 }, () => {
      const started = performance.now();
      buildRouteIndex(routes);
      return performance.now() - started;
    });
    const tookMs = Math.min(...times);
    t.diagnostic(`${tookMs.toFixed(0)} ms`);
    assert.ok(tookMs < 300, `took ${tookMs} ms`);
    const longest = Math.max(
      ...[...index.byConsumer.values(), ...index.byModelPrefix.values()].map((list) => list.length),
    );
    assert.ok(longest <= 20 && index.residual.length === 0, `longest list ${longest}`);
  });
});

function lookUp(index: RouteIndex, { consumer, path, model, metadata }: Facts): readonly number[] {
  const found = [...index.residual, ...(index.byConsumer.get(consumer) ?? []), ...(index.byPath.get(path) ?? [])];
  found.push(...(index.byModel.get(model) ?? []));
  for (const { key, byValue } of index.byField) found.push(...(byValue.get(metadata[key] ?? '') ?? []));
  for (const length of index.modelPrefixLengths) found.push(...(index.byModelPrefix.get(model.slice(0, length)) ?? []));
  return found;
}

function fits({ match }: Route, { consumer, path, model, metadata }: Facts): boolean {
  const any = (globs: readonly ReturnType<typeof compileGlob>[] | null, value: string | undefined): boolean =>
    globs === null || (value !== undefined && globs.some((glob) => fitsGlob(glob, value)));
  return (
    any(match.consumers, consumer) &&
    any(match.paths, path) &&
    any(match.models, model) &&
    match.metadata.every(({ key, values }) => any(values, metadata[key]))
  );
}
