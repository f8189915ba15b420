import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { asArray, asObject, asString, type JsonObject } from '#core';
import { KINDS, loadPolicies, type ParsedDocument, type ParsedPolicies, parsePolicies } from '#policy';

const folder = join(import.meta.dirname, '../../policies');

describe('the example company', () => {
  let policies: ParsedPolicies;
  before(async () => {
    const tree = await loadPolicies(folder);
    policies = parsePolicies(tree.sources, tree.diagnostics);
  });

  it('has no finding of its own shape', () => {
    assert.deepEqual(policies.diagnostics, []);
    assert.ok(policies.documents.length > 50);
  });

  it('has a document of every kind', () => {
    const present = new Set(policies.documents.map(({ kind }) => kind));
    assert.deepEqual(
      KINDS.filter((kind) => !present.has(kind)),
      [],
    );
  });

  it('says of each document who owns it and what it is for', () => {
    const silent = policies.documents
      .filter(({ value }) => !asString(metadata(value).owner) || !asString(metadata(value).description))
      .map(({ kind, name }) => `${kind}/${name}`);
    assert.deepEqual(silent, []);
  });

  it('names in the first line of each file the schema of its first document', () => {
    for (const { file, kind } of policies.documents.filter(({ index }) => index === 0)) {
      const [line = ''] = readFileSync(join(folder, file), 'utf8').split('\n');
      const up = '../'.repeat(file.split('/').length);
      const schema = kind.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
      assert.equal(line, `# yaml-language-server: $schema=${up}schemas/${schema}.schema.json`, file);
    }
  });

  it('gives staging and production keys of their own for every provider its chains name', () => {
    const providers = new Set(
      policies.documents
        .filter(({ kind }) => kind === 'Chain')
        .flatMap(({ value }) => asArray(spec(value).targets))
        .map((target) => asString(asObject(target).model)?.split('/')[0])
        .filter((provider) => provider !== undefined),
    );
    assert.ok(providers.size >= 5);
    for (const environment of ['staging', 'production']) {
      const secrets = secretsOf(find(policies, 'Environment', environment));
      for (const provider of providers) {
        const { env, store, key } = asObject(secrets.get(`Provider/${provider}`));
        const isOwn =
          store === undefined
            ? String(env).startsWith(`${environment.toUpperCase()}_`)
            : String(key).startsWith(`llm/${environment}#`);
        assert.ok(isOwn, `${provider} in ${environment}: ${env ?? key}`);
      }
    }
    assert.deepEqual(
      [...secretsOf(find(policies, 'Environment', 'development'))],
      [],
      'development keeps the plain names',
    );
  });

  it('ends each chain of models in development at the sandbox', () => {
    const inserted = asArray(spec(find(policies, 'Environment', 'development').value).overrides)
      .map(asObject)
      .filter(({ path, insertAfter }) => path === 'targets' && insertAfter !== undefined);
    for (const { name, value } of policies.documents.filter(({ kind }) => kind === 'Chain')) {
      const targets = asArray(spec(value).targets).map(asObject);
      if (targets.some(({ chain }) => chain !== undefined)) continue;
      const insertion = inserted.find(({ target }) => target === `Chain/${name}`);
      assert.equal(insertion?.insertAfter, targets.at(-1)?.id, name);
      assert.match(String(asObject(insertion?.value).model), /^sandbox\//);
    }
  });

  it('uses every field there is for alerts, receivers, reports and the settings of the tree, but for those named here with why', () => {
    const unused = ['Project', 'Alert', 'Receiver', 'Report'].flatMap((kind) => {
      const values = policies.documents.filter((each) => each.kind === kind).map(({ value }) => spec(value));
      const own = asObject(schemaOf(kind).properties).spec;
      return unusedFields(own, values, kind);
    });
    assert.deepEqual(unused.sort(), Object.keys(UNUSED).sort());
  });

  it('has an alert on every metric', () => {
    const { properties } = asObject(asObject(schemaOf('Alert').properties).spec);
    const { metric } = asObject(asObject(asObject(properties).when).properties);
    const used = new Set(
      policies.documents
        .filter(({ kind }) => kind === 'Alert')
        .map(({ value }) => asObject(spec(value).when).metric as string),
    );
    assert.deepEqual(
      asArray(asObject(metric).enum).filter((name) => !used.has(String(name))),
      [],
    );
  });

  it('keeps no key that a digest could be traced to twice', () => {
    const digests = policies.documents
      .filter(({ kind }) => kind === 'Consumer')
      .flatMap(({ value }) => asArray(spec(value).keys))
      .map((key) => asString(asObject(key).sha256));
    assert.equal(new Set(digests).size, digests.length);
  });
});

/** What an example should not show, with why. */
const UNUSED: Readonly<Record<string, string>> = {
  'Project.mail.dkim': 'a key that the DNS of no reader knows would make mails worse, not better',
  'Project.mail.ca': 'the mail server of the example has a public certificate',
  'Project.maintenance[].from': 'a date would be past when it is read; the window is a weekly one',
  'Project.maintenance[].until': 'as `from`',
  'Project.secretStores': 'set by the environments',
  'Project.gates.minCoverage':
    'recordings of a few hours reach few routes; the gates of the example are about what changes',
  'Project.defaults.breaker': 'each chain says its own',
};

const schemas = join(import.meta.dirname, '../../schemas');

function schemaOf(kind: string): JsonObject {
  return JSON.parse(readFileSync(join(schemas, `${kind.toLowerCase()}.schema.json`), 'utf8')) as JsonObject;
}

/** Paths of fields of a schema that none of the values has; nothing below them, nor inside what all kinds share. */
function unusedFields(schema: unknown, values: readonly unknown[], path: string): readonly string[] {
  const { properties, items } = asObject(schema);
  if (items !== undefined) return unusedFields(items, values.flatMap(asArray), `${path}[]`);
  return Object.entries(asObject(properties)).flatMap(([name, field]) => {
    const inner = values.map((value) => asObject(value)[name]).filter((value) => value !== undefined);
    return inner.length === 0 ? [`${path}.${name}`] : unusedFields(field, inner, `${path}.${name}`);
  });
}

function secretsOf(environment: ParsedDocument): ReadonlyMap<string, unknown> {
  const operations = asArray(spec(environment.value).overrides).map(asObject);
  return new Map(
    operations.filter(({ path }) => path === 'auth.secret').map(({ target, set }) => [String(target), set] as const),
  );
}

function find(policies: ParsedPolicies, kind: string, name: string): ParsedDocument {
  return (
    policies.documents.find((document) => document.kind === kind && document.name === name) ??
    assert.fail(`no ${kind}/${name}`)
  );
}

function spec(document: JsonObject): JsonObject {
  return asObject(document.spec);
}

function metadata(document: JsonObject): JsonObject {
  return asObject(document.metadata);
}
