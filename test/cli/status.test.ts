import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from '../gateway/harness.ts';
import { OPENAI } from '../gateway/provider-answers.ts';
import { runVerb } from '../support/run-verb.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis, until } from '../support/start-redis.ts';

const budget = `apiVersion: signalbox/v1
kind: Budget
metadata: { name: three }
spec: { limit: { requests: 4 }, window: { every: month, timezone: UTC }, alertAt: [50%, 100%], onExhausted: deny }
`;

describe('signalbox status', () => {
  it('names budgets that have reached a share of their limit', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const gateway = await startTestGateway(t, policyFiles(providers, { 'budgets.yaml': budget }), { env: SECRETS });
    const status = () => runVerb(t, ['status', '--url', gateway.url]);
    await post(gateway, '/v1/chat/completions', ask('to-openai'));
    const before = await status();
    assert.deepEqual([before.code, /budget/.test(before.stdout)], [0, false]);
    await post(gateway, '/v1/chat/completions', ask('to-openai'));
    assert.match(
      (await status()).stdout,
      /\n {2}budget three is at 50% of its limit, until \d{4}-\d\d-01T00:00:00\.000Z\n$/,
    );
  });

  it('names the revisions before the one in service, and since when they served', async (t) => {
    const gateway = await startTestGateway(t, policyFiles(await startProviders(t)), { env: SECRETS });
    const { revision } = await gateway.status();
    const status = () => runVerb(t, ['status', '--url', gateway.url]);
    assert.doesNotMatch((await status()).stdout, /before/);
    writeFileSync(join(gateway.policies, 'zz-budgets.yaml'), budget);
    await gateway.reload('admin');
    assert.match(
      (await status()).stdout,
      new RegExp(`\\n {2}before: revision ${revision}, in service from \\d{4}-.*Z\\n`),
    );
  });

  it('says that the budget store is lost, and ends with 1', async (t) => {
    const program = requireProgram(t, 'redis-server');
    if (program === undefined) return;
    const server = await startRedis(t, program);
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers, { 'budgets.yaml': budget }), {
      env: SECRETS,
      storeUrl: server.url,
    });
    await server.stop('SIGKILL');
    await post(gateway, '/v1/chat/completions', ask('to-openai'));
    await until(async () => gateway.logged.some(({ text }) => text.startsWith('the budget store is lost')));
    const lost = await runVerb(t, ['status', '--url', gateway.url]);
    assert.equal(lost.code, 1);
    assert.match(lost.stdout, /the budget store is lost since .*Z: The budget store redis:.* cannot be reached/);
    assert.ok(!gateway.logged.some(({ text }) => text.includes('cannot be tended')));
  });
});
