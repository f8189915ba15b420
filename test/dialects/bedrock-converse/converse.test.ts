import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  GatewayError,
  type JsonObject,
  type NeutralEvent,
  type NeutralRequest,
  type NeutralResponse,
  NO_USAGE,
  type StreamError,
} from '#core';
import { collectEvents, dialectOf, responseEvents } from '#dialects';
import { encodeAwsMessage } from '../../../src/dialects/aws-frames.ts';
import { bedrockConverse as dialect } from '../../../src/dialects/bedrock-converse/index.ts';
import { cutBytes } from '../../support/cut-bytes.ts';
import { callerWith, targetWith } from '../openai-chat/target.ts';

const CLAUDE = 'us.anthropic.claude-sonnet-4-5-20250929-v1:0';
const NOVA = 'amazon.nova-pro-v1:0';
const context = { endpoint: 'chat' as const, pathModel: CLAUDE, pathStream: false };

function request(fields: Partial<NeutralRequest> = {}): NeutralRequest {
  const messages = [{ role: 'user' as const, content: [{ kind: 'text' as const, text: 'Hello' }] }];
  return { model: 'm', messages, tools: [], stream: false, streamUsage: true, extra: {}, ...fields };
}

function write(fields: Partial<NeutralRequest>, target: Parameters<typeof targetWith>[0] = {}) {
  return dialect.writeRequest(request(fields), targetWith({ upstreamModel: CLAUDE, ...target }));
}

function bytesOf(stream: string): Uint8Array {
  return Buffer.from(stream, 'latin1');
}

function readStream(stream: string, cuts: readonly number[] = []): readonly NeutralEvent[] {
  const framer = dialect.streamFormat?.createFramer();
  assert.ok(framer !== undefined, 'the dialect has frames of its own');
  const reader = dialect.createStreamReader();
  const frames = [...cutBytes(bytesOf(stream), cuts).flatMap((piece) => framer.push(piece)), ...framer.end()];
  return [...frames.flatMap((frame) => reader.push(frame)), ...reader.end()];
}

function frame(headers: Readonly<Record<string, string>>, body: object): string {
  return Buffer.from(encodeAwsMessage({ headers, payload: Buffer.from(JSON.stringify(body)) })).toString('latin1');
}

const event = (type: string, body: object) => frame({ ':message-type': 'event', ':event-type': type }, body);
const exception = (type: string, message: string) =>
  frame({ ':message-type': 'exception', ':exception-type': type }, { message });

function collect(events: readonly NeutralEvent[]): NeutralResponse | StreamError {
  const collector = collectEvents();
  for (const each of events) collector.push(each);
  return collector.result();
}

