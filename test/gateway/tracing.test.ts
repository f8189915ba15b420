import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { chatAnswer, chatFrames } from '../support/scripted-upstream.ts';
import type { Cleanup } from '../support/temp-directory.ts';
import { type OtlpReceiver, type SeenSpan, startGrpcReceiver, startHttpReceiver } from '../telemetry/otlp-receiver.ts';
import { ask, KEYS, type Providers, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANTHROPIC, OPENAI } from './provider-answers.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const CALLER = 'b7ad6b7169203331';
const TRACEPARENT = `00-${TRACE}-${CALLER}-01`;

function files(providers: Providers, telemetry: string): Record<string, string> {
  const all = policyFiles(providers);
  return {
    ...all,
    'signalbox.yaml': `${all['signalbox.yaml']}  telemetry: ${telemetry}\n`,
    'retries.yaml': `apiVersion: signalbox/v1
kind: Chain
metadata: { name: stubborn }
spec:
  maxAttempts: 4
  defaults: { retry: { max: 1, on: [server-error] } }
  fallbackOn: [server-error]
  targets: [{ id: openai, model: up-openai/model }, { id: anthropic, model: up-anthropic/model }]
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: stubborn }
spec: { match: { models: [stubborn] }, chain: stubborn }
`,
  };
}

function collector(receiver: { readonly url: string }, protocol: string) {
  return {
    ...SECRETS,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    OTEL_EXPORTER_OTLP_PROTOCOL: protocol,
    OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=a%20b',
    OTEL_BSP_SCHEDULE_DELAY: '20',
    OTEL_METRIC_EXPORT_INTERVAL: '100',
    OTEL_SERVICE_NAME: 'ai-gateway',
    OTEL_RESOURCE_ATTRIBUTES: 'team=platform',
  };
}

const EVERYTHING = '{ traceSample: 100% }';

function spansOf(
  receiver: OtlpReceiver,
  traceId: string,
): { readonly server: SeenSpan; readonly clients: readonly SeenSpan[] } {
  const spans = receiver.spans.filter((span) => span.traceId === traceId);
  const servers = spans.filter(({ kind }) => kind === 2);
  assert.equal(servers.length, 1, `one server span of ${traceId}`);
  const clients = spans.filter(({ kind }) => kind === 3).toSorted((a, b) => a.startMs - b.startMs);
  return { server: servers[0] as SeenSpan, clients };
}

const RECEIVERS = [
  ['http/protobuf', startHttpReceiver],
  ['grpc', startGrpcReceiver],
] as const;

