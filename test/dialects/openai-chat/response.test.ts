import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Choice, GatewayError, type JsonObject, type NeutralResponse, NO_USAGE, type Usage } from '#core';
import { dialectOf } from '#dialects';
import { callerWith } from './target.ts';

const dialect = dialectOf('openai-chat')!;

function readChoice(choice: JsonObject): Choice {
  const response = dialect.readResponse({ id: 'x', model: 'm', choices: [{ index: 0, ...choice }] });
  assert.ok('choices' in response, 'an answer was read');
  return response.choices[0]!;
}

describe('an answer is read', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'f', arguments: '' } };
  const cases: readonly [string, JsonObject, Choice['content'], Choice['finish']][] = [
    [
      'with text',
      { message: { content: 'Hi' }, finish_reason: 'stop' },
      [{ kind: 'text', text: 'Hi' }],
      { reason: 'stop', raw: 'stop' },
    ],
    [
      'with a forced tool call that ended in stop',
      { message: { content: null, tool_calls: [call] }, finish_reason: 'stop' },
      [{ kind: 'tool-call', id: 'c1', name: 'f', arguments: '' }],
      { reason: 'tool-calls', raw: 'stop' },
    ],
    [
      'with a call that has no id and arguments as an object',
      { message: { tool_calls: [{ function: { name: 'f', arguments: { a: 1 } } }] }, finish_reason: 'tool_calls' },
      [{ kind: 'tool-call', id: 'call_0', name: 'f', arguments: '{"a":1}' }],
      { reason: 'tool-calls', raw: 'tool_calls' },
    ],
    [
      'with the older function call',
      { message: { function_call: { name: 'f', arguments: '{}' } }, finish_reason: 'function_call' },
      [{ kind: 'tool-call', id: 'call_0', name: 'f', arguments: '{}' }],
      { reason: 'tool-calls', raw: 'function_call' },
    ],
    [
      'with a refusal',
      { message: { content: null, refusal: 'No.' }, finish_reason: 'stop' },
      [{ kind: 'refusal', text: 'No.' }],
      { reason: 'refusal', raw: 'stop' },
    ],
    [
      'with reasoning_content',
      { message: { reasoning_content: 'hm', content: 'Hi' }, finish_reason: 'length' },
      [
        { kind: 'reasoning', text: 'hm' },
        { kind: 'text', text: 'Hi' },
      ],
      { reason: 'length', raw: 'length' },
    ],
    [
      'with reasoning told twice',
      {
        message: { reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm' }], content: 'Hi' },
        finish_reason: 'eos',
      },
      [
        { kind: 'reasoning', text: 'hm' },
        { kind: 'text', text: 'Hi' },
      ],
      { reason: 'stop', raw: 'eos' },
    ],
    [
      'with Mistral’s thinking',
      {
        message: {
          content: [
            { type: 'thinking', thinking: [{ type: 'text', text: 'hm' }] },
            { type: 'text', text: 'Hi' },
          ],
        },
        finish_reason: 'model_length',
      },
      [
        { kind: 'reasoning', text: 'hm' },
        { kind: 'text', text: 'Hi' },
      ],
      { reason: 'context-window', raw: 'model_length' },
    ],
    [
      'with an unknown finish, kept',
      { message: { content: 'Hi' }, finish_reason: 'tired' },
      [{ kind: 'text', text: 'Hi' }],
      { reason: 'other', raw: 'tired' },
    ],
    [
      'with a filtered answer',
      { message: { content: '' }, finish_reason: 'content_filter' },
      [],
      { reason: 'content-filter', raw: 'content_filter' },
    ],
    [
      'with spoken audio, by its transcript',
      { message: { content: null, audio: { id: 'a', data: 'AA', transcript: 'Hi' } }, finish_reason: 'stop' },
      [
        { kind: 'text', text: 'Hi' },
        { kind: 'opaque', dialect: 'openai-chat', type: 'audio', value: { id: 'a', data: 'AA', transcript: 'Hi' } },
      ],
      { reason: 'stop', raw: 'stop' },
    ],
    [
      'with a generated picture',
      {
        message: { content: null, images: [{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } }] },
        finish_reason: 'stop',
      },
      [{ kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } }],
      { reason: 'stop', raw: 'stop' },
    ],
  ];
  for (const [name, choice, content, finish] of cases) {
    test(name, () => assert.deepEqual(readChoice(choice), { index: 0, content, finish }));
  }
  const broken: readonly [string, unknown, string][] = [
    ['no object', 'ok', 'malformed'],
    ['no choices', { id: 'x' }, 'malformed'],
    ['an empty list of choices', { choices: [] }, 'malformed'],
    ['an error with a status', { error: { code: 429, message: 'slow down' } }, 'rate-limit'],
    ['an error in words', { error: { type: 'server_error', message: 'oops' } }, 'server-error'],
    ['an error as a text', { error: 'oops' }, 'stream-error'],
  ];
  for (const [name, body, reason] of broken) {
    test(`${name} in a 200 is ${reason}`, () => {
      const read = dialect.readResponse(body);
      assert.equal('reason' in read ? read.reason : 'an answer', reason);
    });
  }
});