describe('a Converse request is written', () => {
  it('to the path of its model: ids, profiles of several regions and ARNs as one segment', () => {
    const paths = [
      ['anthropic.claude-3-haiku-20240307-v1:0', '/model/anthropic.claude-3-haiku-20240307-v1%3A0/converse'],
      [
        'global.anthropic.claude-haiku-4-5-20251001-v1:0',
        '/model/global.anthropic.claude-haiku-4-5-20251001-v1%3A0/converse',
      ],
      [
        'arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.amazon.nova-lite-v1:0',
        '/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A123456789012%3Ainference-profile%2Feu.amazon.nova-lite-v1%3A0/converse',
      ],
    ];
    for (const [upstreamModel = '', path] of paths) assert.equal(write({}, { upstreamModel }).path, path);
    assert.match(write({ stream: true }).path, /\/converse-stream$/);
  });

  it('with results of parallel calls in one turn, ahead of the rest', () => {
    const call = (id: string) => ({ kind: 'tool-call' as const, id, name: 'f', arguments: '' });
    const result = (id: string) => ({ kind: 'tool-result' as const, id, content: [] });
    const { body } = write({
      messages: [
        { role: 'user', content: [{ kind: 'text', text: 'Go' }] },
        { role: 'assistant', content: [call('a.1'), call('b:2')] },
        { role: 'user', content: [{ kind: 'text', text: 'Here' }, result('a.1')] },
        { role: 'user', content: [{ ...result('b:2'), isError: true }] },
      ],
    });
    assert.deepEqual(body.messages, [
      { role: 'user', content: [{ text: 'Go' }] },
      {
        role: 'assistant',
        content: [
          { toolUse: { toolUseId: 'a_1', name: 'f', input: {} } },
          { toolUse: { toolUseId: 'b_2', name: 'f', input: {} } },
        ],
      },
      {
        role: 'user',
        content: [
          { toolResult: { toolUseId: 'a_1', content: [] } },
          { toolResult: { toolUseId: 'b_2', content: [], status: 'error' } },
          { text: 'Here' },
        ],
      },
    ]);
    assert.deepEqual(body.toolConfig, {
      tools: [{ toolSpec: { name: 'f', inputSchema: { json: { type: 'object' } } } }],
    });
  });

  it('with cache points behind instructions, parts and tools, their lifetime kept', () => {
    const { body } = write({
      messages: [
        { role: 'system', content: [{ kind: 'text', text: 'Be kind', cache: { ttl: '1h' } }] },
        { role: 'user', content: [{ kind: 'text', text: 'Hello', cache: {} }] },
      ],
      tools: [{ kind: 'function', name: 'f', cache: {} }],
    });
    assert.deepEqual(body.system, [{ text: 'Be kind' }, { cachePoint: { type: 'default', ttl: '1h' } }]);
    assert.deepEqual(body.messages, [
      { role: 'user', content: [{ text: 'Hello' }, { cachePoint: { type: 'default' } }] },
    ]);
    assert.deepEqual((body.toolConfig as JsonObject).tools, [
      { toolSpec: { name: 'f', inputSchema: { json: { type: 'object', properties: {} } } } },
      { cachePoint: { type: 'default' } },
    ]);
  });

  it('with no cache point behind the tools of Amazon’s own models, which refuse it there, and that is told', () => {
    const messages = [{ role: 'user' as const, content: [{ kind: 'text' as const, text: 'Hello', cache: {} }] }];
    const arn = `arn:aws:bedrock:eu-west-1:123456789012:inference-profile/eu.${NOVA}`;
    for (const upstreamModel of [NOVA, `us.${NOVA}`, arn]) {
      const { body, lost } = write(
        { messages, tools: [{ kind: 'function', name: 'f', cache: { ttl: '1h' } }] },
        { upstreamModel },
      );
      assert.deepEqual((body.toolConfig as JsonObject).tools, [
        { toolSpec: { name: 'f', inputSchema: { json: { type: 'object', properties: {} } } } },
      ]);
      assert.deepEqual(body.messages, [
        { role: 'user', content: [{ text: 'Hello' }, { cachePoint: { type: 'default' } }] },
      ]);
      assert.deepEqual(lost, ['tools[0].cache_control'], upstreamModel);
    }
  });

  it('without tools where none may be called, unless the turns hold calls', () => {
    const tools = [{ kind: 'function' as const, name: 'f' }];
    assert.equal(write({ tools, toolChoice: { kind: 'none' } }).body.toolConfig, undefined);
    const messages: NeutralRequest['messages'] = [
      { role: 'user', content: [{ kind: 'text', text: 'Go' }] },
      { role: 'assistant', content: [{ kind: 'tool-call', id: 'a', name: 'f', arguments: '{}' }] },
      { role: 'user', content: [{ kind: 'tool-result', id: 'a', content: [{ kind: 'text', text: 'x' }] }] },
    ];
    const kept = write({ tools, toolChoice: { kind: 'none' }, messages });
    assert.notEqual(kept.body.toolConfig, undefined);
    assert.deepEqual(kept.lost, ['tool_choice']);
  });

  it('with documents under legal names, each once, and pictures by their format', () => {
    const document = { kind: 'document' as const, name: 'Jahr/2026 (中).pdf' };
    const source = { kind: 'base64' as const, mediaType: 'application/pdf', data: 'JVBERi0=' };
    const { body, lost } = write({
      messages: [
        {
          role: 'user',
          content: [
            { kind: 'text', text: 'Read' },
            { ...document, source },
            { ...document, source },
            { kind: 'document', source: { kind: 'text', text: 'é' } },
            { kind: 'image', source: { kind: 'base64', mediaType: 'image/jpg', data: 'AA==' } },
            { kind: 'image', source: { kind: 'url', url: 'https://example.com/x.png' } },
          ],
        },
      ],
    });
    assert.deepEqual((body.messages as JsonObject[])[0]?.content, [
      { text: 'Read' },
      { document: { format: 'pdf', name: 'Jahr-2026 (-)-pdf', source: { bytes: 'JVBERi0=' } } },
      { document: { format: 'pdf', name: 'Jahr-2026 (-)-pdf (2)', source: { bytes: 'JVBERi0=' } } },
      { document: { format: 'txt', name: 'document-3', source: { bytes: 'w6k=' } } },
      { image: { format: 'jpeg', source: { bytes: 'AA==' } } },
    ]);
    assert.deepEqual(lost, ['messages[0].content[5] (image by address)']);
  });

  it('with thinking in the words of the model’s family', () => {
    const asked = { reasoning: { effort: 'high' as const }, maxOutputTokens: 32_000, temperature: 0.2 };
    const claude = write(asked);
    assert.deepEqual(claude.body.additionalModelRequestFields, {
      thinking: { type: 'enabled', budget_tokens: 16_384 },
    });
    assert.deepEqual(claude.body.inferenceConfig, { maxTokens: 32_000 });
    assert.deepEqual(claude.lost, ['temperature']);
    const fields = (upstreamModel: string) => write(asked, { upstreamModel }).body.additionalModelRequestFields;
    assert.deepEqual(fields('openai.gpt-oss-120b-1:0'), { reasoning_effort: 'high' });
    assert.deepEqual(fields('us.amazon.nova-2-lite-v1:0'), {
      reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' },
    });
    assert.deepEqual(write(asked, { upstreamModel: NOVA }).lost, ['reasoning_effort']);
  });

  it('with thoughts that the model signed, and none that another did', () => {
    const signature = 'A'.repeat(60);
    const openai = `gAAAA${'A'.repeat(60)}`;
    const turn = (fields: object): NeutralRequest['messages'] => [
      { role: 'user', content: [{ kind: 'text', text: 'Go' }] },
      {
        role: 'assistant',
        content: [
          { kind: 'reasoning', text: 'hm', ...fields },
          { kind: 'text', text: 'Gone' },
        ],
      },
      { role: 'user', content: [{ kind: 'text', text: 'On' }] },
    ];
    const blocks = (fields: object) => {
      const { body, lost } = write({ messages: turn(fields) });
      return [(body.messages as { content: unknown[] }[])[1]?.content[0], lost];
    };
    assert.deepEqual(blocks({ signature }), [{ reasoningContent: { reasoningText: { text: 'hm', signature } } }, []]);
    assert.deepEqual(blocks({ text: '', redacted: 'EmwK' }), [
      { reasoningContent: { redactedContent: 'RW13Sw==' } },
      [],
    ]);
    const lost = ['messages[1].content[0] (reasoning)'];
    assert.deepEqual(blocks({}), [{ text: 'Gone' }, lost]);
    assert.deepEqual(blocks({ signature: openai }), [{ text: 'Gone' }, lost]);
  });

  it('naming each parameter that the API has none for', () => {
    const { lost } = write({
      seed: 1,
      n: 2,
      frequencyPenalty: 1,
      presencePenalty: 1,
      logprobs: {},
      user: 'u',
      parallelToolCalls: false,
      serviceTier: 'scale',
      stop: ['', 'x'],
      extra: { logit_bias: {} },
    });
    assert.deepEqual([...lost].sort(), [
      'frequency_penalty',
      'logit_bias',
      'logprobs',
      'n',
      'parallel_tool_calls',
      'presence_penalty',
      'seed',
      'service_tier',
      'stop[0]',
      'user',
    ]);
  });

  it('with a schema as output format where the model is known to hold one, else in words', () => {
    const responseFormat = { kind: 'json-schema' as const, name: 'x', schema: { type: 'object' } };
    const known = write({ responseFormat }, { capabilities: new Set(['json-schema']) });
    assert.deepEqual(known.body.outputConfig, {
      textFormat: { type: 'json_schema', structure: { jsonSchema: { schema: '{"type":"object"}', name: 'x' } } },
    });
    const unknown = write({ responseFormat });
    assert.equal(unknown.body.outputConfig, undefined);
    assert.match(JSON.stringify(unknown.body.system), /valid by this JSON Schema/);
  });

  it('under the policy’s cap, parameters and prompt', () => {
    const { body, lost } = write(
      { maxOutputTokens: 9000, stop: ['a', 'b', 'c'] },
      {
        maxOutputTokens: 500,
        params: { top_p: 0.5, top_k: 40, service_tier: 'flex', seed: 7 },
        prompt: { prepend: 'First', append: 'Last' },
        quirks: { maxStopSequences: 2 },
      },
    );
    assert.deepEqual(body.inferenceConfig, { maxTokens: 500, stopSequences: ['a', 'b'], topP: 0.5 });
    assert.deepEqual(body.additionalModelRequestFields, { top_k: 40 });
    assert.deepEqual(body.serviceTier, { type: 'flex' });
    assert.deepEqual(body.system, [{ text: 'First' }, { text: 'Last' }]);
    assert.deepEqual(lost, ['params.seed', 'stop[2]']);
  });
});

