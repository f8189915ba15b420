import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Diagnostic } from '#core';
import { codeFrame, parsePolicies } from '#policy';

const folder = join(import.meta.dirname, 'cases');
const names = readdirSync(folder).sort();
/** `UPDATE_CASES=1` writes what is found as what is expected; read the difference before committing it. */
const isUpdate = process.env.UPDATE_CASES === '1';

/** Every id that reading bytes can end in; `load/empty` stands for the rest of `load/`, which `read-load` covers. */
const RULES = [
  'load/empty',
  'schema/format',
  'schema/missing-key',
  'schema/type',
  'schema/unknown-key',
  'schema/unknown-kind',
  'schema/unknown-version',
  'schema/value',
  'secret/literal',
  'yaml/alias-bomb',
  'yaml/duplicate-key',
  'yaml/encoding',
  'yaml/syntax',
  'yaml/tag',
];

describe('reading a policy file', () => {
  for (const name of names) {
    it(`reports exactly what is wrong in ${name}`, () => {
      const expectedFile = join(folder, name, 'expected.txt');
      const found = report(name);
      if (isUpdate) writeFileSync(expectedFile, found);
      assert.equal(found, readFileSync(expectedFile, 'utf8'));
    });
  }

  it('has a case for every rule, and a rule for every case', () => {
    const seen = new Set(names.flatMap((name) => read(name).diagnostics.map((diagnostic) => diagnostic.rule)));
    assert.deepEqual([...seen].sort(), RULES);
  });

  it('never shows a secret, whatever else is wrong around it', () => {
    const shown = report('secret-in-plain-sight');
    assert.ok(shown.includes('••••'));
    assert.ok(!/horse/.test(shown), shown);
  });
});

function read(name: string) {
  const bytes = readFileSync(join(folder, name, 'input.yaml'));
  return parsePolicies([{ file: 'input.yaml', bytes }]);
}

function report(name: string): string {
  const { diagnostics, documents, texts } = read(name);
  const shown = diagnostics.map((diagnostic) => show(diagnostic, texts.get(diagnostic.file) ?? ''));
  return `${[...shown, `valid documents: ${documents.length}`].join('\n\n')}\n`;
}

function show({ rule, line, column, message, hint, span, related }: Diagnostic, text: string): string {
  const lines = [`${line}:${column} ${rule} ${message}`, `  ${hint ?? '(no hint)'}`];
  for (const place of related ?? []) lines.push(`  line ${place.line}: ${place.message}`);
  return [...lines, span ? codeFrame(text, span) : '(no span)'].join('\n');
}