describe('traces', () => {
  for (const [protocol, start] of RECEIVERS) {
    it(`link the caller, the gateway and every provider called, over ${protocol}`, async (t) => {
      const [receiver, providers] = await Promise.all([start(t), startProviders(t)]);
      const gateway = await startTestGateway(t, files(providers, EVERYTHING), { env: collector(receiver, protocol) });
      providers.openai.enqueue(OPENAI.error(500), OPENAI.error(503));
      providers.anthropic.enqueue(ANTHROPIC.whole);
      const answer = await post(
        gateway,
        '/v1/chat/completions',
        ask('stubborn', { temperature: 0.5, max_tokens: 99 }),
        {
          authorization: `Bearer ${KEYS.team}`,
          traceparent: TRACEPARENT,
          tracestate: 'vendor=1',
        },
      );
      assert.equal(answer.status, 200, answer.text);
      await receiver.when(() => receiver.spans.length >= 4);
      const { server, clients } = spansOf(receiver, TRACE);
      const digest = server.attributes['signalbox.policy.digest'];
      assert.equal(server.parentSpanId, CALLER);
      assert.equal(server.name, 'POST /v1/chat/completions');
      assert.ok(
        server.startMs <= (clients[0]?.startMs ?? 0) && server.endMs >= (clients[2]?.endMs ?? Number.POSITIVE_INFINITY),
      );
      assert.partialDeepStrictEqual(server.attributes, {
        'http.request.method': 'POST',
        'http.route': '/v1/chat/completions',
        'http.response.status_code': 200,
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'up-anthropic',
        'gen_ai.request.model': 'stubborn',
        'gen_ai.response.model': 'up-anthropic/model',
        'gen_ai.request.temperature': 0.5,
        'gen_ai.request.max_tokens': 99,
        'gen_ai.response.finish_reasons': ['stop'],
        'signalbox.request.id': answer.headers.get('x-signalbox-request-id'),
        'signalbox.consumer': 'team',
        'signalbox.route': 'stubborn',
        'signalbox.target': 'stubborn/anthropic',
        'signalbox.fallback': 'server-error',
        'signalbox.attempts': 3,
        'signalbox.cost_usd': answer.headers.get('x-signalbox-cost-usd'),
        'signalbox.revision': answer.headers.get('x-signalbox-revision'),
      });
      assert.match(String(digest), /^[0-9a-f]{64}$/);
      assert.deepEqual(
        server.events.map(({ name, attributes }) => [
          name,
          attributes['signalbox.reason'],
          attributes['signalbox.target'],
        ]),
        [
          ['signalbox.retry', 'server-error', 'stubborn/openai'],
          ['signalbox.fallback', 'server-error', 'stubborn/anthropic'],
        ],
      );
      assert.partialDeepStrictEqual(server.resource, {
        ...{ 'service.name': 'ai-gateway', team: 'platform', 'deployment.environment.name': 'development' },
      });

      assert.deepEqual(
        clients.map(({ name, attributes, status }) => [name, attributes['http.response.status_code'], status.code]),
        [
          ['chat up-openai/model', 500, 2],
          ['chat up-openai/model', 503, 2],
          ['chat up-anthropic/model', 200, 0],
        ],
      );
      for (const span of clients) {
        assert.equal(span.parentSpanId, server.spanId);
        assert.equal(span.attributes['signalbox.policy.digest'], digest);
        assert.equal(span.attributes['server.address'], '127.0.0.1');
      }
      assert.equal(clients[0]?.attributes['error.type'], 'server-error');
      assert.equal(clients[1]?.attributes['http.request.resend_count'], 1);
      assert.partialDeepStrictEqual(clients[2]?.attributes, {
        'gen_ai.usage.output_tokens': 3,
        'signalbox.outcome': 'ok',
      });
      const called = [...providers.openai.requests, ...providers.anthropic.requests];
      assert.deepEqual(
        called.map(({ headers }) => [headers.traceparent, headers.tracestate]),
        clients.map(({ spanId }) => [`00-${TRACE}-${spanId}-01`, 'vendor=1']),
      );
      if (protocol === 'http/protobuf') assert.equal(receiver.headers[0]?.['x-tenant'], 'a b');
      await gateway.close(0);
    });
  }

  it('begin at the gateway where the caller sends none, and are named in the log line', async (t) => {
    const [receiver, providers] = await Promise.all([startHttpReceiver(t), startProviders(t)]);
    const gateway = await startTestGateway(t, files(providers, EVERYTHING), {
      env: collector(receiver, 'http/protobuf'),
    });
    providers.openai.otherwise(OPENAI.stream);
    for (const traceparent of ['', `00-${'0'.repeat(32)}-${CALLER}-01`, 'ff-nonsense']) {
      const answer = await post(gateway, '/v1/chat/completions', ask('to-openai', { stream: true }), { traceparent });
      assert.equal(answer.status, 200);
    }
    await receiver.when(
      () => receiver.spans.length >= 6 && receiver.logs.filter(({ body }) => body === 'request').length === 3,
    );
    for (const { headers } of providers.openai.requests) {
      const [, traceId = '', spanId] = String(headers.traceparent).split('-');
      const { server, clients } = spansOf(receiver, traceId);
      assert.equal(server.parentSpanId, '');
      assert.equal(clients[0]?.spanId, spanId);
      assert.equal(server.attributes['gen_ai.request.stream'], true);
      assert.equal(typeof server.attributes['gen_ai.response.time_to_first_chunk'], 'number');
      const log = receiver.logs.find((each) => each.traceId === traceId);
      assert.equal(log?.spanId, server.spanId);
      assert.equal(log?.severity, 'INFO');
    }
    await gateway.close(0);
  });

  it('of errors, fallbacks and refusals are kept whatever the sample, of others none', async (t) => {
    const [receiver, providers] = await Promise.all([startHttpReceiver(t), startProviders(t)]);
    const gateway = await startTestGateway(t, files(providers, '{ traceSample: 0% }'), {
      env: collector(receiver, 'http/protobuf'),
    });
    providers.openai.enqueue(OPENAI.whole, OPENAI.error(500), OPENAI.error(500));
    providers.anthropic.otherwise(ANTHROPIC.whole);
    const sent = [
      [ask('to-openai'), {}, 200],
      [ask('gpt-4o'), {}, 200],
      [ask('to-openai'), {}, 500],
      [ask('to-gemini'), { authorization: `Bearer ${KEYS.narrow}` }, 403],
    ] as const;
    const ids: (string | null)[] = [];
    for (const [body, headers, status] of sent) {
      const answer = await post(gateway, '/v1/chat/completions', body, headers);
      assert.equal(answer.status, status, answer.text);
      ids.push(answer.headers.get('x-signalbox-request-id'));
    }
    await gateway.close(0);
    const traced = receiver.spans.filter(({ kind }) => kind === 2);
    assert.deepEqual(
      traced.map(({ attributes }) => attributes['signalbox.request.id']),
      ids.slice(1),
    );
    assert.deepEqual(
      traced.map(({ status, attributes }) => [status.code, attributes['error.type']]),
      [
        [0, undefined],
        [2, 'chain_exhausted'],
        [0, 'model_not_allowed'],
      ],
    );
  });

  it('tell providers nothing where policy keeps them inside, nor where nothing is exported but what the caller sent', async (t) => {
    const providers = await startProviders(t);
    providers.openai.otherwise(OPENAI.whole);
    const headers = { traceparent: TRACEPARENT, tracestate: 'vendor=1' };
    const inside = await startTestGateway(t, files(providers, '{ propagate: false }'), { env: SECRETS });
    await post(inside, '/v1/chat/completions', ask('to-openai'), headers);
    const open = await startTestGateway(t, files(providers, '{}'), { env: SECRETS });
    await post(open, '/v1/chat/completions', ask('to-openai'), headers);
    assert.deepEqual(
      providers.openai.requests.map((seen) => [seen.headers.traceparent, seen.headers.tracestate]),
      [
        [undefined, undefined],
        [TRACEPARENT, 'vendor=1'],
      ],
    );
  });

  it('hold no text unless policy captures it, and then masked', async (t) => {
    const [receiver, providers] = await Promise.all([startHttpReceiver(t), startProviders(t)]);
    providers.openai.otherwise(OPENAI.whole);
    const question = ask('to-openai', {
      messages: [
        { role: 'user', content: 'Mail jane.doe@example.com, card 4111 1111 1111 1111, key sk-abcdefghijklmnop1234' },
      ],
    });
    const env = collector(receiver, 'http/protobuf');
    const off = await startTestGateway(t, files(providers, EVERYTHING), { env });
    await post(off, '/v1/chat/completions', question);
    await off.close(0);
    const on = await startTestGateway(t, files(providers, '{ traceSample: 100%, contentCapture: true }'), { env });
    await post(on, '/v1/chat/completions', question);
    await on.close(0);
    const texts = receiver.spans
      .filter(({ kind }) => kind === 2)
      .map(({ attributes }) => attributes['gen_ai.input.messages']);
    const parts = [{ type: 'text', content: 'Mail [address], card [number], key [secret]' }];
    assert.deepEqual(texts, [undefined, JSON.stringify([{ role: 'user', parts }])]);
  });

  it('hold answers as callers saw them, masked, whole or streamed, in the own dialect or another, and kept ones', async (t) => {
    const [receiver, providers] = await Promise.all([startHttpReceiver(t), startProviders(t)]);
    const leaky = ['Ask jane.doe@exa', 'mple.com, card 4111 1111 11', '11 1111, key sk-abcdefgh', 'ijklmnop1234'];
    const policies = {
      ...files(providers, '{ traceSample: 100%, contentCapture: true }'),
      'cached.yaml': `apiVersion: signalbox/v1
kind: Cache
metadata: { name: kept }
spec: { mode: exact, ttl: 1h }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: cached }
spec: { match: { models: [cached] }, chain: only-openai, cache: kept }
`,
    };
    const gateway = await startTestGateway(t, policies, { env: collector(receiver, 'http/protobuf') });
    const whole = chatAnswer(leaky.join(''));
    const stream = { chunks: chatFrames(...leaky) };
    const claude = { model: 'to-openai', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] };
    const cases = [
      [whole, '/v1/chat/completions', ask('to-openai')],
      [stream, '/v1/chat/completions', ask('to-openai', { stream: true })],
      [stream, '/v1/messages', { ...claude, stream: true }],
      [stream, '/v1/chat/completions', ask('cached', { stream: true })],
      [null, '/v1/chat/completions', ask('cached')],
      [OPENAI.toolStream, '/v1/chat/completions', ask('to-openai', { stream: true })],
      [OPENAI.error(400), '/v1/chat/completions', ask('to-openai')],
    ] as const;
    for (const [script, path, body] of cases) {
      if (script !== null) providers.openai.enqueue(script);
      await post(gateway, path, body);
    }
    await gateway.close(0);
    const answers = receiver.spans
      .filter(({ kind }) => kind === 2)
      .map(({ attributes }) => JSON.parse(String(attributes['gen_ai.output.messages'] ?? 'null')) as unknown);
    const said = (part: object, finish: string) => [{ role: 'assistant', parts: [part], finish_reason: finish }];
    const masked = said({ type: 'text', content: 'Ask [address], card [number], key [secret]' }, 'stop');
    const call = { type: 'tool_call', id: 'call_1', name: 'get_weather', arguments: '{"city":"Tokyo"}' };
    assert.deepEqual(answers, [...Array.from({ length: 5 }, () => masked), said(call, 'tool_call'), null]);
  });
});