describe('usage is split into disjoint classes', () => {
  const cases: readonly [string, JsonObject | undefined, Partial<Usage> | undefined][] = [
    ['plain', { prompt_tokens: 10, completion_tokens: 5 }, { input: 10, output: 5 }],
    [
      'cached',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } },
      { input: 6, cacheRead: 4, output: 5 },
    ],
    [
      'DeepSeek’s cache',
      { prompt_tokens: 10, completion_tokens: 5, prompt_cache_hit_tokens: 4 },
      { input: 6, cacheRead: 4, output: 5 },
    ],
    [
      'Moonshot’s cache',
      { prompt_tokens: 10, completion_tokens: 5, cached_tokens: 4 },
      { input: 6, cacheRead: 4, output: 5 },
    ],
    [
      'OpenRouter’s cache writes',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 1, cache_write_tokens: 4 } },
      { input: 5, cacheRead: 1, cacheWrite: 4, output: 5 },
    ],
    [
      'reasoning inside the completion',
      { prompt_tokens: 1, completion_tokens: 9, total_tokens: 10, completion_tokens_details: { reasoning_tokens: 4 } },
      { input: 1, output: 5, reasoning: 4 },
    ],
    [
      'reasoning on top of it (xAI)',
      {
        prompt_tokens: 1,
        completion_tokens: 2,
        total_tokens: 103,
        completion_tokens_details: { reasoning_tokens: 100 },
      },
      { input: 1, output: 2, reasoning: 100 },
    ],
    [
      'audio',
      {
        prompt_tokens: 10,
        completion_tokens: 9,
        prompt_tokens_details: { audio_tokens: 6 },
        completion_tokens_details: { audio_tokens: 7 },
      },
      { input: 4, audioInput: 6, output: 2, audioOutput: 7 },
    ],
    [
      'details that exceed the total',
      { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 90 } },
      { input: 0, cacheRead: 10, output: 5 },
    ],
    ['zero, which is not none', { prompt_tokens: 0, completion_tokens: 0 }, {}],
    ['none', undefined, undefined],
  ];
  for (const [name, usage, expected] of cases) {
    test(name, () => assert.deepEqual(dialect.readUsage({ usage }), expected && { ...NO_USAGE, ...expected }));
  }
});

describe('an answer is written', () => {
  const response: NeutralResponse = {
    id: 'msg_1',
    model: 'claude-sonnet-4-5',
    choices: [{ index: 0, content: [{ kind: 'text', text: 'Hi' }], finish: { reason: 'stop', raw: 'end_turn' } }],
    usage: { ...NO_USAGE, input: 1, cacheRead: 2, cacheWrite: 3, cacheWrite1h: 4, output: 5, reasoning: 6 },
    extra: {},
  };
  test('with a total that is the sum, cached tokens included', () => {
    assert.deepEqual(dialect.writeResponse(response, callerWith()), {
      id: 'msg_1',
      object: 'chat.completion',
      created: 1_790_000_000,
      model: 'claude-sonnet-4-5',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hi', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: {
        prompt_tokens: 10,
        completion_tokens: 11,
        total_tokens: 21,
        prompt_tokens_details: { cached_tokens: 2, audio_tokens: 0, cache_write_tokens: 7 },
        completion_tokens_details: { reasoning_tokens: 6, audio_tokens: 0 },
      },
    });
  });
  const finishes: readonly [Choice['finish'], string, string | undefined][] = [
    [{ reason: 'stop-sequence', raw: 'stop_sequence' }, 'stop', 'stop_sequence'],
    [{ reason: 'length', raw: 'MAX_TOKENS' }, 'length', undefined],
    [{ reason: 'tool-calls', raw: 'STOP' }, 'tool_calls', undefined],
    [{ reason: 'content-filter', raw: 'SAFETY' }, 'content_filter', undefined],
    [{ reason: 'refusal', raw: 'refusal' }, 'content_filter', 'refusal'],
    [{ reason: 'context-window', raw: 'model_context_window_exceeded' }, 'length', 'model_context_window_exceeded'],
    [{ reason: 'malformed-tool-call', raw: 'MALFORMED_FUNCTION_CALL' }, 'length', 'MALFORMED_FUNCTION_CALL'],
    [{ reason: 'other', raw: 'OTHER' }, 'stop', 'OTHER'],
  ];
  for (const [finish, word, native] of finishes) {
    test(`${finish.raw} is ${word}`, () => {
      const written = dialect.writeResponse(
        { ...response, choices: [{ ...response.choices[0]!, finish }] },
        callerWith(),
      );
      const [choice] = written.choices as JsonObject[];
      assert.deepEqual([choice?.finish_reason, choice?.native_finish_reason], [word, native]);
    });
  }
  test('with signed reasoning, tool signatures and pictures that read back the same', () => {
    const content: Choice['content'] = [
      { kind: 'reasoning', text: 'hm', signature: 's1' },
      { kind: 'reasoning', text: '', redacted: 'r1' },
      { kind: 'text', text: 'Hi' },
      { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'AA' } },
      { kind: 'tool-call', id: 'c', name: 'f', arguments: '{}', signature: 's2' },
    ];
    const written = dialect.writeResponse(
      { ...response, choices: [{ index: 0, content, finish: { reason: 'tool-calls' } }] },
      callerWith(),
    );
    const back = dialect.readResponse(written);
    assert.deepEqual('choices' in back && back.choices[0]?.content, content);
  });
  test('with function_call for a caller of the older form', () => {
    const content: Choice['content'] = [{ kind: 'tool-call', id: 'c', name: 'f', arguments: '' }];
    const written = dialect.writeResponse(
      { ...response, choices: [{ index: 0, content, finish: { reason: 'tool-calls' } }] },
      callerWith({ legacyFunctions: true }),
    );
    assert.deepEqual(written.choices, [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, function_call: { name: 'f', arguments: '{}' } },
        logprobs: null,
        finish_reason: 'function_call',
      },
    ]);
  });
});

