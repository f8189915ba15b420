import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requireProgram } from '../support/skip.ts';
import { startRedis, until } from '../support/start-redis.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const budget = (failMode: string) => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: three }
spec: { limit: { requests: 3 }, window: { every: month, timezone: UTC }, onExhausted: deny, failMode: ${failMode} }
`;

/** Two requests before the outage, three during it, then what is left of a budget of three. */
const CASES = [
  { failMode: 'closed', during: [503, 503, 503], afterwards: [200, 429] },
  { failMode: 'open', during: [200, 200, 200], afterwards: [429] },
  // What passed meanwhile counts for this process too.
  { failMode: 'last-known', during: [200, 429, 429], afterwards: [429] },
];

describe('a budget whose store goes away', () => {
  for (const { failMode, during, afterwards } of CASES) {
    it(`goes on as failMode ${failMode} says, and counts what passed meanwhile`, async (t) => {
      const program = requireProgram(t, 'redis-server');
      if (program === undefined) return;
      const server = await startRedis(t, program);
      const providers = await startProviders(t);
      providers.openai.otherwise(OPENAI.whole);
      const files = policyFiles(providers, { 'budgets.yaml': budget(failMode) });
      const gateway = await startTestGateway(t, files, { env: SECRETS, storeUrl: server.url });
      const send = () => post(gateway, '/v1/chat/completions', ask('to-openai'));
      const statuses = async (count: number) => {
        const found: number[] = [];
        while (found.length < count) found.push((await send()).status);
        return found;
      };
      assert.deepEqual(await statuses(2), [200, 200]);
      await server.stop('SIGKILL');
      assert.deepEqual(await statuses(3), during);
      if (failMode === 'closed') assert.equal((await send()).json.error.code, 'store_unavailable');
      const wasTold = (text: string) => gateway.logged.filter((line) => line.text.includes(text)).length;
      assert.equal(wasTold('the budget store is lost'), 1);
      await server.start();
      await until(async () => wasTold('the budget store is found again') === 1);
      assert.deepEqual(await statuses(afterwards.length), afterwards);
    });
  }
});
