import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cacheKey, type KeyParts, scopeKey } from '../../src/cache/index.ts';
import { leakChecks } from '../../src/cli/test/leak-checks.ts';
import { compileInlineSnapshot } from '../support/compile-inline.ts';

const policies = (cache: string) => `
kind: Cache
metadata: { name: kept }
spec: { ${cache} }
---
kind: Route
metadata: { name: faq }
spec: { match: {}, chain: any, cache: kept }
---
kind: Chain
metadata: { name: any }
spec: { targets: [{ id: one, model: sandbox/echo }] }
---
kind: Consumer
metadata: { name: team-a, labels: { team: a } }
spec: { keys: [] }
---
kind: Consumer
metadata: { name: team-b, labels: { team: a } }
spec: { keys: [] }
`;
const keys = { key: cacheKey, scope: scopeKey };
const check = (cache: string, how = keys) => leakChecks([compileInlineSnapshot(policies(cache))], how);

describe('leak tests made for every cache rule', () => {
  it('find nothing in rules that keep apart, whatever their partition leaves out', () => {
    for (const rule of [
      'mode: exact',
      'mode: exact, partition: [label.team]',
      'mode: exact, partition: [route]',
      'mode: exact, partition: [consumer, metadata.user, header.x-tenant]',
      'mode: semantic, semantic: { embedder: local/en, threshold: 0.97 }',
    ]) {
      const { rules, checks, leaks, shared } = check(rule);
      assert.deepEqual([rules, leaks, shared], [1, [], []], rule);
      assert.ok(checks >= 12, `${rule}: ${checks} look-ups`);
    }
    assert.equal(check('mode: "off"').rules, 0);
  });

  it('name what is shared on purpose, and still hold its partition', () => {
    const share = 'share: { across: all, reason: public, approvedBy: security }';
    const { leaks, shared, checks } = check(`mode: exact, partition: [metadata.site], ${share}`);
    assert.deepEqual([leaks, shared], [[], ['kept: metadata.site, shared across all consumers (public)']]);
    assert.ok(checks > 0);
  });

  it('would find a key that forgets the tenant, and a search that does', () => {
    const forget = (parts: KeyParts): KeyParts => ({ ...parts, request: { ...parts.request, consumer: 'anybody' } });
    const byKey = check('mode: exact', { ...keys, key: (parts) => cacheKey(forget(parts)) });
    assert.match(byKey.leaks[0]?.message ?? '', /what team-a \(team="a"\) was told on route faq is given to team-b/);
    assert.ok(byKey.leaks[0]?.at?.line !== undefined);
    const byScope = check('mode: exact', { ...keys, scope: (parts, language) => scopeKey(forget(parts), language) });
    assert.ok(byScope.leaks.length > 0);
  });
});
