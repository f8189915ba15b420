import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CORRUPT_FRAME, createAwsFramer } from '../../src/dialects/aws-framer.ts';
import { until } from '../support/start-redis.ts';
import { cacheFiles } from './cache-policies.ts';
import { ask, KEYS, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANTHROPIC, OPENAI } from './provider-answers.ts';

const start = async (
  t: Parameters<typeof startProviders>[0],
  spec?: string,
  more: Record<string, string> = {},
  options = {},
) => {
  const providers = await startProviders(t);
  providers.openai.otherwise((request) => (request.json.stream ? OPENAI.stream : OPENAI.whole));
  const gateway = await startTestGateway(t, cacheFiles(providers, spec, more), { env: SECRETS, ...options });
  const chat = (body: object, headers = {}) => post(gateway, '/v1/chat/completions', body, headers);
  return { providers, gateway, chat };
};
const says = ({ headers }: { readonly headers: Headers }) => headers.get('x-signalbox-cache');

describe('an exact cache', () => {
  it('gives the answer to the same question again, for nothing', async (t) => {
    const { providers, chat } = await start(t);
    const first = await chat(ask('faq'));
    const second = await chat(ask('faq'));
    assert.deepEqual([first, second].map(says), ['miss', 'hit']);
    assert.deepEqual(second.json, first.json);
    assert.equal(second.headers.get('x-signalbox-cost-usd'), '0.000000');
    assert.equal(second.headers.get('x-signalbox-saved-usd'), first.headers.get('x-signalbox-cost-usd'));
    assert.equal(second.headers.get('x-signalbox-attempts'), '0');
    assert.match(second.headers.get('age') ?? '', /^\d+$/);
    assert.equal(providers.openai.requests.length, 1);
  });

  it('is streamed again in the framing of its caller: lines to Ollama, frames to Bedrock', async (t) => {
    const { gateway } = await start(t);
    const calls = [
      ['/api/chat', ask('faq'), 'application/x-ndjson'],
      [
        '/model/faq/converse-stream',
        { messages: [{ role: 'user', content: [{ text: 'Hello' }] }] },
        'application/vnd.amazon.eventstream',
      ],
    ] as const;
    for (const [path, body, type] of calls) {
      await post(gateway, path, body);
      const again = await post(gateway, path, body);
      assert.equal(says(again), 'hit', path);
      assert.equal(again.headers.get('content-type'), type);
      assert.doesNotMatch(again.text, /: x-signalbox-cost-usd/);
      if (type === 'application/x-ndjson') {
        for (const line of again.text.trim().split('\n')) JSON.parse(line);
      } else {
        const framer = createAwsFramer();
        const types = framer.push(Buffer.from(again.text, 'latin1')).map(({ event }) => event);
        assert.deepEqual([types[0], types.at(-1)], ['messageStart', 'metadata']);
        assert.ok(!types.includes(CORRUPT_FRAME));
      }
    }
  });

  it('is no matter of the dialect, nor of streaming', async (t) => {
    const { providers, gateway, chat } = await start(t);
    const openai = { ...ask('faq'), max_tokens: 50 };
    const first = await chat({ ...openai, stream: true });
    assert.match(first.text, /Hi/);
    const claude = { model: 'faq', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] };
    const whole = await post(gateway, '/v1/messages', claude);
    assert.equal(says(whole), 'hit');
    assert.equal(whole.json.content[0].text, 'Hi there');
    const streamed = await post(gateway, '/v1/messages', { ...claude, stream: true });
    assert.equal(says(streamed), 'hit');
    assert.match(streamed.text, /event: message_stop/);
    const gemini = await post(gateway, '/v1beta/models/faq:generateContent', {
      contents: [{ role: 'user', parts: [{ text: 'Hello' }] }],
      generationConfig: { maxOutputTokens: 50 },
    });
    assert.equal(says(gemini), 'hit');
    assert.equal(gemini.json.candidates[0].content.parts[0].text, 'Hi there');
    const replay = await chat({ ...openai, stream: true });
    assert.equal(says(replay), 'hit');
    const frames = replay.text.split('\n\n').filter((frame) => frame.includes('"content":"'));
    assert.ok(frames.length >= 3, 'the replay comes in pieces');
    assert.match(replay.text, /x-signalbox-cost-usd=0.000000\n\ndata: \[DONE\]\n\n$/);
    assert.equal(providers.openai.requests.length, 1);
  });

  it('every field that is forwarded tells questions apart; who asks and how it is sent do not', async (t) => {
    const { chat } = await start(t);
    await chat(ask('faq'));
    const same = [{ user: 'u1' }, { metadata: { a: 'b' } }, { store: true }, { temperature: 1 }, { stream: false }];
    for (const fields of same) assert.equal(says(await chat(ask('faq', fields))), 'hit', JSON.stringify(fields));
    const other = [
      { temperature: 0.5 },
      { max_tokens: 9 },
      { seed: 1 },
      { reasoning_effort: 'low' },
      { top_p: 0.9 },
      { verbosity: 'low' },
      { response_format: { type: 'json_object' } },
      { some_new_field: 1 },
      { messages: [{ role: 'user', content: 'Hello!' }] },
    ];
    for (const fields of other) assert.equal(says(await chat(ask('faq', fields))), 'miss', JSON.stringify(fields));
    assert.equal(says(await chat(ask('faq-2'))), 'miss');
  });

  it('never shows one consumer what another was told', async (t) => {
    const { chat } = await start(t);
    const team = { authorization: `Bearer ${KEYS.team}` };
    const remote = { authorization: `Bearer ${KEYS.narrow}` };
    await chat(ask('faq'), team);
    assert.equal(says(await chat(ask('faq'))), 'miss');
    assert.equal(says(await chat(ask('faq'), team)), 'hit');
    // No route of this model for the narrow consumer: refused before any look-up.
    assert.equal((await chat(ask('faq'), remote)).status, 403);
  });

  it('a partition that leaves the consumer out does not share; an explicit share does', async (t) => {
    const apart = await start(t, 'mode: exact, ttl: 1h, partition: [metadata.topic]');
    const team = { authorization: `Bearer ${KEYS.team}` };
    const topic = (name: string) => ({ 'x-signalbox-metadata': JSON.stringify({ topic: name }) });
    await apart.chat(ask('faq'), { ...team, ...topic('a') });
    assert.equal(says(await apart.chat(ask('faq'), topic('a'))), 'miss');
    assert.equal(says(await apart.chat(ask('faq'), { ...team, ...topic('b') })), 'miss');
    assert.equal(says(await apart.chat(ask('faq'), { ...team, ...topic('a') })), 'hit');
    const share = 'share: { across: all, reason: public, approvedBy: security }';
    const shared = await start(t, `mode: exact, ttl: 1h, ${share}`);
    await shared.chat(ask('faq'), team);
    assert.equal(says(await shared.chat(ask('faq'))), 'hit');
  });

  it('a shared answer does not lend its model to whoever may not use it', async (t) => {
    const share = 'mode: exact, ttl: 1h, share: { across: all, reason: public, approvedBy: security }';
    const { providers, chat } = await start(
      t,
      share,
      {
        'more.yaml': `apiVersion: signalbox/v1
kind: Consumer
metadata: { name: picky }
spec: { keys: [{ id: k, sha256: "${'0'.repeat(64)}", createdAt: 2026-01-01, expiresAt: 2099-01-01 }] }
---
apiVersion: signalbox/v1
kind: Environment
metadata: { name: staging }
spec: { overrides: [{ target: Consumer/narrow, path: allow, set: { models: ["faq", "up-anthropic/*"] } }, { target: Project/test, path: anonymous, set: guest }] }
`,
      },
      { environment: 'staging' },
    );
    providers.anthropic.otherwise(ANTHROPIC.whole);
    assert.equal(says(await chat(ask('faq'))), 'miss');
    const narrow = await chat(ask('faq'), { authorization: `Bearer ${KEYS.narrow}` });
    assert.equal(narrow.status, 200);
    assert.deepEqual([says(narrow), narrow.headers.get('x-signalbox-target')], ['miss', 'all/anthropic']);
  });

  it('keeps no error, no cut stream, no refusal, no answer cut short, and no tool call unless told to', async (t) => {
    const { providers, chat } = await start(t);
    const never: readonly (readonly [string, object, object])[] = [
      [
        'length',
        ask('faq', { seed: 1 }),
        { choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'length' }] },
      ],
      [
        'filter',
        ask('faq', { seed: 2 }),
        { choices: [{ index: 0, message: { role: 'assistant', content: 'x' }, finish_reason: 'content_filter' }] },
      ],
      [
        'refusal',
        ask('faq', { seed: 3 }),
        {
          choices: [{ index: 0, message: { role: 'assistant', content: null, refusal: 'no' }, finish_reason: 'stop' }],
        },
      ],
    ];
    for (const [name, body, answer] of never) {
      providers.openai.enqueue({
        body: {
          id: 'x',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
          ...answer,
        },
      });
      assert.equal((await chat(body)).status, 200, name);
      assert.equal(says(await chat(body)), 'miss', name);
    }
    const tools = ask('faq', { seed: 4 });
    providers.openai.enqueue(OPENAI.toolCall);
    await chat(tools);
    assert.equal(says(await chat(tools)), 'miss', 'tool call');
    const cut = ask('faq', { stream: true, seed: 5 });
    providers.openai.enqueue({ chunks: [...OPENAI.firstContent, 'cut'] });
    assert.match((await chat(cut)).text, /stream_interrupted/);
    assert.equal(says(await chat(cut)), 'miss', 'cut');
    const other = await start(t, 'mode: exact, ttl: 1h, keepToolCalls: true');
    other.providers.openai.enqueue(OPENAI.toolCall);
    await other.chat(tools);
    const again = await other.chat(tools);
    assert.equal(says(again), 'hit');
    assert.equal(again.json.choices[0].message.tool_calls[0].function.name, 'get_weather');
  });

  it('obeys refresh, bypass, neverWhen and maxTemperature', async (t) => {
    const { providers, chat } = await start(
      t,
      'mode: exact, ttl: 1h, maxTemperature: 1, neverWhen: { metadata: { realtime: ["true"] }, hasTools: true }',
    );
    await chat(ask('faq'));
    assert.equal(says(await chat(ask('faq'), { 'x-signalbox-cache': 'bypass' })), 'bypass');
    assert.equal(providers.openai.requests.length, 2);
    assert.equal(says(await chat(ask('faq'), { 'x-signalbox-cache': 'refresh' })), 'refresh');
    assert.equal(providers.openai.requests.length, 3);
    assert.equal(says(await chat(ask('faq'))), 'hit');
    assert.equal(says(await chat(ask('faq', { temperature: 1.2 }))), 'off');
    assert.equal(says(await chat(ask('faq'), { 'x-signalbox-metadata': '{"realtime":"true"}' })), 'off');
    const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }];
    assert.equal(says(await chat(ask('faq', { tools }))), 'off');
    assert.equal(says(await chat(ask('live'))), 'off');
    for (let times = 0; times < 2; times++) assert.equal(says(await chat(ask('now'))), 'off', 'its tag forbids it');
  });

  it('takes the cache headers of other gateways where they are obeyed, in seconds, behind the consumer', async (t) => {
    const { chat } = await start(t);
    const plain = ask('other');
    for (const headers of [{ 'cf-aig-cache-ttl': '60' }, { 'x-portkey-cache': 'simple' }]) {
      const body = { ...plain, seed: Object.keys(headers)[0] === 'cf-aig-cache-ttl' ? 1 : 2 };
      assert.deepEqual([says(await chat(body, headers)), says(await chat(body, headers))], ['miss', 'hit']);
      assert.equal(says(await chat(body, { ...headers, authorization: `Bearer ${KEYS.team}` })), 'miss');
      assert.equal(says(await chat(body)), 'off');
    }
    assert.equal(
      says(await chat({ ...plain, seed: 1 }, { 'cf-aig-cache-ttl': '60', 'cf-aig-skip-cache': 'true' })),
      'bypass',
    );
    const force = { 'x-portkey-cache': 'simple', 'x-portkey-cache-force-refresh': 'true' };
    assert.equal(says(await chat({ ...plain, seed: 2 }, force)), 'refresh');
    for (const model of ['live', 'now', 'now'])
      assert.equal(says(await chat(ask(model), { 'cf-aig-cache-ttl': '60' })), 'off', 'policy says off');
    for (const headers of [
      { 'cf-aig-cache-ttl': '1.5' },
      { 'x-portkey-cache': 'often' },
      { 'cf-aig-skip-cache': 'yes' },
    ]) {
      assert.equal((await chat(plain, headers)).json.error.code, 'invalid_header');
    }
  });
});

