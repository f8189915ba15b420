import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { GatewayError, type JsonObject, type NeutralEvent, NO_USAGE } from '#core';
import { responseEvents } from '#dialects';
import { cutBytes } from '../../support/cut-bytes.ts';
import { answer, caller, collect, gemini, partsAnswer, readPieces, readStream, sse, writeStream } from './support.ts';

const chunk = (parts: readonly JsonObject[], rest: JsonObject = {}) =>
  partsAnswer(parts, { finishReason: undefined, ...rest });
const usage = (prompt: number, candidates: number) => ({
  usageMetadata: { promptTokenCount: prompt, candidatesTokenCount: candidates, totalTokenCount: prompt + candidates },
});
const call = (name: string, args: JsonObject = {}) => ({ functionCall: { name, args } });

test('text, thoughts and parallel calls over several chunks', () => {
  const events = readStream(
    sse([
      { ...chunk([{ text: 'h', thought: true }]), modelVersion: 'gemini-x', ...usage(5, 0) },
      chunk([{ text: 'm', thought: true, thoughtSignature: 'S' }]),
      chunk([{ text: 'A' }]),
      chunk([{ text: 'B' }, { ...call('f', { n: 1 }), thoughtSignature: 'T' }]),
      { ...chunk([call('g')], { finishReason: 'STOP' }), ...usage(5, 9) },
    ]),
  );
  const at = (index: number) => ({ choice: 0, index });
  assert.deepEqual(events, [
    { kind: 'response-start', id: 'r1', model: 'gemini-x' },
    { kind: 'part-start', ...at(0), part: { kind: 'reasoning' } },
    { kind: 'reasoning-delta', ...at(0), text: 'h' },
    { kind: 'reasoning-delta', ...at(0), text: 'm' },
    { kind: 'reasoning-signature', ...at(0), signature: 'S' },
    { kind: 'part-end', ...at(0) },
    { kind: 'part-start', ...at(1), part: { kind: 'text' } },
    { kind: 'text-delta', ...at(1), text: 'A' },
    { kind: 'text-delta', ...at(1), text: 'B' },
    { kind: 'part-end', ...at(1) },
    { kind: 'part-start', ...at(2), part: { kind: 'tool-call', id: 'call_r1_0', name: 'f', signature: 'T' } },
    { kind: 'tool-arguments-delta', ...at(2), arguments: '{"n":1}' },
    { kind: 'part-end', ...at(2) },
    { kind: 'part-start', ...at(3), part: { kind: 'tool-call', id: 'call_r1_1', name: 'g' } },
    { kind: 'tool-arguments-delta', ...at(3), arguments: '{}' },
    { kind: 'part-end', ...at(3) },
    { kind: 'finish', choice: 0, finish: { reason: 'tool-calls', raw: 'STOP' } },
    { kind: 'usage', usage: { ...NO_USAGE, input: 5, output: 9 } },
    { kind: 'response-end' },
  ] satisfies readonly NeutralEvent[]);
});

describe('a function call in pieces', () => {
  const piece = (functionCall: JsonObject, rest: JsonObject = {}) => chunk([{ functionCall, ...rest }]);
  const args = (jsonPath: string, value: JsonObject, willContinue = false) =>
    piece({ partialArgs: [{ jsonPath, ...value, ...(willContinue ? { willContinue } : {}) }], willContinue: true });
  const told = (events: readonly NeutralEvent[]) =>
    events.flatMap<unknown>((event) => {
      if (event.kind === 'part-start' && event.part.kind === 'tool-call') return [event.part];
      return event.kind === 'tool-arguments-delta' ? [event.arguments] : [];
    });
  const stop = chunk([{ text: '' }], { finishReason: 'STOP' });

  test('is one call, with texts that grow, lists, and objects in objects', () => {
    const events = readStream(
      sse([
        piece({ name: 'light', willContinue: true }, { thoughtSignature: 'S' }),
        args('$.room', { stringValue: 'liv' }, true),
        args('$.room', { stringValue: 'ing' }),
        args('$.lamps[0].level', { numberValue: 0 }),
        args('$.lamps[1]["a b"]', { boolValue: false }),
        args("$['until']", { nullValue: 'NULL_VALUE' }),
        piece({}),
        stop,
      ]),
    );
    assert.deepEqual(told(events), [
      { kind: 'tool-call', id: 'call_r1_0', name: 'light', signature: 'S' },
      '{"room":"living","lamps":[{"level":0},{"a b":false}],"until":null}',
    ]);
    assert.equal(events.find((event) => event.kind === 'finish')?.finish.reason, 'tool-calls');
  });

  test('ends where another call, a text or the answer begins or ends', () => {
    const open = piece({ name: 'f', id: 'c1', partialArgs: [{ jsonPath: '$.a', numberValue: 1 }], willContinue: true });
    const one = [{ kind: 'tool-call', id: 'c1', name: 'f' }, '{"a":1}'];
    assert.deepEqual(told(readStream(sse([open, chunk([{ text: 'Hi' }]), stop]))), one);
    assert.deepEqual(told(readStream(sse([open, stop]))), one);
    const two = told(readStream(sse([open, chunk([call('g', { b: 2 })]), stop])));
    assert.deepEqual(two, [...one, { kind: 'tool-call', id: 'call_r1_0', name: 'g' }, '{"b":2}']);
  });

  test('takes no path for more than a place in its arguments', () => {
    const paths = ['$.__proto__.polluted', '$.list[99999999]', '$.list[20000]', '$[0]', 'a', '$..a', '$'];
    const pieces = paths.map((path) => args(path, { stringValue: 'x' }));
    const events = readStream(sse([piece({ name: 'f', willContinue: true }), ...pieces, piece({}), stop]));
    assert.deepEqual(told(events)[1], '{"__proto__":{"polluted":"x"}}');
    assert.equal(({} as JsonObject).polluted, undefined);
  });
});

