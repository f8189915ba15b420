import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import Anthropic from '@anthropic-ai/sdk';
import fc from 'fast-check';
import { type AssistantPart, GatewayError, type NeutralEvent, type NeutralResponse, NO_USAGE } from '#core';
import { responseEvents } from '#dialects';
import { cutBytes } from '../../support/cut-bytes.ts';
import { anthropic, bytes, caller, collect, readStream, sse, writeStream } from './support.ts';

interface Event {
  readonly type: string;
  readonly [key: string]: unknown;
}

const start: Event = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [],
    usage: { input_tokens: 10, cache_read_input_tokens: 100, cache_creation_input_tokens: 5, output_tokens: 1 },
  },
};
const ping: Event = { type: 'ping' };
const stop: Event = { type: 'message_stop' };

function open(index: number, content_block: object): Event {
  return { type: 'content_block_start', index, content_block };
}

function delta(index: number, piece: object): Event {
  return { type: 'content_block_delta', index, delta: piece };
}

function close(index: number): Event {
  return { type: 'content_block_stop', index };
}

function ending(stop_reason: string, usage: object | null = { output_tokens: 9 }): Event {
  return { type: 'message_delta', delta: { stop_reason, stop_sequence: null }, ...(usage && { usage }) };
}

const search = { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} };
const found = { type: 'web_search_tool_result', tool_use_id: 's1', content: [] };