describe('single flight', () => {
  it('a thousand identical requests at once are one call', async (t) => {
    const gate = Promise.withResolvers<void>();
    const { providers, chat } = await start(t);
    providers.openai.otherwise({ ...OPENAI.whole, before: { wait: gate.promise } });
    const answers = Array.from({ length: 1000 }, () => chat(ask('faq')));
    await providers.openai.whenRequested(1);
    gate.resolve();
    const done = await Promise.all(answers);
    assert.equal(providers.openai.requests.length, 1);
    assert.ok(done.every(({ status, json }) => status === 200 && json.choices[0].message.content === 'Hi there'));
    const counts = Map.groupBy(done, says);
    assert.equal(counts.get('miss')?.length, 1);
    assert.equal((counts.get('shared')?.length ?? 0) + (counts.get('hit')?.length ?? 0), 999);
  });

  it('whoever began a call may hang up before its answer: the others get it, and it is kept', async (t) => {
    const gate = Promise.withResolvers<void>();
    const { providers, gateway, chat } = await start(t);
    providers.openai.otherwise({ ...OPENAI.whole, before: { wait: gate.promise } });
    const controller = new AbortController();
    const leader = fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(ask('faq')),
      signal: controller.signal,
    });
    await providers.openai.whenRequested(1);
    const others = Array.from({ length: 20 }, () => chat(ask('faq')));
    await until(async () => {
      const status = (await (await fetch(`${gateway.url}/admin/status`)).json()) as {
        readonly counts: { readonly inFlight: number };
      };
      return status.counts.inFlight >= 21;
    });
    controller.abort();
    await assert.rejects(leader, { name: 'AbortError' });
    gate.resolve();
    for (const { status, json } of await Promise.all(others)) {
      assert.deepEqual([status, json.choices[0].message.content], [200, 'Hi there']);
    }
    assert.equal(providers.openai.requests.length, 1);
    assert.equal(says(await chat(ask('faq'))), 'hit');
  });

  it('streams are shared from their beginning, in each reader’s dialect, and whoever began may hang up', async (t) => {
    const gate = Promise.withResolvers<void>();
    const { providers, gateway, chat } = await start(t);
    const frames = OPENAI.stream.chunks ?? [];
    providers.openai.otherwise({ chunks: [...OPENAI.firstContent, { wait: gate.promise }, ...frames.slice(2)] });
    const controller = new AbortController();
    const body = { ...ask('faq', { max_tokens: 50 }), stream: true };
    const leader = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      body: JSON.stringify(body),
      signal: controller.signal,
    });
    await leader.body?.getReader().read();
    const claude = { model: 'faq', max_tokens: 50, messages: [{ role: 'user', content: 'Hello' }] };
    const others = [
      chat(body),
      post(gateway, '/v1/messages', { ...claude, stream: true }),
      post(gateway, '/v1/messages', claude),
    ];
    // A seat is taken as soon as the headers are there.
    const seated = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body: JSON.stringify(body) });
    assert.equal(says(seated), 'shared');
    controller.abort();
    gate.resolve();
    const [openai, streamed, whole] = await Promise.all(others);
    assert.match(await seated.text(), /there[\s\S]*\[DONE\]/);
    assert.match(openai?.text ?? '', /Hi[\s\S]*there[\s\S]*\[DONE\]/);
    assert.match(streamed?.text ?? '', /there[\s\S]*message_stop/);
    assert.equal(whole?.json.content[0].text, 'Hi there');
    assert.equal(providers.openai.requests.length, 1);
    assert.equal(says(await chat(body)), 'hit');
  });

  it('a call that nobody waits for any more is given up', async (t) => {
    const { providers, gateway } = await start(t);
    providers.openai.otherwise({ chunks: [...OPENAI.firstContent, 'hang'] });
    const controllers = [new AbortController(), new AbortController()];
    for (const { signal } of controllers) {
      const body = JSON.stringify({ ...ask('faq'), stream: true });
      const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', body, signal });
      await response.body?.getReader().read();
    }
    controllers[0]?.abort();
    controllers[1]?.abort();
    await providers.openai.whenAborted(1);
    assert.equal(providers.openai.requests.length, 1);
  });

  it('a provider’s failure is everybody’s, and nothing is kept', async (t) => {
    const gate = Promise.withResolvers<void>();
    const { providers, chat } = await start(t);
    providers.openai.otherwise({ ...OPENAI.error(500), before: { wait: gate.promise } });
    providers.anthropic.otherwise(ANTHROPIC.error(500));
    providers.gemini.otherwise({ status: 500, body: '{}' });
    const answers = [1, 2, 3].map(() => chat(ask('faq')));
    await providers.openai.whenRequested(1);
    gate.resolve();
    const done = await Promise.all(answers);
    assert.ok(done.every(({ json }) => json.error.code === 'chain_exhausted'));
    providers.openai.otherwise(OPENAI.whole);
    assert.equal(says(await chat(ask('faq'))), 'miss');
  });
});

