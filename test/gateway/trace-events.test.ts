import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type SeenSpan, startHttpReceiver } from '../telemetry/otlp-receiver.ts';
import { ask, type Providers, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { OPENAI } from './provider-answers.ts';

const head = (kind: string, name: string) => `apiVersion: signalbox/v1\nkind: ${kind}\nmetadata: { name: ${name} }\n`;

function files(providers: Providers, telemetry: string): Record<string, string> {
  const all = policyFiles(providers);
  return {
    ...all,
    'signalbox.yaml': `${all['signalbox.yaml']}  telemetry: ${telemetry}\n`,
    'cache.yaml': `${head('Cache', 'kept')}spec: { mode: exact, ttl: 1h, maxTemperature: 2 }
---
${head('Route', 'cached')}spec: { match: { models: [cached] }, chain: only-openai, cache: kept }
---
${head('Guardrail', 'after')}spec: { stage: [output], checks: [{ id: words, check: deny-words, action: flag, words: [there] }] }
---
${head('Route', 'guarded')}spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [after] }
`,
  };
}

async function start(t: Parameters<typeof startProviders>[0], telemetry: string) {
  const [receiver, providers] = await Promise.all([startHttpReceiver(t), startProviders(t)]);
  const gateway = await startTestGateway(t, files(providers, telemetry), {
    env: { ...SECRETS, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${receiver.url}/v1/traces`, OTEL_BSP_SCHEDULE_DELAY: '20' },
  });
  const servers = () => receiver.spans.filter(({ kind }) => kind === 2);
  return { receiver, providers, gateway, servers };
}

function eventsOf({ events }: SeenSpan): readonly (readonly [string, unknown])[] {
  return events.map(({ name, attributes }) => [name, attributes]);
}

describe('a sample by policy', () => {
  it('keeps what took longer than slowAfter, and nothing that did not', async (t) => {
    const { receiver, providers, gateway, servers } = await start(
      t,
      '{ traceSample: 0%, alwaysTrace: [slow], slowAfter: 1s }',
    );
    const slow = { ...OPENAI.whole, before: { delayMs: 1100 } };
    const lateStream = { ...OPENAI.stream, before: { delayMs: 1100 } };
    providers.openai.enqueue(OPENAI.whole, slow, OPENAI.error(500), OPENAI.stream, lateStream);
    const ids: (string | null)[] = [];
    for (const stream of [false, false, false, true, true]) {
      const answer = await post(gateway, '/v1/chat/completions', ask('to-openai', { stream }));
      ids.push(answer.headers.get('x-signalbox-request-id'));
    }
    await receiver.when(() => servers().length >= 2);
    await gateway.close(0);
    assert.deepEqual(
      servers().map(({ attributes }) => attributes['signalbox.request.id']),
      [ids[1], ids[4]],
    );
  });
});

describe('events on the span of a request', () => {
  it('tell what the cache said, how old the answer was, and that nobody was called', async (t) => {
    const { receiver, providers, gateway, servers } = await start(t, '{ traceSample: 100% }');
    providers.openai.enqueue(OPENAI.whole);
    for (let n = 0; n < 2; n++) await post(gateway, '/v1/chat/completions', ask('cached'));
    await receiver.when(() => servers().length === 2);
    await gateway.close(0);
    const [miss, hit] = servers();
    assert.ok(miss && hit);
    assert.deepEqual(eventsOf(miss), [['signalbox.cache', { 'signalbox.cache': 'miss' }]]);
    const [[name, attributes] = ['', {}]] = eventsOf(hit);
    assert.equal(name, 'signalbox.cache');
    assert.partialDeepStrictEqual(attributes, { 'signalbox.cache': 'hit' });
    assert.equal(typeof (attributes as Record<string, unknown>)['signalbox.cache.age_s'], 'number');
    assert.equal(receiver.spans.filter(({ kind, traceId }) => kind === 3 && traceId === hit.traceId).length, 0);
  });

  it('tell what a guardrail found in the answer, at its stage', async (t) => {
    const { receiver, providers, gateway, servers } = await start(t, '{ traceSample: 100% }');
    providers.openai.enqueue(OPENAI.whole);
    await post(gateway, '/v1/chat/completions', ask('guarded'));
    await receiver.when(() => servers().length === 1);
    await gateway.close(0);
    const [server] = servers();
    assert.ok(server);
    assert.deepEqual(eventsOf(server), [
      [
        'signalbox.guardrail',
        {
          'signalbox.guardrail': 'after',
          'signalbox.check': 'words',
          'signalbox.stage': 'output',
          'signalbox.verdict': 'flag',
          'signalbox.findings': 1,
        },
      ],
    ]);
  });
});