/** A whole stream with every kind of block. */
const full: readonly Event[] = [
  start,
  open(0, { type: 'thinking', thinking: '', signature: '' }),
  ping,
  delta(0, { type: 'thinking_delta', thinking: 'Größe ' }),
  delta(0, { type: 'thinking_delta', thinking: '🤔' }),
  delta(0, { type: 'signature_delta', signature: 'sig' }),
  close(0),
  open(1, { type: 'redacted_thinking', data: 'enc' }),
  close(1),
  open(2, search),
  delta(2, { type: 'input_json_delta', partial_json: '' }),
  delta(2, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
  close(2),
  open(3, found),
  close(3),
  open(4, { type: 'text', text: '' }),
  delta(4, { type: 'text_delta', text: '日本' }),
  delta(4, { type: 'citations_delta', citation: { type: 'page_location' } }),
  delta(4, { type: 'text_delta', text: '語' }),
  close(4),
  open(5, { type: 'tool_use', id: 't1', name: 'f', input: {} }),
  delta(5, { type: 'input_json_delta', partial_json: '{"a"' }),
  delta(5, { type: 'input_json_delta', partial_json: ':1}' }),
  close(5),
  open(6, { type: 'tool_use', id: 't2', name: 'g', input: {} }),
  close(6),
  { type: 'something_new', index: 9 },
  ending('tool_use', { output_tokens: 30, input_tokens: null, output_tokens_details: { thinking_tokens: 12 } }),
  stop,
];

const fullAnswer: NeutralResponse = {
  id: 'msg_1',
  model: 'claude-x',
  choices: [
    {
      index: 0,
      content: [
        { kind: 'reasoning', text: 'Größe 🤔', signature: 'sig' },
        { kind: 'reasoning', text: '', redacted: 'enc' },
        {
          kind: 'opaque',
          dialect: 'anthropic-messages',
          type: 'server_tool_use',
          value: { ...search, input: { query: 'x' } },
        },
        { kind: 'opaque', dialect: 'anthropic-messages', type: 'web_search_tool_result', value: found },
        { kind: 'text', text: '日本語' },
        { kind: 'tool-call', id: 't1', name: 'f', arguments: '{"a":1}' },
        { kind: 'tool-call', id: 't2', name: 'g', arguments: '{}' },
      ],
      finish: { reason: 'tool-calls', raw: 'tool_use' },
    },
  ],
  usage: { ...NO_USAGE, input: 10, cacheRead: 100, cacheWrite: 5, output: 18, reasoning: 12 },
  extra: {},
};

test('a stream with every kind of block is read', () => {
  assert.deepEqual(collect(readStream([bytes(sse(full))])), fullAnswer);
});

test('every block of a stream is opened, named and closed in order', () => {
  const events = readStream([bytes(sse(full))]);
  const places = events.flatMap((event) =>
    event.kind === 'part-start' || event.kind === 'part-end' ? [[event.kind, event.index]] : [],
  );
  assert.deepEqual(
    places,
    [0, 1, 2, 3, 4, 5, 6].flatMap((index) => [
      ['part-start', index],
      ['part-end', index],
    ]),
  );
  assert.deepEqual(
    events.slice(-3).map(({ kind }) => kind),
    ['finish', 'usage', 'response-end'],
  );
});

test('any cut of a stream gives the same events', () => {
  const lineEnds = ['\n', '\r\n', '\r'] as const;
  const whole = readStream([bytes(sse(full))]);
  fc.assert(
    fc.property(fc.constantFrom(...lineEnds), fc.array(fc.nat(6000), { maxLength: 60 }), (lineEnd, cuts) => {
      assert.deepEqual(readStream(cutBytes(bytes(sse(full, lineEnd)), cuts)), whole);
    }),
    { numRuns: 60 },
  );
});

describe('a stream of a host with habits of its own is read', () => {
  const cases: readonly [string, readonly Event[], readonly AssistantPart[]][] = [
    [
      'text in the start of its block',
      [open(0, { type: 'text', text: 'Hi' }), close(0)],
      [{ kind: 'text', text: 'Hi' }],
    ],
    [
      'a tool’s input in the start of its block',
      [open(0, { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }), close(0)],
      [{ kind: 'tool-call', id: 't', name: 'f', arguments: '{"a":1}' }],
    ],
    [
      'blocks left open',
      [open(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hi' })],
      [{ kind: 'text', text: 'Hi' }],
    ],
    ['deltas of unknown blocks', [delta(7, { type: 'text_delta', text: 'x' }), close(7)], []],
  ];
  for (const [name, blocks, content] of cases) {
    test(name, () => {
      const events = readStream([bytes(sse([start, ...blocks, ending('end_turn'), stop]))]);
      assert.deepEqual(collect(events).choices[0]?.content, content);
    });
  }
  test('one JSON answer in place of a stream', () => {
    const message = {
      type: 'message',
      id: 'msg_1',
      model: 'm',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
    };
    const text = JSON.stringify(message, null, 2);
    assert.deepEqual(collect(readStream(cutBytes(bytes(text), [20, 40]))).choices[0]?.content, [
      { kind: 'text', text: 'Hi' },
    ]);
  });
  test('data without an event name, and a trailing [DONE]', () => {
    const text = [start, open(0, { type: 'text', text: 'Hi' }), close(0), ending('end_turn'), stop].map(
      (event) => `data:${JSON.stringify(event)}\n\n`,
    );
    assert.equal(collect(readStream([bytes(`${text.join('')}data: [DONE]\n\n`)])).choices[0]?.finish.reason, 'stop');
  });
  test('a message without usage', () => {
    const events = [{ ...start, message: { id: 'm', model: 'm' } }, ending('end_turn', null), stop];
    assert.equal(collect(readStream([bytes(sse(events))])).usage, undefined);
  });
});

describe('a broken stream ends in an error', () => {
  const text = [open(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hi' })];
  const failure = (type: string) => ({ type: 'error', error: { type, message: 'why' } });
  const cases: readonly [string, string, object][] = [
    [
      'at its head',
      sse([failure('overloaded_error')]),
      { reason: 'server-error', code: 'overloaded_error', message: 'why', status: 529 },
    ],
    [
      'by a rate limit',
      sse([start, failure('rate_limit_error')]),
      { reason: 'rate-limit', code: 'rate_limit_error', message: 'why', status: 429 },
    ],
    [
      'after content',
      sse([start, ...text, failure('api_error'), ...text, stop]),
      { reason: 'server-error', code: 'api_error', message: 'why', status: 500 },
    ],
    [
      'of a type it does not know',
      sse([start, failure('new_error')]),
      { reason: 'stream-error', code: 'new_error', message: 'why' },
    ],
    [
      'without its last event',
      sse([start, ...text, close(0), ending('end_turn')]),
      { reason: 'stream-error', message: 'The stream ended before its `message_stop` event.' },
    ],
    [
      'with nothing at all',
      '',
      { reason: 'stream-error', message: 'The stream ended before its `message_stop` event.' },
    ],
    [
      'as a page',
      '<html>\n<body>no</body>\n</html>',
      { reason: 'stream-error', message: 'The stream ended before its `message_stop` event.' },
    ],
    [
      'with data that is not JSON',
      'event: message_start\ndata: {"type":\n\n',
      { reason: 'malformed', message: 'An event of the stream is not a JSON object.' },
    ],
    [
      'with an error in place of a stream',
      JSON.stringify(failure('api_error')),
      { reason: 'server-error', code: 'api_error', message: 'why', status: 500 },
    ],
  ];
  for (const [name, stream, error] of cases) {
    test(name, () => {
      const events = readStream([bytes(stream)]);
      assert.deepEqual(events.at(-1), { kind: 'error', error });
      assert.equal(events.filter(({ kind }) => kind === 'error' || kind === 'response-end').length, 1);
    });
  }
  test('telling the usage until then', () => {
    const events = readStream([bytes(sse([start, ...text]))]);
    assert.deepEqual(events.at(-2), {
      kind: 'usage',
      usage: { ...NO_USAGE, input: 10, cacheRead: 100, cacheWrite: 5, output: 1 },
    });
  });
});

/** Each event's type, with its block's index. */
function typesOf(stream: string): unknown[] {
  return stream
    .split('\n\n')
    .filter((frame) => frame !== '')
    .map((frame) => {
      const [name, data] = frame.split('\n') as [string, string];
      const event = JSON.parse(data.slice('data: '.length)) as Event;
      assert.equal(name, `event: ${event.type}`);
      return event.index === undefined ? event.type : `${event.type} ${event.index}`;
    });
}

const begin: NeutralEvent = { kind: 'response-start', id: 'chatcmpl-1', model: 'gpt-x' };
const finished: NeutralEvent = { kind: 'finish', choice: 0, finish: { reason: 'tool-calls' } };
const ended: NeutralEvent = { kind: 'response-end' };

function part(index: number, piece: Extract<NeutralEvent, { kind: 'part-start' }>['part']): NeutralEvent {
  return { kind: 'part-start', choice: 0, index, part: piece };
}

function args(index: number, text: string): NeutralEvent {
  return { kind: 'tool-arguments-delta', choice: 0, index, arguments: text };
}

function partEnd(index: number): NeutralEvent {
  return { kind: 'part-end', choice: 0, index };
}

const interleaved: readonly NeutralEvent[] = [
  begin,
  part(0, { kind: 'tool-call', id: 'a', name: 'f' }),
  part(1, { kind: 'tool-call', id: 'b', name: 'g' }),
  args(1, '{"y"'),
  args(0, '{"x":1}'),
  part(2, { kind: 'tool-call', id: 'c', name: 'h' }),
  args(1, ':2}'),
  partEnd(1),
  partEnd(0),
  args(2, '{}'),
  partEnd(2),
  finished,
  { kind: 'usage', usage: { ...NO_USAGE, input: 7, cacheRead: 2, output: 3 } },
  ended,
];

test('parallel tool calls that interleave are written one after the other', () => {
  const stream = writeStream(interleaved);
  const block = (index: number) => [
    `content_block_start ${index}`,
    `content_block_delta ${index}`,
    `content_block_stop ${index}`,
  ];
  assert.deepEqual(typesOf(stream), [
    'message_start',
    ...block(0),
    'content_block_start 1',
    'content_block_delta 1',
    'content_block_delta 1',
    'content_block_stop 1',
    ...block(2),
    'message_delta',
    'message_stop',
  ]);
  const { content } = collect(readStream([bytes(stream)])).choices[0] ?? { content: [] };
  assert.deepEqual(
    content.map((each) => each.kind === 'tool-call' && [each.id, each.arguments]),
    [
      ['a', '{"x":1}'],
      ['b', '{"y":2}'],
      ['c', '{}'],
    ],
  );
});

test('the first open block leaves at once, later ones when it ends', () => {
  const writer = anthropic.createStreamWriter(caller);
  const lengths = interleaved.slice(0, 9).map((event) => typesOf(writer.push(event)).length);
  assert.deepEqual(lengths, [1, 1, 0, 0, 1, 0, 0, 0, 6]);
});

test('blocks without an end, empty texts and other choices do no harm', () => {
  const stream = writeStream([
    begin,
    part(0, { kind: 'text' }),
    partEnd(0),
    { kind: 'part-start', choice: 1, index: 0, part: { kind: 'text' } },
    { kind: 'text-delta', choice: 1, index: 0, text: 'other' },
    part(1, { kind: 'text' }),
    { kind: 'text-delta', choice: 0, index: 1, text: 'Hi' },
    part(2, { kind: 'tool-call', id: 'a', name: 'f' }),
    finished,
    ended,
  ]);
  assert.deepEqual(typesOf(stream), [
    'message_start',
    'content_block_start 0',
    'content_block_delta 0',
    'content_block_stop 0',
    'content_block_start 1',
    'content_block_stop 1',
    'message_delta',
    'message_stop',
  ]);
});

test('what is written is read back as it was', () => {
  assert.deepEqual(collect(readStream([bytes(writeStream(responseEvents(fullAnswer)))])), fullAnswer);
  const text = fc.string({ unit: 'binary', minLength: 1 });
  const anyPart: fc.Arbitrary<AssistantPart> = fc.oneof(
    text.map((value): AssistantPart => ({ kind: 'text', text: value })),
    fc.tuple(text, text).map(([value, signature]): AssistantPart => ({ kind: 'reasoning', text: value, signature })),
    text.map((redacted): AssistantPart => ({ kind: 'reasoning', text: '', redacted })),
    fc
      .tuple(text, fc.dictionary(text, fc.jsonValue()))
      .map(([id, value]): AssistantPart => ({ kind: 'tool-call', id, name: 'f', arguments: JSON.stringify(value) })),
  );
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 5 }), fc.nat(), fc.nat(), (content, input, output) => {
      const finish = { reason: 'length', raw: 'max_tokens' } as const;
      const usage = { ...NO_USAGE, input, output };
      const response = { id: 'msg_2', model: 'm', choices: [{ index: 0, content, finish }], usage, extra: {} };
      assert.deepEqual(collect(readStream([bytes(writeStream(responseEvents(response)))])), response);
    }),
  );
});

test('an error in a stream already begun is its last event', () => {
  const writer = anthropic.createStreamWriter(caller);
  const error = new GatewayError('stream_interrupted', 'The provider’s stream broke.');
  const text =
    writer.push(begin) +
    writer.push({ kind: 'error', error: { reason: 'stream-error', message: 'x' } }) +
    writer.error(error, 'req_1');
  assert.deepEqual(typesOf(text), ['message_start', 'error']);
  assert.match(text, /"type":"api_error","message":"The provider’s stream broke\.","code":"stream_interrupted"/);
});

/** The official client, answered from a text instead of the network. */
function clientOf(stream: string): Anthropic {
  const headers = { 'content-type': 'text/event-stream' };
  return new Anthropic({ apiKey: 'any', maxRetries: 0, fetch: async () => new Response(stream, { headers }) });
}

const ask = { model: 'claude-x', max_tokens: 10, messages: [{ role: 'user' as const, content: 'Hi' }] };

describe('the official client', () => {
  test('puts a written stream together', async () => {
    const message = await clientOf(writeStream(interleaved)).messages.stream(ask).finalMessage();
    assert.deepEqual(
      message.content.map((block) => block.type === 'tool_use' && [block.id, block.name, block.input]),
      [
        ['a', 'f', { x: 1 }],
        ['b', 'g', { y: 2 }],
        ['c', 'h', {}],
      ],
    );
    assert.equal(message.stop_reason, 'tool_use');
    assert.deepEqual(
      [message.usage.input_tokens, message.usage.cache_read_input_tokens, message.usage.output_tokens],
      [7, 2, 3],
    );
  });
  test('reads thoughts and text of another provider', async () => {
    const content: AssistantPart[] = [
      { kind: 'reasoning', text: 'hm' },
      { kind: 'text', text: 'Hi' },
    ];
    const events = responseEvents({
      id: '1',
      model: 'm',
      choices: [{ index: 0, content, finish: { reason: 'stop' } }],
      extra: {},
    });
    const message = await clientOf(writeStream(events)).messages.stream(ask).finalMessage();
    assert.deepEqual(
      message.content.map(({ type }) => type),
      ['thinking', 'text'],
    );
    assert.equal(message.stop_reason, 'end_turn');
  });
  test('throws the error of a stream already begun', async () => {
    const writer = anthropic.createStreamWriter(caller);
    const text = writer.push(begin) + writer.error(new GatewayError('guardrail_blocked', 'Blocked.'), 'req_1');
    await assert.rejects(clientOf(text).messages.stream(ask).finalMessage(), (error: Error) =>
      /guardrail_blocked|Blocked/.test(error.message),
    );
  });
});
