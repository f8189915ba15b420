import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { RULES } from '../../src/lint/rules.ts';
import { lintFiles } from './cases.ts';

const schema = JSON.parse(readFileSync(join(import.meta.dirname, '../../schemas/project.schema.json'), 'utf8'));
const declared = schema.properties.spec.properties.lint.properties as Record<string, { properties: object }>;

const project = (id: string, set: string) =>
  `kind: Project\nmetadata: { name: company }\nspec: { lint: { ${id}: ${set} } }\n`;

function finds(id: string, text: string, set: string): boolean {
  const { findings } = lintFiles({ 'x.yaml': text, 'project.yaml': project(id, set) });
  assert.deepEqual(
    findings.filter(({ rule }) => rule.startsWith('schema/')),
    [],
  );
  return findings.some(({ rule }) => rule === id);
}

/** Options under which the rule's bad example passes, or its good one does not. */
const CASES: readonly (readonly [string, 'bad' | 'good', string, boolean])[] = [
  ['budget/oversubscribed', 'bad', '{ factor: 100 }', false],
  ['cache/threshold-low', 'bad', '{ floor: 0 }', false],
  ['cache/threshold-low', 'good', '{ floor: 1 }', true],
  ['cache/ttl-too-long', 'bad', '{ ttl: 400d }', false],
  ['cache/ttl-too-long', 'good', '{ ttl: 1h }', true],
  ['fallback/cost-jump', 'bad', '{ factor: 1000 }', false],
  ['fallback/tier-downgrade', 'bad', '{ tiers: 9 }', false],
  ['key/rotation-overdue', 'bad', '{ age: 9999d }', false],
  ['key/rotation-overdue', 'good', '{ age: 1d }', true],
  ['model/deprecated', 'good', '{ notice: 99999d }', true],
  ['price/stale', 'bad', '{ age: 9999d }', false],
  ['price/stale', 'good', '{ age: 1d }', true],
  ['retry/amplification', 'bad', '{ calls: 1000 }', false],
  ['split/canary-forgotten', 'bad', '{ weight: 1 }', false],
  ['split/canary-forgotten', 'bad', '{ age: 9999d }', false],
];

describe('options of rules', () => {
  for (const [id, example, set, expected] of CASES) {
    it(`${id} with ${set} ${expected ? 'finds' : 'accepts'} its ${example} example`, () => {
      const meta = RULES.map((rule) => rule.meta).find((each) => each.id === id);
      assert.equal(finds(id, meta?.[example] ?? '', set), expected);
      assert.equal(finds(id, meta?.[example] ?? '', '{}'), !expected, 'and otherwise without it');
    });
  }

  it('are those that the schema of the Project knows, each shown on its page and tried here', () => {
    const settable = RULES.flatMap(({ meta }) => (meta.set === undefined ? [] : [meta.id])).sort();
    assert.deepEqual(settable, Object.keys(declared).sort());
    assert.deepEqual(settable, [...new Set(CASES.map(([id]) => id))].sort());
    for (const { meta } of RULES.filter((rule) => rule.meta.set !== undefined)) {
      for (const name of Object.keys(declared[meta.id]?.properties ?? {})) {
        assert.ok(meta.options?.includes(`\`${name}\``), `${meta.id} explains ${name}`);
        assert.ok(meta.set?.includes(`${name}: `), `${meta.id} shows ${name}`);
      }
      finds(meta.id, '', meta.set ?? '');
    }
  });

  it('of a route tagged fresh are its own', () => {
    const text = (ttl: string) =>
      `kind: Cache\nmetadata: { name: c }\nspec: { mode: exact, ttl: ${ttl} }\n---\nkind: Chain\nmetadata: { name: m }\nspec: { targets: [{ id: a, model: openai/gpt-4o }] }\n---\nkind: Route\nmetadata: { name: r }\nspec: { match: {}, chain: m, cache: c, tags: [fresh] }\n`;
    const found = [
      ['30m', '{}'],
      ['2h', '{}'],
      ['2h', '{ freshTtl: 3h }'],
      ['30m', '{ freshTtl: 5m }'],
    ] as const;
    assert.deepEqual(
      found.map(([ttl, set]) => finds('cache/ttl-too-long', text(ttl), set)),
      [false, true, false, true],
    );
  });

  it('that no rule has are unknown keys', () => {
    const { findings } = lintFiles({ 'project.yaml': project('fallback/cost-jump', '{ factr: 4 }') });
    assert.ok(findings.some(({ rule, hint }) => rule === 'schema/unknown-key' && hint?.includes('factor') === true));
  });
});