describe('old answers', () => {
  it('are given while a new one is fetched, as a request of its own', async (t) => {
    const { providers, gateway, chat } = await start(t, 'mode: exact, ttl: 1ms, staleWhileRevalidate: 1h');
    await chat(ask('faq'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    const stale = await chat(ask('faq'));
    assert.equal(says(stale), 'stale');
    assert.equal(stale.headers.get('x-signalbox-cost-usd'), '0.000000');
    await providers.openai.whenRequested(2);
    await gateway.close(5000);
    assert.equal(providers.openai.requests.length, 2);
  });

  it('stand in while every provider is down, marked as old', async (t) => {
    const { providers, chat } = await start(t, 'mode: exact, ttl: 1ms, staleIfError: 1h');
    const first = await chat(ask('faq'));
    for (const { otherwise } of [providers.openai, providers.anthropic, providers.gemini])
      otherwise({ status: 503, body: '{}' });
    await new Promise((resolve) => setTimeout(resolve, 5));
    const stale = await chat(ask('faq'));
    assert.deepEqual([stale.status, says(stale)], [200, 'stale']);
    assert.deepEqual(stale.json, first.json);
    assert.equal((await chat(ask('faq', { seed: 1 }))).status, 503);
    providers.openai.otherwise(OPENAI.whole);
    assert.equal(says(await chat(ask('faq'))), 'miss');
  });
});

describe('the account of a kept answer', () => {
  it('stands in the record, the usage ledger and the metrics', async (t) => {
    const { gateway, chat } = await start(t);
    const first = await chat(ask('faq'));
    const hit = await chat(ask('faq'));
    const id = hit.headers.get('x-signalbox-request-id');
    // biome-ignore lint/suspicious/noExplicitAny: bodies are looked into freely
    const read = async (path: string): Promise<any> => (await fetch(`${gateway.url}${path}`)).json();
    const record = await read(`/admin/records/${id}`);
    assert.equal(record.facts.cache.result, 'hit');
    assert.equal(record.facts.cache.savedMicroUsd, Math.round(Number(first.headers.get('x-signalbox-cost-usd')) * 1e6));
    assert.equal(record.outcome.costMicroUsd, 0);
    const usage = await read('/admin/usage');
    assert.deepEqual([record.outcome.cache, record.outcome.savedMicroUsd], ['hit', record.facts.cache.savedMicroUsd]);
    assert.equal(usage.totals.savedMicroUsd, record.facts.cache.savedMicroUsd);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    assert.match(metrics, /signalbox_cache_requests_total\{[^}]*signalbox_cache="hit"[^}]*\} 1/);
  });
});