describe('guardrails on a trace', () => {
  it('are events with check, stage and verdict, and never what was found', async (t) => {
    const [receiver, providers] = await Promise.all([startHttpReceiver(t), startProviders(t)]);
    const guarded = {
      ...files(providers, EVERYTHING),
      'guard.yaml': `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: safe }
spec:
  stage: [input, output]
  checks:
    - { id: words, check: deny-words, action: flag, words: [Aurora] }
    - { id: mail, check: email-address, action: mask }
    - { id: quiet, check: deny-words, action: block, words: [never said] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [safe] }
`,
    };
    const gateway = await startTestGateway(t, guarded, { env: collector(receiver, 'http/protobuf') });
    providers.openai.otherwise(OPENAI.whole);
    const content = 'Aurora for jane.doe@example.com';
    await post(gateway, '/v1/chat/completions', ask('guarded', { messages: [{ role: 'user', content }] }));
    await receiver.when(() => receiver.spans.length >= 2);
    await gateway.close(0);
    const server = receiver.spans.find(({ kind }) => kind === 2);
    assert.deepEqual(
      server?.events.filter(({ name }) => name === 'signalbox.guardrail').map(({ attributes }) => attributes),
      [
        ['words', 'flag'],
        ['mail', 'mask'],
      ].map(([check, verdict]) => ({
        'signalbox.guardrail': 'safe',
        'signalbox.check': check,
        'signalbox.stage': 'input',
        'signalbox.verdict': verdict,
        'signalbox.findings': 1,
      })),
    );
    for (const payload of receiver.payloads) assert.doesNotMatch(payload.toString('latin1'), /Aurora|jane\.doe/);
  });
});

