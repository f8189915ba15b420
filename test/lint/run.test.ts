import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadCatalog } from '#catalog';
import type { Diagnostic } from '#core';
import { LATEST_RULESET, runLint, UNENFORCED } from '#lint';
import { compileEnvironment, listEnvironments, loadPolicies, parsePolicies } from '#policy';
import { supportedAuthKinds, supportedDialects } from '#upstream';
import { lintFiles, NOW_MS } from './cases.ts';

const chain = `kind: Chain
metadata: { name: one, owner: platform }
spec: { targets: [{ id: gpt, model: openai/gpt-4o, timeouts: { firstToken: 5s, total: 30s } }] }`;
const route = `kind: Route
metadata: { name: default, owner: platform }
spec: { match: {}, chain: one, limits: { maxOutputTokens: 100 } }`;

function waiver(fields: string): string {
  return `kind: Waiver\nmetadata: { name: w, owner: platform }\nspec: { rule: fallback/none, subject: Chain/one, ${fields} }`;
}

/** Advice on the layout of these short trees is left out. */
function rulesOf(findings: readonly Diagnostic[]): readonly string[] {
  const isLayout = (rule: string): boolean => rule === 'doc/missing-description' || rule === 'yaml/multi-doc-file';
  return findings.map(({ rule }) => rule).filter((rule) => !isLayout(rule));
}

