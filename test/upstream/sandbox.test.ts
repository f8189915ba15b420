import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import Ajv2020 from 'ajv/dist/2020.js';
import { createCancellation, type ExecuteCall, type Upstream } from '../../src/upstream/index.ts';
import { sampleOf } from '../../src/upstream/sandbox/sample-schema.ts';
import { type CallFields, callOf, failureOf, HELLO, planOf, planTarget, take, trailOf, upstreamOf } from './harness.ts';

const STREAM = { ...HELLO, stream: true };
const TOOLS = [
  {
    type: 'function',
    function: {
      name: 'get_weather',
      parameters: {
        type: 'object',
        properties: { city: { type: 'string' }, days: { type: 'integer' } },
        required: ['city'],
      },
    },
  },
];

describe('the sandbox', () => {
  let upstream: Upstream;

  before(() => {
    upstream = upstreamOf();
  });
  after(() => upstream.close());

  const sandbox = (id = 'premium/sandbox', fields: object = {}) =>
    planTarget(id, { url: 'sandbox:local', dialect: 'sandbox', target: { upstreamModel: 'echo' }, ...fields });
  const directive = (text: string, more: CallFields = {}): CallFields => ({ metadata: { sandbox: text }, ...more });

  async function answer(fields: CallFields = {}, targets = [sandbox()]) {
    const executed = await upstream.execute(callOf(planOf(targets), fields));
    assert.ok(executed.kind === 'json', executed.kind === 'failed' ? executed.error.message : executed.kind);
    const [choice] = executed.response?.choices ?? [];
    assert.ok(choice !== undefined);
    const text = choice.content.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    return { executed, choice, text };
  }

  async function failure(fields: CallFields, target = sandbox()) {
    return failureOf(await upstream.execute(callOf(planOf([target]), fields)));
  }

  it('echoes the last user message, labelled, the same each time', async () => {
    const first = await answer();
    assert.match(first.text, /^\[sandbox\] echo heard: Hello \(\d+ input tokens, no provider was called\)$/);
    assert.equal((await answer()).text, first.text);
    assert.ok(first.executed.usage.input > 0 && first.executed.usage.output > 0);
    assert.equal(first.executed.estimated, false);
  });

  it('streams the same answer word by word', async () => {
    const { text } = await answer();
    const { events, end } = await take(await upstream.execute(callOf(planOf([sandbox()]), { body: STREAM })));
    const deltas = events.flatMap((event) => (event.kind === 'text-delta' ? [event.text] : []));
    assert.equal(deltas.join(''), text);
    assert.equal(deltas.length, text.split(' ').length);
    assert.equal(end.complete, true);
    assert.ok(end.usage.output > 0);
  });

  it('answers callers of every dialect', async () => {
    const { text } = await answer({
      dialect: 'anthropic-messages',
      endpoint: 'messages',
      body: { ...HELLO, max_tokens: 100 },
    });
    assert.match(text, /heard: Hello/);
  });

  it('calls a tool when the message says so, and quotes its result', async () => {
    const ask = { model: 'm', tools: TOOLS, messages: [{ role: 'user', content: 'Please call get_weather.' }] };
    const called = await answer({ body: ask });
    const [call] = called.choice.content;
    assert.ok(call?.kind === 'tool-call' && call.name === 'get_weather');
    assert.deepEqual(JSON.parse(call.arguments), { city: 'Please call get_weather.', days: 1 });
    assert.equal(called.choice.finish.reason, 'tool-calls');
    const messages = [
      ...ask.messages,
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: call.id, type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: call.id, content: 'sunny' },
    ];
    const told = await answer({ body: { ...ask, messages } });
    assert.match(told.text, /got from the tool: sunny/);
    const plain = await answer({ body: { ...ask, messages: HELLO.messages } });
    assert.equal(plain.choice.finish.reason, 'stop');
    const forced = await answer({ body: { ...ask, messages: HELLO.messages, tool_choice: 'required' } });
    assert.equal(forced.choice.finish.reason, 'tool-calls');
  });

  it('streams a tool call', async () => {
    const body = { ...STREAM, tools: TOOLS, messages: [{ role: 'user', content: 'call get_weather' }] };
    const { events, end } = await take(await upstream.execute(callOf(planOf([sandbox()]), { body })));
    assert.ok(events.some((event) => event.kind === 'part-start' && event.part.kind === 'tool-call'));
    assert.equal(end.finish, 'tool-calls');
  });

  it('gives JSON in JSON mode, and what a schema asks for', async () => {
    const { text } = await answer({ body: { ...HELLO, response_format: { type: 'json_object' } } });
    assert.equal(JSON.parse(text).echo, 'Hello');
    const schema = {
      type: 'object',
      properties: { ok: { type: 'boolean' }, tags: { type: 'array', items: { enum: ['a', 'b'] } } },
      required: ['ok'],
    };
    const format = { type: 'json_schema', json_schema: { name: 'x', schema } };
    const shaped = await answer({ body: { ...HELLO, response_format: format } });
    assert.deepEqual(JSON.parse(shaped.text), { ok: true, tags: ['a'] });
  });

  it('keeps the output cap and stop sequences', async () => {
    const capped = await answer({ body: { ...HELLO, max_tokens: 5 } });
    assert.equal(capped.choice.finish.reason, 'length');
    assert.ok(capped.executed.usage.output <= 5);
    const byPolicy = await answer({}, [
      sandbox('premium/sandbox', { target: { upstreamModel: 'echo', maxOutputTokens: 3 } }),
    ]);
    assert.equal(byPolicy.choice.finish.reason, 'length');
    const stopped = await answer({ body: { ...HELLO, stop: ['heard'] } });
    assert.equal(stopped.text, '[sandbox] echo ');
    assert.equal(stopped.choice.finish.reason, 'stop-sequence');
  });

  for (const [text, outcome] of [
    ['fail:500', 'server-error 500'],
    ['fail:401', 'auth 401'],
    ['rate-limit:2s', 'rate-limit 429'],
    ['malformed', 'malformed 200'],
    ['html', 'malformed 200'],
    ['empty', 'malformed 200'],
    ['reset', 'network'],
    ['context-overflow', 'context-overflow 400'],
    ['content-filter', 'content-filter 400'],
    ['cut-after:0', 'network 200'],
    ['error-after:0', 'server-error 200'],
  ] as const) {
    it(`with ${text} fails as ${outcome}, and falls back`, async () => {
      const gone = await failure(directive(text, { body: STREAM }));
      assert.deepEqual(trailOf(gone.attempts), [`premium/sandbox ${outcome}`]);
    });
  }

  it('tells how long to wait when it limits the rate', async () => {
    assert.equal((await failure(directive('rate-limit:2s'))).attempts[0]?.retryAfterMs, 2000);
    assert.equal((await failure(directive('rate-limit'))).attempts[0]?.retryAfterMs, 1000);
  });

  it('fails so many attempts, then answers: retries can be watched', async () => {
    const { executed } = await answer(directive('fail:503 x2'), [sandbox('premium/sandbox', { retries: 5 })]);
    assert.deepEqual(trailOf(executed.attempts), [
      'premium/sandbox server-error 503',
      'premium/sandbox server-error 503',
      'premium/sandbox ok 200',
    ]);
  });

  it('takes directives for one attempt, and for one target', async () => {
    const targets = [sandbox('premium/a', { retries: 1 }), sandbox('premium/b')];
    const metadata = { sandbox: '@1 fail:500', 'sandbox@premium/a': 'fail:503' };
    const { executed } = await answer({ metadata }, targets);
    assert.deepEqual(trailOf(executed.attempts), [
      'premium/a server-error 503',
      'premium/a server-error 503',
      'premium/b ok 200',
    ]);
  });

  it('is cut off by the timeouts of its target like any provider', async () => {
    const timeouts = { firstTokenMs: 40, idleMs: 40, totalMs: 2000 };
    const target = sandbox('premium/sandbox', { timeouts });
    assert.deepEqual(trailOf((await failure(directive('hang', { body: STREAM }), target)).attempts), [
      'premium/sandbox timeout',
    ]);
    assert.deepEqual(trailOf((await failure(directive('slow:5s', { body: STREAM }), target)).attempts), [
      'premium/sandbox timeout 200',
    ]);
    const silent = await take(
      await upstream.execute(callOf(planOf([target]), directive('hang-after:2', { body: STREAM }))),
    );
    assert.equal(silent.end.attempt.outcome, 'timeout');
  });

  for (const text of ['cut-after:3', 'error-after:3']) {
    it(`with ${text} breaks behind content, and ends with an explicit error`, async () => {
      const { events, end } = await take(
        await upstream.execute(callOf(planOf([sandbox()]), directive(text, { body: STREAM }))),
      );
      assert.equal(events.filter((event) => event.kind === 'text-delta').length, 3);
      assert.equal(end.error?.code, 'stream_interrupted');
      assert.equal(end.complete, false);
    });
  }

  it('is slow where asked, and not slower', async () => {
    const { executed } = await answer(directive('slow:60ms'));
    const took = executed.attempts[0];
    assert.ok((took?.endedMs ?? 0) - (took?.startedMs ?? 0) >= 58);
  });

  it('answers whole to a stream and streams to a whole answer, where asked', async () => {
    const whole = await take(await upstream.execute(callOf(planOf([sandbox()]), directive('json', { body: STREAM }))));
    assert.equal(whole.end.complete, true);
    assert.match((await answer(directive('stream'))).text, /heard: Hello/);
  });

  it('leaves the usage out, so that the gateway counts', async () => {
    const { executed } = await answer(directive('no-usage, words:40'));
    assert.equal(executed.estimated, true);
    assert.ok(executed.usage.output > 40);
  });

  it('names a directive it does not know, and those it does', async () => {
    const { error } = await failure(directive('fial:500'));
    assert.equal(error.code, 'upstream_rejected');
    assert.equal(error.status, 400);
    assert.match(error.message, /`fial` is no directive of the sandbox; it knows fail, rate-limit/);
    assert.match((await failure(directive('fail:200'))).error.message, /`fail` takes a status from 400 to 599/);
    assert.match((await failure(directive('slow:3'))).error.message, /`slow` takes a duration, such as slow:500ms/);
  });

  it('stops when its caller hangs up', async () => {
    const cancellation = createCancellation();
    const call: ExecuteCall = callOf(planOf([sandbox()]), directive('hang', { cancellation }));
    const executing = upstream.execute(call);
    cancellation.cancel();
    assert.equal((await executing).kind, 'cancelled');
  });

  it('waits for a slow reader', async () => {
    const executed = await upstream.execute(callOf(planOf([sandbox()]), directive('words:500', { body: STREAM })));
    assert.ok(executed.kind === 'stream');
    let resume = () => {};
    let batches = 0;
    const blocked = Promise.withResolvers<void>();
    const over = executed.stream.start({
      bytes: () => true,
      events: () => {
        batches += 1;
        if (batches === 5) blocked.resolve();
        return batches !== 5;
      },
      onDrain: (listener) => {
        resume = listener;
      },
    });
    await blocked.promise;
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal(batches, 5);
    resume();
    assert.equal((await over).complete, true);
  });

  for (const [name, schema] of Object.entries({
    'nested objects': {
      type: 'object',
      properties: { a: { type: 'object', properties: { b: { type: 'number', minimum: 3 } }, required: ['b'] } },
      required: ['a'],
    },
    references: {
      $defs: {
        node: {
          type: 'object',
          properties: {
            name: { type: 'string', minLength: 3 },
            next: { anyOf: [{ type: 'null' }, { $ref: '#/$defs/node' }] },
          },
          required: ['name', 'next'],
        },
      },
      $ref: '#/$defs/node',
    },
    formats: {
      type: 'object',
      properties: { at: { type: 'string', format: 'date-time' }, who: { type: ['string', 'null'], maxLength: 4 } },
      required: ['at', 'who'],
    },
    unions: {
      oneOf: [{ type: 'object', properties: { kind: { const: 'a' } }, required: ['kind'] }, { type: 'string' }],
    },
    lists: { type: 'array', minItems: 2, items: { type: 'boolean' } },
    parts: { allOf: [{ type: 'object', properties: { x: { type: 'integer', maximum: 0 } }, required: ['x'] }] },
  })) {
    it(`makes valid values for schemas with ${name}`, () => {
      const ajv = new Ajv2020.default({ strict: false, validateFormats: false });
      const validate = ajv.compile(schema);
      assert.ok(validate(sampleOf(schema, 'some text')), JSON.stringify(validate.errors));
    });
  }
});