describe('an error is classified', () => {
  const error = (fields: JsonObject) => JSON.stringify({ error: { message: 'm', ...fields } });
  const cases: readonly [number, string, string, boolean][] = [
    [400, error({ code: 'context_length_exceeded' }), 'context-overflow', false],
    [400, error({ message: 'This model’s maximum context length is 100 tokens.' }), 'context-overflow', false],
    [400, error({ message: 'prompt too long; exceeded max context length by 9 tokens' }), 'context-overflow', false],
    [400, error({ type: 'too_many_prompt_tokens', code: 400 }), 'context-overflow', false],
    [
      400,
      error({ code: 'content_filter', innererror: { code: 'ResponsibleAIPolicyViolation' } }),
      'content-filter',
      false,
    ],
    [400, error({ code: 'unsupported_parameter' }), 'invalid-request', false],
    [400, '{"message":"bad","object":"error"}', 'invalid-request', false],
    [422, '{"detail":[{"msg":"field required"}]}', 'invalid-request', false],
    [400, '<html>Bad Request</html>', 'malformed', true],
    [404, '', 'malformed', true],
    [401, error({ code: 'invalid_api_key' }), 'auth', true],
    [403, '', 'auth', true],
    [403, error({ message: 'flagged', metadata: { reasons: ['violence'] } }), 'content-filter', false],
    [404, error({ code: 'model_not_found' }), 'auth', true],
    [404, error({ code: 'DeploymentNotFound' }), 'auth', true],
    [404, error({ code: 'not_found' }), 'invalid-request', false],
    [429, error({ code: 'rate_limit_exceeded' }), 'rate-limit', false],
    [429, error({ code: 'insufficient_quota' }), 'rate-limit', true],
    [402, error({}), 'rate-limit', true],
    [413, error({ code: 'rate_limit_exceeded' }), 'rate-limit', true],
    [408, '', 'timeout', false],
    [504, '<html>', 'timeout', false],
    [409, error({}), 'server-error', false],
    [500, error({ type: 'server_error' }), 'server-error', false],
    [502, '<html>Bad Gateway</html>', 'server-error', false],
    [529, '', 'server-error', false],
  ];
  for (const [status, body, reason, noRetry] of cases) {
    test(`${status} ${body.slice(0, 60)} is ${reason}`, () => {
      const failure = dialect.readError(status, {}, body);
      assert.deepEqual([failure.reason, failure.noRetry], [reason, noRetry]);
      assert.ok(failure.message.length > 0, 'there is a message');
      assert.ok(!failure.message.includes('<'), 'a page is not quoted');
    });
  }
  test('with the wait the provider asks for', () => {
    assert.equal(dialect.readError(429, { 'retry-after': '3' }, '').retryAfterMs, 3000);
  });
  test('is written with our code, the hint, the field and the trail', () => {
    const attempts = [{ target: 'premium/gpt', outcome: 'rate-limit', status: 429 }];
    const failure = new GatewayError('chain_exhausted', 'Every target failed.', {
      status: 429,
      attempts,
      hint: 'Wait.',
    });
    assert.deepEqual(dialect.writeError(failure, 'req_1'), {
      error: {
        message: 'Every target failed.',
        type: 'rate_limit_error',
        param: null,
        code: 'chain_exhausted',
        hint: 'Wait.',
        attempts,
        request_id: 'req_1',
      },
    });
  });
});