describe('metrics over OTLP', () => {
  it('are the instruments of /metrics with their units', async (t) => {
    const [receiver, providers] = await Promise.all([startGrpcReceiver(t), startProviders(t)]);
    const gateway = await startTestGateway(t, files(providers, EVERYTHING), { env: collector(receiver, 'grpc') });
    providers.openai.otherwise(OPENAI.stream);
    await post(gateway, '/v1/chat/completions', ask('to-openai', { stream: true }));
    await receiver.when(() => receiver.metrics.some(({ name }) => name === 'signalbox.cost'));
    await gateway.close(0);
    const seen = new Map(receiver.metrics.map((metric) => [metric.name, `${metric.kind} ${metric.unit}`]));
    assert.partialDeepStrictEqual(Object.fromEntries(seen), {
      'gen_ai.client.operation.duration': 'histogram s',
      'gen_ai.client.token.usage': 'histogram {token}',
      'gen_ai.server.time_to_first_token': 'histogram s',
      'signalbox.overhead.duration': 'histogram s',
      'signalbox.cost': 'sum USD',
      'signalbox.attempts': 'sum ',
      'signalbox.cache.requests': 'sum ',
      'signalbox.config.info': 'gauge ',
      'signalbox.config.last_reload_successful': 'gauge ',
      'signalbox.recorder.dropped': 'sum ',
      'signalbox.telemetry.dropped': 'sum ',
    });
    const duration = receiver.metrics.findLast(({ name }) => name === 'gen_ai.client.operation.duration');
    assert.partialDeepStrictEqual(duration?.points[0]?.attributes, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'up-openai',
      'gen_ai.request.model': 'up-openai/model',
    });
  });

  for (const [protocol, start] of RECEIVERS)
    it(`have exemplars over ${protocol} that lead to exported traces, and to no others`, async (t) => {
      const [receiver, providers] = await Promise.all([start(t), startProviders(t)]);
      const telemetry = '{ traceSample: 0%, alwaysTrace: [error] }';
      const gateway = await startTestGateway(t, files(providers, telemetry), { env: collector(receiver, protocol) });
      // The first is in no sample. The second is, since its stream ends amid its answer.
      providers.openai.enqueue(OPENAI.stream, { chunks: [...OPENAI.firstContent, 'reset'] });
      for (let n = 0; n < 2; n++)
        await post(gateway, '/v1/chat/completions', ask('to-openai', { stream: true })).catch(() => undefined);
      await receiver.when(() => receiver.spans.some(({ kind }) => kind === 2));
      const names = [
        'gen_ai.client.operation.duration',
        'gen_ai.server.time_to_first_token',
        'signalbox.overhead.duration',
      ];
      const exemplarsOf = (name: string) =>
        (receiver.metrics.findLast((metric) => metric.name === name)?.points ?? []).flatMap(
          ({ exemplars }) => exemplars as readonly { readonly traceId: Buffer; readonly spanId: Buffer }[],
        );
      await receiver.when(() => names.every((name) => exemplarsOf(name).length > 0));
      const servers = receiver.spans.filter(({ kind }) => kind === 2);
      assert.equal(servers.length, 1);
      for (const name of names) {
        assert.deepEqual(
          exemplarsOf(name).map(({ traceId, spanId }) => [traceId.toString('hex'), spanId.toString('hex')]),
          servers.map(({ traceId, spanId }) => [traceId, spanId]),
          name,
        );
      }
    });
});

