import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { loadCatalog } from '#catalog';
import { type ConfigKind, type Imported, importConfig } from '#importers';
import { runLint } from '#lint';
import { compileEnvironment, formatPolicies, listEnvironments, parsePolicies } from '#policy';
import { goldenText } from './read-golden.ts';

const folder = join(import.meta.dirname, 'cases');
const expected = join(import.meta.dirname, 'expected');
const catalog = loadCatalog();
const nowMs = Date.parse('2026-11-25T00:00:00Z');

function run(text: string, file: string, kind: ConfigKind | null = null) {
  return importConfig({ text, file, kind, project: 'shop', owner: 'platform', nowMs, catalog });
}

function imported(text: string, file: string): Imported {
  const result = run(text, file);
  assert.equal(result.kind, 'imported', JSON.stringify(result).slice(0, 300));
  return result as Imported;
}

describe('an import', () => {
  for (const file of readdirSync(folder).sort()) {
    const text = readFileSync(join(folder, file), 'utf8');

    it(`of ${file} gives the expected policies and differences`, () => {
      const golden = join(expected, `${file}.txt`);
      const actual = goldenText(imported(text, file));
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