describe('a Converse request passes', () => {
  const body = {
    messages: [{ role: 'user', content: [{ text: 'Hello' }, { guardContent: { text: { text: 'x' } } }] }],
    inferenceConfig: { maxTokens: 9000 },
    guardrailConfig: { guardrailIdentifier: 'g', guardrailVersion: '1' },
    additionalModelRequestFields: { anything: [1] },
    requestMetadata: { team: 'a' },
  };

  it('untouched where policy asks for nothing, whatever it holds', () => {
    const passed = dialect.passRequest(body, targetWith({ upstreamModel: NOVA }), { ...context, pathStream: true });
    assert.deepEqual(passed.edits, {});
    assert.equal(passed.path, '/model/amazon.nova-pro-v1%3A0/converse-stream');
  });

  it('with the cap, parameters and prompt of policy as its only edits', () => {
    const target = targetWith({
      maxOutputTokens: 100,
      params: { temperature: 0 },
      prompt: { prepend: 'P', append: null },
    });
    assert.deepEqual(dialect.passRequest(body, target, context).edits, {
      inferenceConfig: { maxTokens: 100, temperature: 0 },
      system: [{ text: 'P' }],
    });
  });

  it('and tells policy what it needs', () => {
    const shape = dialect.readShape(
      {
        ...body,
        system: [{ text: 'four' }],
        toolConfig: {
          tools: [{ toolSpec: { name: 'f', inputSchema: { json: {} } } }, { cachePoint: { type: 'default' } }],
        },
        outputConfig: { textFormat: { type: 'json_schema' } },
      },
      { ...context, pathStream: true },
    );
    assert.deepEqual(
      [shape.model, shape.stream, shape.toolCount, shape.maxOutputTokens, shape.responseFormat, shape.messageCount],
      [CLAUDE, true, 1, 9000, 'json-schema', 2],
    );
    assert.ok(shape.textLength[0] >= 'HellofourX'.length);
  });
});