describe('a collector', () => {
  // Port 9 is discard, where nothing listens.
  const collectors = { 'is away': async () => 'http://127.0.0.1:9', 'takes everything and never answers': startMute };
  for (const [name, startCollector] of Object.entries(collectors))
    it(`that ${name} costs nothing but a counter and a line in the log`, async (t) => {
      const providers = await startProviders(t);
      const gateway = await startTestGateway(t, files(providers, EVERYTHING), {
        // One batch waits, one is in flight.
        env: {
          ...collector({ url: await startCollector(t) }, 'http/protobuf'),
          OTEL_BSP_MAX_QUEUE_SIZE: '4',
          OTEL_EXPORTER_OTLP_TIMEOUT: '200',
          OTEL_METRIC_EXPORT_INTERVAL: '60000',
        },
      });
      providers.openai.otherwise(OPENAI.whole);
      for (let n = 0; n < 20; n++) {
        const answer = await post(gateway, '/v1/chat/completions', ask('to-openai'));
        assert.equal(answer.status, 200);
      }
      const dropped = async () => {
        const text = await (await fetch(`${gateway.url}/metrics`)).text();
        return Number(/signalbox_telemetry_dropped_total\{signalbox_signal="traces"[^}]*\} (\d+)/.exec(text)?.[1]);
      };
      assert.ok((await dropped()) >= 20, `${await dropped()} dropped of 40 spans`);
      const startedMs = performance.now();
      await gateway.close(0);
      assert.ok(performance.now() - startedMs < 5000, 'closing does not wait for the collector');
      const warnings = gateway.logged.filter(({ text }) => text.startsWith('the collector of the telemetry'));
      assert.equal(warnings.length, 1);
    });
});

/** Takes connections and requests, and says nothing. */
async function startMute(t: Cleanup): Promise<string> {
  const server = createServer((request) => void request.resume());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