describe('a lint run', () => {
  it('finds nothing in the shipped policies but what this version does not enforce yet', async () => {
    const tree = await loadPolicies(join(import.meta.dirname, '../../policies'));
    const parsed = parsePolicies(tree.sources, tree.diagnostics);
    const catalog = loadCatalog();
    const compiled = listEnvironments(parsed).map((environment) => compileEnvironment(parsed, environment, catalog));
    const { findings, waived } = runLint({ parsed, compiled, nowMs: NOW_MS });
    const others = findings.filter(({ rule }) => rule !== 'runtime/not-enforced');
    assert.deepEqual(others, []);
    assert.ok(findings.length > 0 && waived > 0);
    const messages = findings.map(({ message }) => message);
    assert.equal(new Set(messages).size, messages.length, 'one finding per kind, not per document');
  });

  it('names the environments in which a finding holds, and merges equal ones', () => {
    const files = {
      'tree.yaml': `${chain}\n---\n${route}\n---\nkind: Environment\nmetadata: { name: development, owner: x }
spec: { overrides: [{ target: Chain/one, path: targets, insertAfter: gpt, value: { id: claude, model: anthropic/claude-sonnet-4-5, timeouts: { firstToken: 5s, total: 30s } } }] }
---\nkind: Environment\nmetadata: { name: staging, owner: x }\n---\nkind: Environment\nmetadata: { name: test, owner: x }`,
    };
    const found = lintFiles(files).findings.filter(({ rule }) => rule === 'fallback/none');
    assert.deepEqual(
      found.map(({ line, environments }) => [line, environments]),
      [[3, ['staging', 'test']]],
    );
    const one = lintFiles(files, ['staging']).findings.find(({ rule }) => rule === 'fallback/none');
    assert.deepEqual(one?.environments, ['staging']);
    assert.ok(!rulesOf(lintFiles(files, ['development']).findings).includes('fallback/none'));
  });

  it('is the same whatever order the files come in', () => {
    const files: Readonly<Record<string, string>> = {
      'a.yaml': chain,
      'b.yaml': route,
      'c.yaml': waiver('reason: x, expires: 2020-01-01'),
    };
    const reversed = Object.fromEntries(Object.entries(files).reverse());
    assert.deepEqual(JSON.stringify(lintFiles(reversed)), JSON.stringify(lintFiles(files)));
  });

  const waivers: readonly (readonly [what: string, fields: string, expected: readonly string[], waived: number])[] = [
    ['a valid one accepts its finding', 'reason: known, expires: 2027-01-01', [], 1],
    ['one without a day holds', 'reason: known', [], 1],
    ['on its day it is over', 'reason: known, expires: 2026-11-25', ['fallback/none', 'waiver/expired'], 0],
    ['without a reason it accepts nothing', 'expires: 2027-01-01', ['fallback/none', 'waiver/expired'], 0],
  ];
  for (const [what, fields, expected, waived] of waivers) {
    it(`honours waivers: ${what}`, () => {
      const result = lintFiles({ 'tree.yaml': [chain, route, waiver(fields)].join('\n---\n') });
      assert.deepEqual(rulesOf(result.findings).toSorted(), expected);
      assert.equal(result.waived, waived);
    });
  }

  it('says which rule a waiver most likely meant', () => {
    const misspelt = waiver('reason: x').replace('fallback/none', 'fallback/none-at-all');
    const { findings } = lintFiles({ 'tree.yaml': [chain, route, misspelt].join('\n---\n') });
    const found = findings.find(({ rule }) => rule === 'waiver/unused');
    assert.match(found?.message ?? '', /which this version does not have/);
    assert.ok(rulesOf(findings).includes('fallback/none'));
  });

  it('goes on after a broken document, and claims nothing about what it cannot see', () => {
    const broken = 'kind: Route\nmetadata: { name: rest, owner: platform }\nspec: { match: {}, chian: one }';
    const narrow = route.replace('match: {}', 'match: { models: ["openai/*"] }');
    const { findings } = lintFiles({ 'tree.yaml': [chain, narrow, broken].join('\n---\n') });
    assert.deepEqual(rulesOf(findings).toSorted(), ['fallback/none', 'schema/unknown-key']);
  });

  it('does not judge an environment whose operations break a document', () => {
    const environment = `kind: Environment\nmetadata: { name: production, owner: x }\nspec: { overrides: [{ target: Chain/one, path: targets, remove: true }] }`;
    const { findings } = lintFiles({ 'tree.yaml': [chain, route, environment].join('\n---\n') });
    assert.deepEqual([...new Set(rulesOf(findings))], ['schema/missing-key']);
  });

  const pins: readonly (readonly [ruleset: string, severity: string, says: RegExp])[] = [
    ['2026-10', 'info', /\(new in ruleset 2026-11; the project pins 2026-10\)$/],
    [LATEST_RULESET, 'warn', /two|outage/],
  ];
  for (const [ruleset, severity, says] of pins) {
    it(`reports rules newer than the pinned ruleset as advice: ${ruleset}`, () => {
      const project = `kind: Project\nmetadata: { name: p, owner: x }\nspec: { ruleset: ${ruleset} }`;
      const { findings } = lintFiles({ 'tree.yaml': [chain, route, project].join('\n---\n') });
      const found = findings.find(({ rule }) => rule === 'fallback/none');
      assert.equal(found?.severity, severity);
      assert.match(found?.message ?? '', says);
    });
  }

  it('never repeats a secret in a finding', () => {
    const key = `sk-proj-${'Ab3dE5fG7h'.repeat(3)}`;
    const text = `kind: Consumer\nmetadata: { name: c, owner: ${key}, description: "https://u:${key}@x.example" }`;
    const { findings } = lintFiles({ 'tree.yaml': text });
    assert.ok(rulesOf(findings).includes('secret/literal') && rulesOf(findings).includes('secret/in-url'));
    assert.ok(!JSON.stringify(findings.map(({ span: _, ...rest }) => rest)).includes('Ab3dE5'));
  });

  const texts: readonly (readonly [text: string, isSecret: boolean])[] = [
    ['accounts/fireworks/models/Llama-v3p1-70B-Instruct', false],
    ['gpt-4o-2024-11-20', false],
    ['sk-learn-based-model-of-ours', false],
    ['sk-xxxxxxxxxxxxxxxxxxxxxxxxxxxx', false],
    ['PRODUCTION_OPENAI_API_KEY_2026', false],
    ['https://developers.openai.com/api/docs/guides/your-data', false],
    [`sk-ant-api03-${'x9Kq2LmT4v'.repeat(2)}`, true],
    [`Bearer ${'zT8vQ2rL6xW4pN9c'.repeat(2)}`, true],
    ['0f'.repeat(20), true],
  ];
  for (const [text, isSecret] of texts) {
    it(`takes ${text.slice(0, 24)}… for ${isSecret ? 'a key' : 'no key'}`, () => {
      const document = `kind: Consumer\nmetadata: { name: c, owner: o, description: ${JSON.stringify(text)} }`;
      assert.equal(rulesOf(lintFiles({ 'tree.yaml': document }).findings).includes('secret/literal'), isSecret);
    });
  }

  it('knows which dialects and kinds of authentication the gateway really has', () => {
    const isCarried = (field: string, spec: object): boolean =>
      UNENFORCED.some(({ id, find }) => id === field && find({ spec }) !== null);
    const dialects = [
      'openai-chat',
      'openai-responses',
      'anthropic-messages',
      'gemini',
      'bedrock-converse',
      'cohere-chat',
      'ollama',
      'sandbox',
    ] as const;
    for (const dialect of dialects) {
      assert.equal(isCarried('Provider.dialect', { dialect }), !supportedDialects().includes(dialect), dialect);
    }
    for (const kind of ['bearer', 'header', 'azure', 'entra', 'aws', 'google', 'none'] as const) {
      assert.equal(isCarried('Provider.auth.kind', { auth: { kind } }), !supportedAuthKinds().includes(kind), kind);
    }
  });

  it('checks 2,000 documents in seconds', () => {
    const documents = Array.from({ length: 900 }, (_, at) => [
      `kind: Consumer\nmetadata: { name: team-${at}, owner: o, labels: { team: "${at % 30}" } }`,
      `kind: Route\nmetadata: { name: route-${at}, owner: o }\nspec: { match: { consumers: [team-${at}], models: ["openai/*", "m${at}-*"] }, chain: one, limits: { maxOutputTokens: 10 } }`,
    ]).flat();
    const text = [chain, route, ...documents].join('\n---\n');
    const started = performance.now();
    const { findings } = lintFiles({ 'tree.yaml': text });
    assert.deepEqual(rulesOf(findings), ['fallback/none']);
    assert.ok(performance.now() - started < 20_000);
  });
});