describe('a malformed Converse request is refused with the place', () => {
  const said = (content: unknown) => ({ messages: [{ role: 'user', content }] });
  const cases: readonly (readonly [JsonObject, string])[] = [
    [{}, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: [7] }, 'messages[0]'],
    [{ messages: [{ role: 'robot', content: [] }] }, 'messages[0].role'],
    [said('Hello'), 'messages[0].content'],
    [said([7]), 'messages[0].content[0]'],
    [said([{}]), 'messages[0].content[0]'],
    [said([{ text: 7 }]), 'messages[0].content[0].text'],
    [said([{ image: 7 }]), 'messages[0].content[0].image'],
    [said([{ image: { format: 'png' } }]), 'messages[0].content[0].image.source'],
    [said([{ toolUse: { name: 'f' } }]), 'messages[0].content[0].toolUse.toolUseId'],
    [said([{ toolResult: { toolUseId: 'a', content: 7 } }]), 'messages[0].content[0].toolResult.content'],
    [{ ...said([{ text: 'x' }]), inferenceConfig: { maxTokens: 'x' } }, 'inferenceConfig.maxTokens'],
    [{ ...said([{ text: 'x' }]), inferenceConfig: { stopSequences: 'x' } }, 'inferenceConfig.stopSequences'],
    [{ ...said([{ text: 'x' }]), toolConfig: { tools: [{ toolSpec: {} }] } }, 'toolConfig.tools[0].toolSpec.name'],
    [{ ...said([{ text: 'x' }]), toolConfig: { toolChoice: {} } }, 'toolConfig.toolChoice'],
  ];
  for (const [body, field] of cases) {
    it(`${JSON.stringify(body).slice(0, 90)}: ${field}`, () => {
      assert.throws(
        () => dialect.readRequest(body, context),
        (error) => error instanceof GatewayError && error.code === 'invalid_request' && error.field === field,
      );
    });
  }
});

