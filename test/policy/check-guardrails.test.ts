import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { loadCatalog } from '#catalog';
import { compilePolicies } from '#policy';

const catalog = loadCatalog();

function diagnose(check: string): readonly string[] {
  const text = `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: safe }
spec:
  checks:
    - ${check}
`;
  const source = { file: 'guardrails.yaml', bytes: Buffer.from(text) };
  return compilePolicies([source], 'development', catalog).diagnostics.map(
    ({ rule, line, column, message }) => `${line}:${column} ${rule} ${message}`,
  );
}

describe('options of checks', () => {
  it('that cannot be used are told at their place, before any request meets them', () => {
    assert.deepEqual(diagnose('{ id: words, check: deny-words, action: block, words: [fine, "  "] }'), [
      '6:61 guardrail/check `words`: a word needs a letter or a sign',
    ]);
  });

  it('may not ask a check for what it cannot do', () => {
    assert.deepEqual(diagnose('{ id: judge, check: webhook, action: mask, url: "https://guard.example.com" }'), [
      '6:44 guardrail/check the check `webhook` cannot `mask`',
    ]);
  });

  it('that can be used are no finding', () => {
    assert.deepEqual(diagnose('{ id: words, check: deny-words, action: mask, words: [fine] }'), []);
  });
});
