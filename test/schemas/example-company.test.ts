import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, it } from 'node:test';
import { asArray, asObject, asString, type JsonObject } from '#core';
import { KINDS, loadPolicies, type ParsedDocument, type ParsedPolicies, parsePolicies } from '#policy';
import { LEFT_OUT } from './left-out.ts';
import { specSchema, unusedFields } from './unused-fields.ts';

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

  it('uses every field of every kind, but for those named with why', () => {
    const described = KINDS.map((kind) => ({
      located: specSchema(kind),
      values: [
        ...policies.documents.filter((each) => each.kind === kind).map(({ value }) => spec(value)),
        ...setBelow(policies, kind),
      ],
      path: kind,
    }));
    assert.deepEqual(unusedFields(described), Object.values(LEFT_OUT).flat().sort());
  });

  it('has an alert on every metric', () => {
    const { properties } = schemaOf('Alert');
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

function schemaOf(kind: string): JsonObject {
  return asObject(specSchema(kind).schema);
}

/** What the environments set in documents of a kind, each in the place where it stands then. */
function setBelow(policies: ParsedPolicies, kind: string): readonly unknown[] {
  return policies.documents
    .filter((each) => each.kind === 'Environment')
    .flatMap(({ value }) => asArray(spec(value).overrides).map(asObject))
    .filter(({ target }) => String(target).startsWith(`${kind}/`))
    .map(({ path, set, value }) =>
      String(path)
        .split('.')
        .reduceRight<unknown>((inner, name) => {
          const [field = '', item] = name.split('[');
          return { [field]: item === undefined ? inner : [inner] };
        }, set ?? value),
    );
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