describe('a Converse answer', () => {
  const words = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  const part = fc.oneof(
    words.map((text) => ({ kind: 'text' as const, text })),
    words.map((text) => ({ kind: 'reasoning' as const, text, signature: 'c2ln' })),
    words.map((redacted) => ({ kind: 'reasoning' as const, text: '', redacted: btoa(encodeURIComponent(redacted)) })),
    fc.dictionary(fc.stringMatching(/^[a-z]{1,5}$/), fc.string()).map((value) => ({
      kind: 'tool-call' as const,
      id: 'c1',
      name: 'f',
      arguments: JSON.stringify(value),
    })),
  );
  const answer = fc.array(part, { maxLength: 6 }).map((content): NeutralResponse => {
    const hasCalls = content.some(({ kind }) => kind === 'tool-call');
    const finish = { reason: hasCalls ? ('tool-calls' as const) : ('stop' as const) };
    const usage = { ...NO_USAGE, input: 9, output: 3, cacheRead: 4, cacheWrite: 5, cacheWrite1h: 6 };
    return { id: '', model: '', choices: [{ index: 0, content, finish }], usage, extra: {} };
  });
  const said = (response: NeutralResponse | StreamError) => {
    assert.ok('choices' in response, 'reason' in response ? response.message : '');
    return [response.choices.map(({ content, finish }) => [content, finish.reason]), response.usage];
  };
  const written = (response: NeutralResponse) => {
    const writer = dialect.createStreamWriter(callerWith({ framing: 'aws-eventstream' }));
    return responseEvents(response)
      .map((each) => writer.push(each))
      .join('');
  };

  it('reads back as it was written, whole and streamed, however the stream is cut', () => {
    const cuts = fc.array(fc.nat({ max: 3000 }), { maxLength: 30 });
    fc.assert(
      fc.property(answer, cuts, (response, offsets) => {
        const whole = dialect.readResponse(JSON.parse(JSON.stringify(dialect.writeResponse(response, callerWith()))));
        assert.deepEqual(said(whole), said(response));
        assert.deepEqual(said(collect(readStream(written(response), offsets))), said(response));
      }),
    );
  });

  it('ends with its usage, which stands behind the reason to stop', () => {
    const stream = [
      event('messageStart', { role: 'assistant', p: 'abc' }),
      event('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hi' } }),
      event('contentBlockStop', { contentBlockIndex: 0 }),
      event('messageStop', { stopReason: 'max_tokens' }),
    ];
    const metadata = event('metadata', { usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 }, metrics: {} });
    const kinds = (text: string) => readStream(text).map(({ kind }) => kind);
    const start = ['response-start', 'part-start', 'text-delta', 'part-end', 'finish'];
    assert.deepEqual(kinds([...stream, metadata].join('')), [...start, 'usage', 'response-end']);
    assert.deepEqual(kinds(stream.join('')), [...start, 'response-end'], 'a stream may lack its figures');
    assert.equal(kinds(stream.slice(0, 3).join('')).at(-1), 'error', 'but not its reason');
  });

  it('keeps the provider’s usage in disjoint classes', () => {
    const usage = {
      inputTokens: 10,
      outputTokens: 5,
      totalTokens: 65,
      cacheReadInputTokens: 20,
      cacheWriteInputTokens: 30,
      cacheDetails: [
        { ttl: '1h', inputTokens: 12 },
        { ttl: '5m', inputTokens: 18 },
      ],
    };
    const read = dialect.readUsage({ usage });
    assert.deepEqual(read, { ...NO_USAGE, input: 10, cacheRead: 20, cacheWrite: 18, cacheWrite1h: 12, output: 5 });
    assert.deepEqual(dialect.readUsage({}), undefined, 'missing is not zero');
  });

  it('has a reason for each word of the API', () => {
    const read = (stopReason: string) => {
      const result = dialect.readResponse({ output: { message: { content: [{ text: 'x' }] } }, stopReason });
      return 'choices' in result ? result.choices[0]?.finish.reason : result;
    };
    assert.deepEqual(
      [
        ...['end_turn', 'tool_use', 'max_tokens', 'stop_sequence', 'guardrail_intervened', 'content_filtered'],
        ...['malformed_model_output', 'malformed_tool_use', 'model_context_window_exceeded', 'new_word'],
      ].map(read),
      [
        ...['stop', 'tool-calls', 'length', 'stop-sequence', 'content-filter', 'content-filter'],
        ...['other', 'malformed-tool-call', 'context-window', 'other'],
      ],
    );
  });

  it('with another shape is malformed, and an error inside a 200 is that error', () => {
    for (const body of [null, [], 'x', {}, { output: {} }]) {
      const result = dialect.readResponse(body);
      assert.equal('reason' in result && result.reason, 'malformed', JSON.stringify(body));
    }
    const failed = dialect.readResponse({ __type: 'com.amazon#ThrottlingException', message: 'slow down' });
    assert.equal('reason' in failed && failed.reason, 'rate-limit');
  });
});

