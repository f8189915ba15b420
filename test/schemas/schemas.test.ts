import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { asArray, asObject, type JsonObject } from '#core';
import { createStrictAjv, listNodes, readSchemaFiles } from './schema-files.ts';

const files = readSchemaFiles();
const ajv = createStrictAjv(files);
const nodes = files.flatMap(listNodes);
const kinds = files.filter(({ schema }) => String(schema.title).endsWith('Document'));

/** The kinds of the contract. */
const CONTRACT =
  'Alert Budget Cache Chain Consumer Drill Environment Guardrail Invariant McpServer Model Project Provider Receiver Report Route Test Waiver'.split(
    ' ',
  );

describe('schemas', () => {
  it('there is one for every kind of the contract, in the file that the kind names', () => {
    const found = kinds.map(({ schema }) => String(asObject(asObject(schema.properties).kind).const));
    assert.deepEqual(found.sort(), CONTRACT);
    for (const { file, schema } of kinds) {
      const kind = String(schema.title).replace(/Document$/, '');
      assert.equal(file, `${kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase()}.schema.json`);
    }
  });

  for (const { file, schema } of files) {
    it(`${file} is a valid schema of the 2020-12 draft, and strictly so`, () => {
      assert.equal(schema.$schema, 'https://json-schema.org/draft/2020-12/schema');
      assert.equal(schema.$id, file, 'editors resolve references next to the file');
      assert.ok(ajv.validateSchema(schema), ajv.errorsText());
      assert.doesNotThrow(() => ajv.getSchema(file));
    });
  }

  it('every property says in a sentence what it is and shows an example', () => {
    const silent = nodes
      .filter(({ isProperty }) => isProperty)
      .filter(({ schema }) => !isSentence(schema.description) || asArray(schema.examples).length === 0)
      .map(({ file, pointer }) => `${file}#${pointer}`);
    assert.deepEqual(silent, []);
  });

  it('every example and every default is valid where it stands', () => {
    let count = 0;
    for (const { file, pointer, schema } of nodes) {
      const values = [...asArray(schema.examples), ...(schema.default === undefined ? [] : [schema.default])];
      if (values.length === 0) continue;
      const validate = ajv.compile({ $ref: `${file}#${pointer}` });
      for (const value of values) {
        count++;
        assert.ok(validate(value), `${file}#${pointer}: ${JSON.stringify(value)} ${ajv.errorsText(validate.errors)}`);
      }
    }
    assert.ok(count > 900, `only ${count} examples were found`);
  });

  it('every object with fields of its own refuses unknown keys except those that begin with x-', () => {
    const open = kinds
      .flatMap(listNodes)
      .concat(listNodes(files.find(({ file }) => file === 'defs.schema.json') ?? assert.fail('no shared definitions')))
      .filter(({ schema }) => schema.properties !== undefined)
      .filter(
        ({ schema }) => schema.additionalProperties !== false || asObject(schema.patternProperties)['^x-'] !== true,
      )
      .map(({ file, pointer }) => `${file}#${pointer}`);
    assert.deepEqual(open, []);
  });

  it('no schema offers alternatives by trial, which would give several errors for one mistake', () => {
    const trials = kinds
      .filter(({ schema }) => /"(oneOf|anyOf)":/.test(JSON.stringify(schema)))
      .map(({ file }) => file);
    assert.deepEqual(trials, []);
  });
});

