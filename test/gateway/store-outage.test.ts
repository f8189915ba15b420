import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TrafficRecord } from '../../src/decision-log/index.ts';
import { requireProgram } from '../support/skip.ts';
import { startRedis, until } from '../support/start-redis.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const budget = (failMode: string, requests = 3) => `apiVersion: signalbox/v1
kind: Budget
metadata: { name: three }
spec: { limit: { requests: ${requests} }, window: { every: month, timezone: UTC }, onExhausted: deny, failMode: ${failMode} }
`;

/** Two requests before the outage, three during it, then what is left of a budget of three. */
const CASES = [
  {
    failMode: 'closed',
    during: [503, 503, 503],
    afterwards: [200, 429],
    says: 'store_unavailable',
  },
  {
    failMode: 'open',
    during: [200, 200, 200],
    afterwards: [429],
    says: 'budget-fails-open',
  },
  // What passed meanwhile counts for this process too.
  {
    failMode: 'last-known',
    during: [200, 429, 429],
    afterwards: [429],
    says: 'budget-last-known',
  },
];

describe('a budget whose store goes away', () => {
  for (const { failMode, during, afterwards, says } of CASES) {
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
      const answer = await (await fetch(`${gateway.url}/admin/records?limit=20`)).json();
      const { records } = answer as { readonly records: readonly TrafficRecord[] };
      const told = records.flatMap(({ facts, decision }) =>
        facts?.countersUnread === true ? [decision?.code ?? decision?.notes?.join() ?? ''] : [],
      );
      const passed = during.map((status) => (status === 429 ? 'rate_limited' : says));
      assert.deepEqual(told.slice(-3).sort(), passed.sort(), 'each request of the outage says what its budget chose');
    });
  }

  const UNDER_LOAD = [
    { failMode: 'closed', during: 503 },
    { failMode: 'open', during: 200 },
    { failMode: 'last-known', during: 200 },
  ];
  const LIMIT = 100_000;
  const LANES = 8;
  const ANSWERS = 80;

  for (const { failMode, during } of UNDER_LOAD) {
    it(`and comes back under load is served as failMode ${failMode} says, and what passed is counted`, async (t) => {
      const program = requireProgram(t, 'redis-server');
      if (program === undefined) return;
      const server = await startRedis(t, program);
      const providers = await startProviders(t);
      providers.openai.otherwise(OPENAI.whole);
      const files = policyFiles(providers, { 'budgets.yaml': budget(failMode, LIMIT) });
      const gateway = await startTestGateway(t, files, { env: SECRETS, storeUrl: server.url });
      const send = () => post(gateway, '/v1/chat/completions', ask('to-openai'));
      // Every answer with the phase in which its request began, where that did not change before its end.
      let phase = 'before';
      let isOver = false;
      const found: { readonly phase: string | null; readonly status: number }[] = [];
      const lane = async () => {
        while (!isOver) {
          const began = phase;
          const { status } = await send();
          found.push({ phase: began === phase ? began : null, status });
        }
      };
      const lanes = Promise.all(Array.from({ length: LANES }, lane));
      const statusesOf = (name: string) => found.filter((each) => each.phase === name).map(({ status }) => status);
      const enough = (name: string) => until(async () => statusesOf(name).length >= ANSWERS);
      const wasTold = (text: string) => gateway.logged.some((line) => line.text.includes(text));
      await enough('before');
      phase = 'between';
      await server.stop('SIGKILL');
      await until(async () => wasTold('the budget store is lost'));
      phase = 'during';
      await enough('during');
      phase = 'between';
      await server.start();
      await until(async () => wasTold('the budget store is found again'));
      phase = 'after';
      await enough('after');
      isOver = true;
      await lanes;
      for (const [name, status] of [
        ['before', 200],
        ['during', during],
        ['after', 200],
      ] as const) {
        assert.deepEqual([...new Set(statusesOf(name))], [status], name);
      }
      const passed = found.filter(({ status }) => status === 200).length + 1;
      const [, left] = /three=(\d+)/.exec((await send()).headers.get('x-signalbox-budget-remaining') ?? '') ?? [];
      const counted = LIMIT - Number(left);
      // Of what was under way when it went, some may be held although nobody was answered.
      assert.ok(counted >= passed && counted <= passed + LANES, `${counted} counted, ${passed} passed`);
    });
  }
});
