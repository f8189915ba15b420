import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { explain, requestedModel } from '#decision';
import { compileInline, compileInlineSnapshot, findingLines } from '../support/compile-inline.ts';
import { factsOf, requestOf } from './build.ts';

const POLICIES = `kind: Consumer
metadata: { name: company }
spec:
  aliases:
    fast: openai/gpt-4o-mini
    smart: openai/gpt-4o
---
kind: Consumer
metadata: { name: team }
spec:
  parent: company
  allow: { models: ["openai/*"] }
  aliases:
    smart: best
    best: anthropic/claude-sonnet-4-5
    gpt-4o: fast
    openai/gpt-4o: openai/gpt-4o-mini
---
kind: Consumer
metadata: { name: stranger }
spec: {}
---
kind: Route
metadata: { name: small }
spec: { match: { models: ["openai/gpt-4o-mini"] } }
---
kind: Route
metadata: { name: rest }
spec: { match: {} }
`;

describe("a consumer's own names for models", () => {
  const snapshot = compileInlineSnapshot(POLICIES);
  const modelFor = (consumer: string, model: string) => requestedModel(snapshot, { consumer, model })?.name ?? null;

  it('come after names of the catalogue and before its aliases, nearest consumer first', () => {
    assert.equal(modelFor('company', 'smart'), 'openai/gpt-4o');
    assert.equal(modelFor('team', 'smart'), 'anthropic/claude-sonnet-4-5');
    assert.equal(modelFor('team', 'fast'), 'openai/gpt-4o-mini');
    assert.equal(modelFor('team', 'gpt-4o'), 'openai/gpt-4o-mini');
    assert.equal(modelFor('company', 'gpt-4o'), 'openai/gpt-4o');
    assert.equal(modelFor('team', 'openai/gpt-4o'), 'openai/gpt-4o');
    assert.equal(modelFor('stranger', 'fast'), null);
  });

  it('choose the route, are held to permissions by what they mean, and are explained with their line', () => {
    const ask = (consumer: string, model: string) => explain(snapshot, requestOf({ consumer, model }), factsOf({}));
    const fast = ask('team', 'fast');
    assert.equal(fast.route, 'small');
    assert.equal(fast.target, 'direct/openai');
    assert.deepEqual(fast.alias, {
      alias: 'fast',
      model: 'openai/gpt-4o-mini',
      consumer: 'company',
      file: 'inline.yaml',
      line: 5,
    });
    assert.equal(ask('team', 'smart').decision.code, 'model_not_allowed');
    assert.equal(ask('stranger', 'gpt-4o').alias, null);
  });

  it('are refused where they lead to no model', () => {
    const found = findingLines(
      compileInline(`kind: Consumer
metadata: { name: team }
spec:
  aliases:
    a: b
    b: a
    fine: openai/gpt-4o
    typo: openai/gpt-4oo
    far: typo`),
    );
    assert.deepEqual(found, [
      'inline.yaml:5:8 alias/cycle alias `a` of consumer `team` leads to no model: a → b → a [Let one of them name a model.]',
      'inline.yaml:6:8 alias/cycle alias `b` of consumer `team` leads to no model: b → a → b [Let one of them name a model.]',
      'inline.yaml:8:11 alias/unresolved alias `typo` of consumer `team` leads to `openai/gpt-4oo`, which is no model [Did you mean `openai/gpt-4o`?]',
      'inline.yaml:9:10 alias/unresolved alias `far` of consumer `team` leads to `openai/gpt-4oo`, which is no model [Did you mean `openai/gpt-4o`?]',
    ]);
  });
});