describe('errors of Bedrock', () => {
  it('inside a stream are told by their exception', () => {
    const reasons = [
      ['throttlingException', 'slow down', 'rate-limit'],
      ['validationException', 'Input is too long for requested model.', 'context-overflow'],
      ['validationException', 'bad', 'invalid-request'],
      ['internalServerException', 'oops', 'server-error'],
      ['serviceUnavailableException', 'busy', 'server-error'],
      ['modelStreamErrorException', 'broke', 'stream-error'],
    ] as const;
    for (const [type, message, reason] of reasons) {
      const [error] = readStream(exception(type, message));
      assert.ok(error?.kind === 'error');
      assert.deepEqual([error.error.reason, error.error.code, error.error.message], [reason, type, message]);
    }
  });

  it('in a damaged frame are malformed', () => {
    const bytes = Buffer.from(event('messageStart', {}), 'latin1');
    bytes[20] = (bytes[20] ?? 0) ^ 1;
    const [error] = readStream(bytes.toString('latin1'));
    assert.equal(error?.kind === 'error' && error.error.reason, 'malformed');
  });

  it('are classified by status, exception and words', () => {
    const read = (status: number, type: string, message: string) =>
      dialect.readError(
        status,
        { 'x-amzn-errortype': `${type}:http://internal.amazon.com/` },
        JSON.stringify({ message }),
      ).reason;
    assert.equal(read(403, 'ExpiredTokenException', 'The security token is expired'), 'auth');
    assert.equal(read(429, 'ThrottlingException', 'Too many requests'), 'rate-limit');
    assert.equal(read(400, 'ValidationException', 'The provided model identifier is invalid.'), 'auth');
    assert.equal(read(400, 'ValidationException', 'prompt is too long: 300000 tokens'), 'context-overflow');
    assert.equal(read(400, 'ValidationException', 'temperature: bad'), 'invalid-request');
    assert.equal(read(408, 'ModelTimeoutException', 'late'), 'timeout');
    assert.equal(read(424, 'ModelErrorException', 'oops'), 'server-error');
    assert.equal(dialect.readError(400, {}, '<html>').reason, 'malformed');
  });

  it('are written as AWS clients read them, in a stream as an exception', () => {
    const error = new GatewayError('budget_exceeded', 'no money left');
    const body = dialect.writeError(error, 'req_1');
    assert.deepEqual(
      [body.__type, body.message, body.reason],
      ['ThrottlingException', 'no money left', 'budget_exceeded'],
    );
    assert.equal(body.code, undefined, 'clients would take it for the exception');
    const stream = dialect.createStreamWriter(callerWith({ framing: 'aws-eventstream' })).error(error, 'req_1');
    const [read] = readStream(stream);
    assert.equal(read?.kind === 'error' && read.error.reason, 'rate-limit');
  });
});

it('the dialect is registered', () => assert.equal(dialectOf('bedrock-converse'), dialect));
