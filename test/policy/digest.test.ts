import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { loadCatalog } from '../../src/catalog/index.ts';
import { compilePolicies } from '../../src/policy/index.ts';
import { inlineSources } from '../support/compile-inline.ts';

const catalog = loadCatalog();

interface Document {
  readonly apiVersion: 'signalbox/v1';
  readonly kind: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly spec: Readonly<Record<string, unknown>>;
}

function digestOf(files: Readonly<Record<string, string>>, environment = 'development'): string {
  const { snapshot, diagnostics } = compilePolicies(inlineSources(files), environment, catalog);
  assert.ok(snapshot, JSON.stringify(diagnostics));
  return snapshot.digest;
}

/** Routes without references: any mixture of them compiles. */
const route = fc.record({
  priority: fc.integer({ min: -5, max: 5 }),
  match: fc.record({
    models: fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}\*?$/), { minLength: 1, maxLength: 3 }),
    metadata: fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.tuple(fc.stringMatching(/^[a-z0-9]{1,3}$/)), {
      minKeys: 1,
      maxKeys: 3,
    }),
  }),
  // Two braces begin a variable, which has to exist.
  prompt: fc.record({ prepend: fc.string({ minLength: 1, maxLength: 12 }).filter((text) => !text.includes('{{')) }),
});

const documents = fc.array(route, { minLength: 1, maxLength: 4 }).map((specs) =>
  specs.map(
    (spec, at): Document => ({
      apiVersion: 'signalbox/v1',
      kind: 'Route',
      metadata: { name: `route-${at}` },
      spec,
    }),
  ),
);

describe('the digest', () => {
  it('does not depend on files, their order, key order, comments or layout', () => {
    fc.assert(
      fc.property(documents, fc.boolean(), (list, isCrlf) => {
        const apart = Object.fromEntries(list.map((document, at) => [`${at}.yaml`, `${JSON.stringify(document)}\n`]));
        const layout = [...list].reverse().map((document) => `# why\n${JSON.stringify(reversed(document), null, 2)}\n`);
        const together = layout.join('---\n');
        assert.equal(digestOf(apart), digestOf({ 'z.yaml': isCrlf ? together.replaceAll('\n', '\r\n') : together }));
      }),
      { numRuns: 25 },
    );
  });

  it('differs whenever a value differs', () => {
    fc.assert(
      fc.property(documents, documents, (a, b) => {
        const write = (list: readonly Document[]): Record<string, string> => ({
          'x.yaml': list.map((document) => JSON.stringify(document)).join('\n---\n'),
        });
        assert.equal(
          digestOf(write(a)) === digestOf(write(b)),
          JSON.stringify(sorted(a)) === JSON.stringify(sorted(b)),
        );
      }),
      { numRuns: 25 },
    );
  });

  it('is the same on every machine', () => {
    const text = '{ "apiVersion": "signalbox/v1", "kind": "Project", "metadata": { "name": "p" } }\n';
    const { digest, revision } = compilePolicies(inlineSources({ 'x.yaml': text }), 'production', {
      ...catalog,
      digest: 'fixed',
    }).snapshot ?? { digest: '', revision: '' };
    assert.equal(digest, '7dc96e13d1ec35fd363b363baaf75d9f6c0bf455ac7a9ca3f2274fc5246cdf6d');
    assert.equal(revision, digest.slice(0, 12));
  });

  it('differs between environments and by what an operation sets, not by how', () => {
    const base = 'kind: Project\nmetadata: { name: p }\nspec: { timezone: Asia/Tokyo }\n';
    const operation = (zone: string): string =>
      `kind: Environment\nmetadata: { name: development }\nspec: { overrides: [{ target: Project/p, path: timezone, set: ${zone} }] }\n`;
    const plain = digestOf({ 'p.yaml': base });
    assert.notEqual(digestOf({ 'p.yaml': base }, 'production'), plain);
    assert.equal(digestOf({ 'p.yaml': base, 'e.yaml': operation('Asia/Tokyo') }), plain);
    assert.notEqual(digestOf({ 'p.yaml': base, 'e.yaml': operation('Europe/Berlin') }), plain);
  });
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, part]) => [key, reversed(part)]),
  );
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, part]) => [key, sorted(part)]),
  );
}