describe('sources are told while the text that rests on them is open', () => {
  const groundingMetadata = {
    groundingChunks: [{ web: { uri: 'https://example.com/a', title: 'A' } }],
    groundingSupports: [{ segment: { startIndex: 0, endIndex: 3, text: 'Yes' }, groundingChunkIndices: [0] }],
  };
  const order = (chunks: readonly unknown[]) =>
    readStream(sse(chunks)).flatMap((event) => {
      if (event.kind === 'part-start' || event.kind === 'part-end') return [`${event.kind} ${event.index}`];
      return event.kind === 'citation' ? [`citation ${event.index}`] : [];
    });
  const signed = { text: '', thoughtSignature: 'S' };
  const last = chunk([{ text: '' }], { finishReason: 'STOP', groundingMetadata });
  const early = { groundingMetadata };
  const cases: readonly [string, readonly unknown[]][] = [
    ['though the text is signed', [chunk([{ text: 'Yes.' }, signed]), last]],
    [
      'though a signature comes with them',
      [chunk([{ text: 'Yes.' }]), chunk([signed], { finishReason: 'STOP', ...early })],
    ],
    [
      'though a call follows',
      [chunk([{ text: 'Yes.' }], early), chunk([call('f')], { finishReason: 'STOP', ...early })],
    ],
  ];
  for (const [name, chunks] of cases) {
    test(name, () => {
      assert.deepEqual(order(chunks), ['part-start 0', 'citation 0', 'part-end 0', 'part-start 1', 'part-end 1']);
    });
  }
});

describe('a stream ends', () => {
  const last = (events: readonly NeutralEvent[]) => events.slice(-3);
  const stop = { kind: 'finish', choice: 0, finish: { reason: 'stop', raw: 'STOP' } };
  const spent = (input: number, output: number) => ({ kind: 'usage', usage: { ...NO_USAGE, input, output } });
  const done = { kind: 'response-end' };
  const cases: readonly [string, readonly unknown[], readonly unknown[]][] = [
    [
      'with a chunk of usage alone',
      [chunk([{ text: 'A' }], { finishReason: 'STOP' }), usage(1, 2)],
      [stop, spent(1, 2), done],
    ],
    [
      'with the reason in every chunk',
      [
        chunk([{ text: 'A' }], { finishReason: 'STOP' }),
        { ...chunk([{ text: 'B' }], { finishReason: 'STOP' }), ...usage(1, 2) },
      ],
      [stop, spent(1, 2), done],
    ],
    [
      'with the usage of its last chunk, whatever earlier ones counted',
      [
        {
          ...chunk([{ text: 'A' }], { finishReason: 'STOP' }),
          usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 7, totalTokenCount: 8 },
        },
        { usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 } },
      ],
      [stop, spent(4, 0), done],
    ],
    [
      'by a blocked prompt',
      [{ promptFeedback: { blockReason: 'SAFETY' }, ...usage(3, 0) }],
      [{ kind: 'finish', choice: 0, finish: { reason: 'content-filter', raw: 'SAFETY' } }, spent(3, 0), done],
    ],
  ];
  for (const [name, chunks, expected] of cases)
    test(name, () => assert.deepEqual(last(readStream(sse(chunks))), expected));

  test('with [DONE] of a proxy, comments and blank data', () => {
    const text = `: ping\n\n${sse([chunk([{ text: 'A' }], { finishReason: 'STOP' })])}data:\n\ndata: [DONE]\n\ndata: [DONE]\n\n`;
    assert.deepEqual(collect(readStream(text)).choices[0]?.content, [{ kind: 'text', text: 'A' }]);
  });
});

