import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { until } from '../support/start-redis.ts';
import { ask, KEYS, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

/** What refuses stands on the line that ends with its mark. */
const POLICIES = `apiVersion: signalbox/v1
kind: Budget
metadata: { name: none-left }
spec:
  scope: { routes: [to-anthropic] }
  limit: { requests: 0 } # budget
  window: { every: month, timezone: UTC }
  onExhausted: deny
---
apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: words }
spec:
  checks:
    - { id: forbidden, check: deny-words, words: [verboten], action: block } # check
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [words] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: closed }
spec:
  match: { models: [closed] }
  deny: { status: 403, message: closed } # route
`;

const CASES = [
  { model: 'closed', code: 'route_denied', mark: 'route' },
  { model: 'to-anthropic', code: 'rate_limited', mark: 'budget' },
  { model: 'guarded', code: 'guardrail_blocked', mark: 'check' },
  { model: 'to-openai', code: undefined, mark: null },
  { model: 'to-openai', key: KEYS.unknown, code: 'invalid_api_key', mark: null },
];

async function start(t: TestContext) {
  const providers = await startProviders(t);
  providers.openai.otherwise(OPENAI.whole);
  const files = policyFiles(providers, { 'refusals.yaml': POLICIES });
  return startTestGateway(t, files, { env: SECRETS, environment: 'production' });
}

describe('the log line of a refused request', () => {
  for (const { model, key = KEYS.team, code, mark } of CASES) {
    it(`names the line of policy that did it: ${code ?? 'no refusal'}`, async (t) => {
      const gateway = await start(t);
      const body = ask(model, { messages: [{ role: 'user', content: 'verboten' }] });
      await post(gateway, '/v1/chat/completions', body, { authorization: `Bearer ${key}` });
      const lineOf = () => gateway.logged.find(({ text }) => text === 'request');
      await until(async () => lineOf() !== undefined);
      const line = POLICIES.split('\n').findIndex((each) => each.endsWith(`# ${mark}`)) + 1;
      assert.equal(lineOf()?.fields.code, code);
      assert.equal(lineOf()?.fields.policy, mark === null ? undefined : `refusals.yaml:${line}`);
    });
  }
});