describe('one mistake', () => {
  /** A spec, and the one place and keyword it is refused for; `if` only says that a branch was refused. */
  const cases: readonly (readonly [kind: string, spec: JsonObject, at: string, keyword: string])[] = [
    ['Chain', { targets: [{ id: 'a' }] }, '/targets/0', 'required'],
    ['Chain', { targets: [{ id: 'a', model: 'm', chain: 'c' }] }, '/targets/0/chain', 'false schema'],
    ['Chain', { targets: [{ id: 'a', provider: 'p', model: 'm' }] }, '/targets/0/provider', 'false schema'],
    ['Chain', { targets: [{ id: 'a', model: 'm', wieght: 1 }] }, '/targets/0', 'additionalProperties'],
    ['Chain', { targets: [{ id: 'a', model: 'm' }], fallbackOn: ['timout'] }, '/fallbackOn/0', 'enum'],
    ['Chain', { targets: [{ id: 'a', model: 'm' }], deadline: '30' }, '/deadline', 'format'],
    ['Chain', { targets: [{ id: 'a', model: 'm', retry: { max: 1, on: ['auth'] } }] }, '/targets/0/retry/on/0', 'enum'],
    ['Route', {}, '', 'required'],
    ['Route', { match: { consumers: [] } }, '/match/consumers', 'minItems'],
    ['Route', { match: { consumers: 'support-bot' } }, '/match/consumers', 'type'],
    ['Route', { match: { labels: { team: 'product' } } }, '/match/labels/team', 'type'],
    ['Route', { match: {}, deny: { status: 403 }, chain: 'premium' }, '/chain', 'false schema'],
    ['Provider', { auth: { kind: 'bearer', secret: 'sk-123' } }, '/auth/secret', 'type'],
    ['Provider', { auth: { kind: 'bearer', secret: { env: 'A', file: 'B' } } }, '/auth/secret/file', 'false schema'],
    ['Provider', { auth: { kind: 'header', secret: { env: 'A' } } }, '/auth', 'required'],
    ['Provider', { auth: { kind: 'none', secret: { env: 'A' } } }, '/auth/secret', 'false schema'],
    ['Model', { tier: 'large' }, '/tier', 'enum'],
    ['Model', { capabilities: ['tool'] }, '/capabilities/0', 'enum'],
    ['Model', { prices: [{ from: '2026-13-01' }] }, '/prices/0/from', 'format'],
    ['Budget', { limit: { cost: '1000' }, window: { every: 'day' } }, '/limit/cost', 'format'],
    ['Budget', { limit: { cost: '1 USD', tokens: 5 }, window: { every: 'day' } }, '/limit', 'maxProperties'],
    ['Budget', { limit: { tokens: 5 }, window: { every: 'day', rolling: '60s' } }, '/window/rolling', 'false schema'],
    ['Budget', { limit: { tokens: 5 }, window: { every: 'day' }, onExhausted: 'block' }, '/onExhausted', 'enum'],
    ['Budget', { limit: { tokens: 5 }, window: { every: 'day' }, alertAt: [80] }, '/alertAt/0', 'type'],
    ['Environment', { overrides: [{ target: 'Chain/a', path: 'b' }] }, '/overrides/0', 'required'],
    ['Environment', { overrides: [{ target: 'Chain/a', path: 'b', insertAfter: 'c' }] }, '/overrides/0', 'required'],
    ['Guardrail', { checks: [{ id: 'a', check: 'deny-words', action: 'block' }] }, '/checks/0', 'required'],
    [
      'Guardrail',
      { checks: [{ id: 'a', check: 'iban', action: 'block', words: ['b'] }] },
      '/checks/0/words',
      'false schema',
    ],
    [
      'Guardrail',
      { checks: [{ id: 'a', check: 'iban', action: 'flag', restore: true }] },
      '/checks/0/restore',
      'const',
    ],
    ['Alert', { when: { metric: 'error-rate', above: '3s' }, to: ['ops'] }, '/when/above', 'format'],
    ['Alert', { when: { metric: 'budget-used', above: '80%' }, to: ['ops'] }, '/when', 'required'],
    [
      'Alert',
      { when: { metric: 'budget-used', budget: 'b', above: '80%', over: '5m' }, to: ['ops'] },
      '/when/over',
      'false schema',
    ],
    ['Receiver', {}, '', 'required'],
    ['McpServer', {}, '', 'required'],
    ['Invariant', { forAll: {} }, '', 'required'],
    ['Waiver', { rule: 'a/b', subject: 'Chain/c', expires: 'soon' }, '/expires', 'format'],
    ['Drill', { incident: [{ outcome: 'server-error' }] }, '/incident/0', 'required'],
    [
      'Test',
      { cases: [{ name: 'a', request: {}, expect: { fallback: 'authentication' } }] },
      '/cases/0/expect/fallback',
      'enum',
    ],
  ];
  for (const [kind, spec, at, keyword] of cases) {
    it(`${kind} ${JSON.stringify(spec)} is refused once, as ${keyword} at ${at || 'spec'}`, () => {
      assert.deepEqual(errorsOf(kind, spec), [`/spec${at} ${keyword}`]);
    });
  }

  it('what the contract calls legal is accepted', () => {
    const retry = { max: 0 };
    assert.deepEqual(errorsOf('Chain', { maxAttempts: 1, targets: [{ id: 'a', model: 'm', retry }] }), []);
    assert.deepEqual(errorsOf('Environment', { overrides: [] }), []);
    assert.deepEqual(errorsOf('Environment', undefined), []);
    assert.deepEqual(errorsOf('Model', undefined), []);
    assert.deepEqual(errorsOf('Route', { match: {}, 'x-note': 1 }), []);
    assert.deepEqual(errorsOf('Receiver', { email: { to: [] } }), []);
    assert.deepEqual(errorsOf('Consumer', { keys: [{ id: 'k1', sha256: '0'.repeat(64) }] }), []);
  });
});

function errorsOf(kind: string, spec: JsonObject | undefined): readonly string[] {
  const file =
    kinds.find(({ schema }) => schema.title === `${kind}Document`)?.file ?? assert.fail(`no schema for ${kind}`);
  const validate = ajv.getSchema(file) ?? assert.fail(`${file} is not loaded`);
  const envelope = { apiVersion: 'signalbox/v1', kind, metadata: { name: 'a' } };
  validate(spec === undefined ? envelope : { ...envelope, spec });
  return (validate.errors ?? [])
    .filter((error) => error.keyword !== 'if')
    .map((error) => `${error.instancePath} ${error.keyword}`);
}

function isSentence(text: unknown): boolean {
  return typeof text === 'string' && /^[A-Z`].*[.:)]$/s.test(text);
}