describe('a broken stream ends in an error, and nothing after it', () => {
  const head = chunk([{ text: 'A' }]);
  const failure = {
    error: {
      code: 429,
      message: 'slow down',
      status: 'RESOURCE_EXHAUSTED',
      details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '7s' }],
    },
  };
  const cases: readonly [string, string, JsonObject][] = [
    [
      'cut before the finish',
      sse([head]),
      { reason: 'stream-error', message: 'the stream ended before its finishReason' },
    ],
    ['empty', '', { reason: 'malformed', message: 'the answer is empty' }],
    ['usage alone', sse([usage(1, 0)]), { reason: 'malformed', message: 'the answer has no candidates' }],
    [
      'not JSON',
      `${sse([head])}data: <html>\n\n${sse([head])}`,
      { reason: 'malformed', message: 'a stream event is not JSON' },
    ],
    ['not an object', 'data: 1\n\n', { reason: 'malformed', message: 'a chunk is not a JSON object' }],
    [
      'an error chunk',
      sse([failure, head]),
      { reason: 'rate-limit', code: 'RESOURCE_EXHAUSTED', message: 'slow down', status: 429, retryAfterMs: 7000 },
    ],
    [
      'an error in an array',
      sse([[failure]]),
      { reason: 'rate-limit', code: 'RESOURCE_EXHAUSTED', message: 'slow down', status: 429, retryAfterMs: 7000 },
    ],
    ['an error without a code', sse([{ error: { message: 'odd' } }]), { reason: 'stream-error', message: 'odd' }],
  ];
  for (const [name, text, error] of cases) {
    test(name, () => {
      const events = readStream(text);
      assert.deepEqual(events.at(-1), { kind: 'error', error });
      assert.equal(events.filter((event) => event.kind === 'error' || event.kind === 'response-end').length, 1);
    });
  }
  test('what was spent until then is told', () => {
    const events = readStream(sse([{ ...head, ...usage(5, 1) }]));
    assert.deepEqual(events.at(-2), { kind: 'usage', usage: { ...NO_USAGE, input: 5, output: 1 } });
  });
});

test('several candidates keep their own blocks', () => {
  const candidate = (index: number, text: string, finishReason?: string) => ({
    content: { parts: [{ text }] },
    index,
    finishReason,
  });
  const events = readStream(
    sse([
      { candidates: [candidate(0, 'a'), candidate(1, 'x')] },
      { candidates: [candidate(1, 'y', 'MAX_TOKENS'), candidate(0, 'b', 'STOP')] },
    ]),
  );
  const { choices } = collect(events);
  assert.deepEqual(
    choices.map(({ content, finish }) => [content, finish.reason]),
    [
      [[{ kind: 'text', text: 'ab' }], 'stop'],
      [[{ kind: 'text', text: 'xy' }], 'length'],
    ],
  );
});

const whole = [
  { text: 'grüße 🚂', thought: true, thoughtSignature: 'S' },
  { text: 'Fahrt 東京' },
  call('f', { stadt: 'Köln' }),
  call('f', { stadt: '京都' }),
];
const chunks = [
  ...whole.map((part) => ({ ...chunk([part]), modelVersion: 'gemini-x' })),
  { ...chunk([], { finishReason: 'STOP' }), ...usage(4, 8) },
];

test('any cut of the bytes, at any line ends, gives the same events', () => {
  const expected = readStream(sse(chunks));
  fc.assert(
    fc.property(fc.constantFrom('\n', '\r\n', '\r'), fc.array(fc.nat(2000), { maxLength: 20 }), (lineEnd, cuts) => {
      const bytes = new TextEncoder().encode(sse(chunks, lineEnd));
      assert.deepEqual(readPieces(cutBytes(bytes, cuts)), expected);
    }),
    { numRuns: 300 },
  );
});

