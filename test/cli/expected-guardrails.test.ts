import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePolicies } from '#policy';
import { findCases } from '../../src/cli/test/find-cases.ts';
import { runCase } from '../../src/cli/test/run-cases.ts';
import { compileInlineSnapshot, inlineSources } from '../support/compile-inline.ts';

const policies = `kind: Chain
metadata: { name: main }
spec: { targets: [{ id: gpt, model: openai/gpt-4o }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: main, guardrails: [safe, judged] }
---
kind: Guardrail
metadata: { name: safe }
spec:
  checks:
    - { id: mail, check: email-address, action: mask, restore: true }
    - { id: card, check: credit-card, action: block }
    - { id: ticket, check: metadata-required, keys: [ticket], action: flag }
---
kind: Guardrail
metadata: { name: judged }
spec: { checks: [{ id: service, check: webhook, action: block, url: "https://guard.example.com/v1" }] }
---
kind: Consumer
metadata: { name: app }
`;

const ask = (text: string) => `request: { consumer: app, model: gpt-4o, text: "${text}" }`;
const says = (text: string) => `upstream: { gpt: [{ text: "${text}" }] }`;

/** What a case shows, the case, and how it ends: passed, failed or vacuous. */
const CASES: readonly (readonly [shows: string, text: string, kind: 'passed' | 'failed' | 'vacuous'])[] = [
  [
    'masks, and what comes back',
    `${ask('to a@example.com')}, ${says('sent to [EMAIL_1]')}, expect: { status: 200, guardrails: { input: { mail: mask, card: pass }, output: { mail: pass }, sent: "to [EMAIL_1]", answer: "sent to a@example.com" } }`,
    'passed',
  ],
  ['another verdict', `${ask('hello')}, expect: { guardrails: { input: { mail: mask } } }`, 'failed'],
  ['another text', `${ask('to a@example.com')}, expect: { guardrails: { sent: "to a@example.com" } }`, 'failed'],
  [
    'a refusal on the way in',
    `${ask('4111 1111 1111 1111')}, expect: { status: 400, code: guardrail_blocked, attempts: [], cost: 0 USD, guardrails: { input: { safe/card: block } } }`,
    'passed',
  ],
  [
    'a refusal on the way out, which is paid',
    `${ask('hello')}, ${says('4111 1111 1111 1111')}, expect: { status: 400, code: guardrail_blocked, attempts: [gpt], guardrails: { output: { card: block } } }`,
    'passed',
  ],
  [
    'facts of the request without any text',
    'request: { consumer: app, model: gpt-4o }, expect: { guardrails: { input: { ticket: flag } } }',
    'passed',
  ],
  [
    'services are not asked',
    `${ask('hello')}, expect: { guardrails: { input: { service: not_evaluated } } }`,
    'passed',
  ],
  ['a check that no guardrail has', `${ask('hello')}, expect: { guardrails: { input: { phone: pass } } }`, 'vacuous'],
];

describe('what a case expects of guardrails', () => {
  const snapshot = compileInlineSnapshot({ 'all.yaml': policies });
  for (const [shows, text, kind] of CASES) {
    it(`${shows}: ${kind}`, () => {
      const document = `kind: Test\nmetadata: { name: all }\nspec:\n  cases:\n    - { name: one, ${text} }\n`;
      const [found] = findCases(parsePolicies(inlineSources({ 'tests.yaml': document })).documents, 'development');
      assert.ok(found !== undefined);
      const { kind: ended, mismatches, problems } = runCase(found, snapshot);
      assert.equal(ended, kind, JSON.stringify({ mismatches, problems }));
    });
  }
});
