import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decide, match } from '#decision';
import { askedWindow } from '#dialects';
import { factsOf, NOON, requestOf } from '../decision/build.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const HEADERS: readonly (readonly [beta: string | readonly string[] | undefined, window: number | null])[] = [
  [undefined, null],
  ['', null],
  ['context-1m-2025-08-07', 1_000_000],
  ['prompt-caching-2024-07-31, context-1m-2025-08-07', 1_000_000],
  [['files-api-2025-04-14', 'context-1m-2025-08-07'], 1_000_000],
  ['CONTEXT-2M-2027-01-01', 2_000_000],
  ['context-500k-2026-01-01', 500_000],
  ['context-management-2025-06-27', null],
  ['no-context-1m', null],
];

describe('a window beyond what a model declares', () => {
  for (const [beta, window] of HEADERS) {
    test(`${JSON.stringify(beta) ?? 'no header'} asks for ${window}`, () => {
      assert.equal(askedWindow(beta === undefined ? {} : { 'anthropic-beta': beta }), window);
    });
  }

  const snapshot = compileInlineSnapshot(`kind: Consumer
metadata: { name: app }
spec: {}
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: main }
---
kind: Chain
metadata: { name: main }
spec: { targets: [{ id: claude, model: anthropic/claude-sonnet-4-5 }] }
---
kind: Budget
metadata: { name: tokens }
spec: { scope: { consumers: [app] }, limit: { inputTokens: 5000000 }, window: { every: day, timezone: UTC }, onExhausted: deny }
`);

  const heldFor = (request: Parameters<typeof requestOf>[0]) => {
    const asked = requestOf({ consumer: 'app', model: 'claude-sonnet-4-5', inputTokens: 150_000, ...request });
    const matched = match(snapshot, asked, NOON);
    assert.ok(matched.kind === 'matched');
    const decision = decide(snapshot, asked, matched.route, factsOf());
    assert.equal(decision.kind, 'allow');
    return decision.kind === 'allow' ? decision.reservations.map(({ amount }) => amount) : [];
  };

  test('is held where a call asks for it, since the provider may bill it', () => {
    const declared = snapshot.models.get('anthropic/claude-sonnet-4-5')?.contextWindow ?? 0;
    assert.deepEqual(heldFor({ inputTokensAtMost: 600_000 }), [declared]);
    assert.deepEqual(heldFor({ inputTokensAtMost: 600_000, askedWindow: 1_000_000 }), [600_000]);
    assert.deepEqual(heldFor({ inputTokensAtMost: null, askedWindow: 1_000_000 }), [1_000_000]);
  });
});
