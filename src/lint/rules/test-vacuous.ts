import { asArray, asObject, asString, isObject, type JsonObject } from '#core';
import { type Compiled, type ParsedDocument, type Path, suggest } from '#policy';
import type { LintContext } from '../context.ts';
import { type Item, itemOf } from '../item.ts';
import type { Rule } from '../rule.ts';

/** A test that cannot fail. */
export const testVacuous: Rule = {
  meta: {
    id: 'test/vacuous',
    severity: 'error',
    summary: 'A test has no cases, a case expects nothing, or it names what the environment does not have.',
    why: 'It is green whatever the policies do, and everybody relies on it. Most often something was renamed, and the test still asks for the old name.',
    bad: `
kind: Test
metadata: { name: routing }
spec:
  cases:
    - name: the first target answers
      request: { model: gpt-4o }`,
    good: `
kind: Route
metadata: { name: default }
spec: { match: {}, chain: premium }
---
kind: Test
metadata: { name: routing }
spec:
  cases:
    - name: everything goes to the default route
      request: { model: gpt-4o }
      expect: { route: default }`,
  },
  scope: 'tree',
  check({ parsed, compiled, unreadKinds }: LintContext) {
    const known = compiled.map(namesOf);
    return parsed.documents.flatMap((document) => {
      if (document.kind !== 'Test') return [];
      const spec = asObject(document.value.spec);
      const cases = asArray(spec.cases).map(asObject);
      const environment = asString(spec.environment);
      const worlds = known.filter((each) => environment === undefined || each.environment === environment);
      const flaws = [
        ...(cases.length === 0 ? [{ path: ['spec', 'cases'], message: `test \`${document.name}\` has no cases` }] : []),
        ...(worlds.length === 0
          ? [{ path: ['spec', 'environment'], message: `there is no environment \`${environment}\`` }]
          : []),
        ...cases.flatMap((each, at) => flawsOf(each, ['spec', 'cases', at], worlds, unreadKinds)),
      ];
      return flaws.map((flaw) => toFinding(document, flaw));
    });
  },
};

interface Flaw {
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
}

/** Names by kind; targets as `chain/id` and bare. */
interface Names {
  readonly environment: string;
  readonly byKind: ReadonlyMap<string, ReadonlySet<string>>;
  readonly targets: ReadonlySet<string>;
}

/** Fields of a case that name documents. */
const NAMED: readonly (readonly [path: readonly string[], kind: string])[] = [
  [['request', 'consumer'], 'Consumer'],
  [['expect', 'route'], 'Route'],
  [['expect', 'chain'], 'Chain'],
  [['expect', 'provider'], 'Provider'],
  [['expect', 'model'], 'Model'],
];

function flawsOf(
  testCase: JsonObject,
  at: Path,
  worlds: readonly Names[],
  unreadKinds: ReadonlySet<string>,
): readonly Flaw[] {
  const expected = Object.keys(asObject(testCase.expect)).filter((key) => !key.startsWith('x-'));
  if (expected.length === 0) {
    const path = testCase.expect === undefined ? [...at, 'name'] : [...at, 'expect'];
    return [{ path, message: `the case \`${String(testCase.name)}\` expects nothing, so it cannot fail` }];
  }
  // Nothing is said of names that may stand in a document that could not be read.
  if (unreadKinds.size > 0) return [];
  const lacking = (name: string, kind: string): Names | undefined =>
    worlds.find(({ byKind }) => !byKind.get(kind)?.has(name));
  const named = NAMED.flatMap(([steps, kind]) => {
    const name = asString(steps.reduce<unknown>((value, step) => asObject(value)[step], testCase));
    const world = name === undefined ? undefined : lacking(name, kind);
    if (name === undefined || !world) return [];
    return [unknown([...at, ...steps], `${kind} \`${name}\``, name, world, world.byKind.get(kind) ?? [])];
  });
  const targets = targetsNamed(testCase).flatMap(({ path, name }) => {
    const world = worlds.find((each) => !each.targets.has(name));
    return world ? [unknown([...at, ...path], `target \`${name}\``, name, world, world.targets)] : [];
  });
  const spent = Object.keys(asObject(asObject(testCase.state).spent)).flatMap((key) => {
    const name = key.replace(/\[.*$/, '');
    const world = lacking(name, 'Budget');
    return world
      ? [unknown([...at, 'state', 'spent', key], `Budget \`${name}\``, name, world, world.byKind.get('Budget') ?? [])]
      : [];
  });
  return [...named, ...targets, ...spent];
}

function targetsNamed({
  upstream,
  expect,
  state,
}: JsonObject): readonly { readonly path: Path; readonly name: string }[] {
  const { target, attempts, skipped } = asObject(expect);
  const keys = (value: unknown, path: Path) =>
    isObject(value) ? Object.keys(value).map((name) => ({ path: [...path, name], name })) : [];
  return [
    ...keys(upstream, ['upstream']),
    ...keys(asObject(state).breakers, ['state', 'breakers']),
    ...keys(skipped, ['expect', 'skipped']),
    ...(typeof target === 'string' ? [{ path: ['expect', 'target'], name: target }] : []),
    ...asArray(attempts).map((name, index) => ({ path: ['expect', 'attempts', index], name: String(name) })),
  ];
}

function unknown(path: Path, what: string, name: string, { environment }: Names, known: Iterable<string>): Flaw {
  const meant = suggest(name, known);
  const hint = meant === undefined ? 'Name what exists, or remove the case.' : `Did you mean \`${meant}\`?`;
  return { path, message: `there is no ${what} in ${environment}`, hint };
}

function namesOf({ environment, documents }: Compiled): Names {
  const items = documents.map(itemOf);
  const byKind = Map.groupBy(items, ({ key }) => key.slice(0, key.indexOf('/')));
  const chains = (byKind.get('Chain') ?? []) as readonly Item<JsonObject>[];
  const targets = chains.flatMap((chain) =>
    asArray(chain.spec.targets).map((target) => [chain.name, String(asObject(target).id)] as const),
  );
  return {
    environment,
    byKind: new Map([...byKind].map(([kind, list]) => [kind, new Set(list.map(({ name }) => name))])),
    targets: new Set(targets.flatMap(([chain, id]) => [id, `${chain}/${id}`])),
  };
}

function toFinding(document: ParsedDocument, { path, message, hint }: Flaw): ReturnType<Rule['check']>[number] {
  return {
    at: document.keySpan(path),
    subject: `Test/${document.name}`,
    message,
    hint: hint ?? 'Say what must come of it, such as `expect: { route: default, status: 200 }`.',
  };
}
