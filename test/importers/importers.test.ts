import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { type Catalog, loadCatalog } from '#catalog';
import { type Imported, importConfig } from '#importers';
import { runLint } from '#lint';
import { compileEnvironment, formatPolicies, listEnvironments, parsePolicies } from '#policy';
import { goldenText } from './read-golden.ts';

const folder = join(import.meta.dirname, 'cases');
const expected = join(import.meta.dirname, 'expected');
const catalog = loadCatalog();
const nowMs = Date.parse('2026-11-25T00:00:00Z');

/** The catalogue without what changes from month to month, so that a new price is no new expectation. */
const steady: Catalog = {
  ...catalog,
  providers: catalog.providers.map(({ spec: { dialect, baseUrl, auth, headers }, ...rest }) => ({
    ...rest,
    spec: { dialect, baseUrl, auth, ...(headers && { headers }) },
  })),
  models: catalog.models.map(({ spec: { provider, upstreamName, aliases }, ...rest }) => ({
    ...rest,
    spec: {
      provider,
      upstreamName,
      ...(aliases && { aliases }),
      tier: 'standard',
      contextWindow: 100_000,
      capabilities: ['streaming', 'system', 'tools'],
      prices: [{ from: '2026-01-01', input: '1', output: '2', source: 'made up', readAt: '2026-11-25' }],
    },
  })),
};

function run(text: string, file: string, against: Catalog = catalog) {
  return importConfig({ text, file, kind: null, project: 'shop', owner: 'platform', nowMs, catalog: against });
}

function imported(text: string, file: string, against?: Catalog): Imported {
  const result = run(text, file, against);
  assert.equal(result.kind, 'imported', JSON.stringify(result).slice(0, 300));
  return result as Imported;
}

describe('an import', () => {
  for (const file of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, file), 'utf8');

    it(`of ${file} gives the expected policies and differences`, () => {
      const golden = join(expected, `${file}.txt`);
      const actual = goldenText(imported(text, file, steady));
      // Written anew by UPDATE_CASES=1, to be read before it is committed.
      if (process.env.UPDATE_CASES === '1') writeFileSync(golden, actual);
      assert.equal(actual, readFileSync(golden, 'utf8'));
    });

    it(`of ${file} lints without errors under the whole catalogue, is in canonical layout and holds no key`, () => {
      const { files } = imported(text, file);
      const policies = files.filter(({ path }) => path.endsWith('.yaml'));
      const parsed = parsePolicies(
        policies.map(({ path, text }) => ({ file: path, bytes: new TextEncoder().encode(text) })),
      );
      const compiled = listEnvironments(parsed).map((environment) => compileEnvironment(parsed, environment, catalog));
      const errors = runLint({ parsed, compiled, nowMs }).findings.filter(({ severity }) => severity === 'error');
      assert.deepEqual(errors, []);
      for (const { path, text } of policies) {
        const formatted = formatPolicies(text, path);
        assert.ok(formatted.kind === 'formatted' && !formatted.changed, path);
      }
      for (const { path, text } of files) assert.doesNotMatch(text, /hand-made/, path);
    });
  }

  it('is the same every time', () => {
    const text = readFileSync(join(folder, 'litellm.yaml'), 'utf8');
    assert.deepEqual(run(text, 'litellm.yaml'), run(text, 'litellm.yaml'));
  });
});