describe('a stream is written', () => {
  const events = readStream(sse(chunks));
  test('as SSE with CRLF, calls whole, finish and usage in the last chunk', () => {
    const text = writeStream(events);
    assert.match(text, /^(data: \{.*\}\r\n\r\n)+$/);
    const written = text
      .split('\r\n\r\n')
      .filter(Boolean)
      .map((frame) => JSON.parse(frame.slice(6)) as JsonObject);
    const parts = written.map((one) => (one.candidates as { content: JsonObject }[])[0]?.content.parts);
    assert.deepEqual(parts, [
      [{ text: 'grüße 🚂', thought: true }],
      [{ text: '', thought: true, thoughtSignature: 'S' }],
      [{ text: 'Fahrt 東京' }],
      [{ functionCall: { id: 'call_r1_0', name: 'f', args: { stadt: 'Köln' } } }],
      [{ functionCall: { id: 'call_r1_1', name: 'f', args: { stadt: '京都' } } }],
      [{ text: '' }],
    ]);
    const ends = written.map((one) => [
      (one.candidates as JsonObject[])[0]?.finishReason !== undefined,
      'usageMetadata' in one,
    ]);
    assert.deepEqual(ends, [...Array(5).fill([false, false]), [true, true]]);
    assert.ok(written.every((one) => one.responseId === 'r1'));
  });
  test('as one JSON array for callers without alt=sse', () => {
    const text = writeStream(events, { framing: 'json-array' });
    const list = JSON.parse(text) as JsonObject[];
    assert.equal(list.length, 6);
    assert.match(text, /^\[\{.*\}\n,\r\n\{/);
    assert.match(text, /\}\n\]$/);
    assert.deepEqual(answer(list), collect(events));
  });
  test('and read back the same', () => {
    assert.deepEqual(readStream(writeStream(events)), events);
  });
  test('with arguments in pieces, put together, and broken ones still in valid JSON', () => {
    const at = { choice: 0, index: 0 };
    const pieces = (list: readonly string[]): NeutralEvent[] => [
      { kind: 'part-start', ...at, part: { kind: 'tool-call', id: 'c', name: 'f' } },
      ...list.map((piece): NeutralEvent => ({ kind: 'tool-arguments-delta', ...at, arguments: piece })),
      { kind: 'part-end', ...at },
    ];
    const argsOf = (list: readonly string[]) => {
      const frame = JSON.parse(writeStream(pieces(list)).slice(6)) as {
        candidates: { content: { parts: { functionCall: { args: unknown } }[] } }[];
      };
      return frame.candidates[0]?.content.parts[0]?.functionCall.args;
    };
    assert.deepEqual(argsOf(['{"a"', ':1}']), { a: 1 });
    assert.deepEqual(argsOf([]), {});
    assert.deepEqual(argsOf(['{"a"']), { _raw_arguments: '{"a"' });
    assert.deepEqual(argsOf(['[1]']), { _raw_arguments: '[1]' });
  });
  test('with the signature of a text behind it', () => {
    const response = answer(partsAnswer([{ text: 'A', thoughtSignature: 'S' }]));
    const back = collect(readStream(writeStream(responseEvents(response))));
    assert.deepEqual(back.choices, response.choices);
  });
});

describe('an error inside a stream', () => {
  const failure = new GatewayError('stream_interrupted', 'the provider hung up');
  test('is a data chunk, with our code as the reason', () => {
    const text = gemini.createStreamWriter(caller).error(failure, 'req_1');
    const { error } = JSON.parse(text.slice(6)) as { error: { code: number; status: string; details: JsonObject[] } };
    assert.ok(text.endsWith('\r\n\r\n'));
    assert.deepEqual([error.code, error.status, error.details[0]?.reason], [502, 'UNAVAILABLE', 'stream_interrupted']);
  });
  test('is the last element of an array', () => {
    const writer = gemini.createStreamWriter({ ...caller, framing: 'json-array' });
    const begun =
      writer.push({ kind: 'part-start', choice: 0, index: 0, part: { kind: 'text' } }) +
      writer.push({ kind: 'text-delta', choice: 0, index: 0, text: 'A' });
    const list = JSON.parse(begun + writer.error(failure, 'req_1')) as JsonObject[];
    assert.deepEqual(
      list.map((element) => Object.keys(element)[0]),
      ['candidates', 'error'],
    );
    const alone = gemini.createStreamWriter({ ...caller, framing: 'json-array' }).error(failure, 'req_1');
    assert.equal((JSON.parse(alone) as unknown[]).length, 1);
  });
});
