import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import {
  asObject,
  GatewayError,
  isContent,
  type JsonObject,
  type NeutralEvent,
  type NeutralResponse,
  NO_USAGE,
} from '#core';
import { collectEvents, createSseFramer, dialectOf, responseEvents } from '#dialects';
import { cutBytes } from '../../support/cut-bytes.ts';
import { callerWith } from './target.ts';

const dialect = dialectOf('openai-chat')!;
const encoder = new TextEncoder();

function read(text: string, offsets: readonly number[] = []): NeutralEvent[] {
  const framer = createSseFramer();
  const reader = dialect.createStreamReader();
  const frames = [...cutBytes(encoder.encode(text), offsets).flatMap((piece) => framer.push(piece)), ...framer.end()];
  return [...frames.flatMap((frame) => reader.push(frame)), ...reader.end()];
}

const chunk = (fields: JsonObject) => `data: ${JSON.stringify({ id: 'x', model: 'm', created: 1, ...fields })}\n\n`;
const delta = (fields: JsonObject, finish: string | null = null, index = 0) =>
  chunk({ choices: [{ index, delta: fields, finish_reason: finish }] });
const call = (fields: JsonObject) => delta({ tool_calls: [fields] });
const done = 'data: [DONE]\n\n';
const hi = delta({ role: 'assistant', content: '' }) + delta({ content: 'H' }) + delta({ content: 'i' });
const stop = delta({}, 'stop');
const usage = chunk({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } });

const start: NeutralEvent = { kind: 'response-start', id: 'x', model: 'm', createdAt: 1 };
const place = { choice: 0, index: 0 };
const hiEvents: readonly NeutralEvent[] = [
  start,
  { kind: 'part-start', ...place, part: { kind: 'text' } },
  { kind: 'text-delta', ...place, text: 'H' },
  { kind: 'text-delta', ...place, text: 'i' },
  { kind: 'part-end', ...place },
  { kind: 'finish', choice: 0, finish: { reason: 'stop', raw: 'stop' } },
];
const end: NeutralEvent = { kind: 'response-end' };
const usageEvent: NeutralEvent = { kind: 'usage', usage: { ...NO_USAGE, input: 3, output: 2 } };

describe('a stream is read', () => {
  const cases: readonly [string, string, readonly NeutralEvent[]][] = [
    ['to its [DONE]', hi + stop + done, [...hiEvents, end]],
    ['with [DONE] twice', hi + stop + done + done, [...hiEvents, end]],
    ['without [DONE], when it was finished', hi + stop, [...hiEvents, end]],
    ['with usage as a last chunk', hi + stop + usage + done, [...hiEvents, usageEvent, end]],
    [
      'with usage on every chunk, the last of which counts',
      usage.replace('"prompt_tokens":3', '"prompt_tokens":1') + hi + usage + stop + done,
      [...hiEvents, usageEvent, end],
    ],
    [
      'with the finish told twice and before the last text',
      delta({ content: 'H' }, 'stop') + delta({ content: 'i' }) + stop + done,
      [...hiEvents, end],
    ],
    [
      'with Azure’s first chunk, which has neither id nor choices',
      chunk({ id: '', model: '', choices: [], prompt_filter_results: [] }) + hi + stop + done,
      [...hiEvents, end],
    ],
    [
      'with comments, keep-alives and a data line without a space',
      `: OPENROUTER PROCESSING\n\n${hi.replaceAll('data: ', 'data:')}:\n\n${stop}${done}`,
      [...hiEvents, end],
    ],
    [
      'with a whole message where the delta belongs',
      chunk({ choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }] }),
      [start, hiEvents[1]!, { kind: 'text-delta', ...place, text: 'Hi' }, ...hiEvents.slice(4), end],
    ],
    [
      'with one JSON answer instead of a stream',
      JSON.stringify(
        { id: 'x', model: 'm', created: 1, choices: [{ index: 0, message: { content: 'Hi' }, finish_reason: 'stop' }] },
        null,
        2,
      ),
      [start, hiEvents[1]!, { kind: 'text-delta', ...place, text: 'Hi' }, ...hiEvents.slice(4), end],
    ],
    [
      'with [DONE] but no finish reason: the provider itself said it is whole',
      hi + done,
      [...hiEvents.slice(0, 5), { kind: 'finish', choice: 0, finish: { reason: 'other' } }, end],
    ],
    [
      'with reasoning, text and parallel tool calls that interleave',
      delta({ reasoning_content: 'hm' }) +
        delta({ content: 'a' }) +
        call({ index: 0, id: 'c1', type: 'function', function: { name: 'f', arguments: '' } }) +
        call({ index: 1, id: 'c2', function: { name: 'g', arguments: '{"b' } }) +
        call({ index: 0, function: { arguments: '{}' } }) +
        call({ index: 1, function: { arguments: '":1}' } }) +
        delta({}, 'tool_calls') +
        done,
      [
        start,
        { kind: 'part-start', choice: 0, index: 0, part: { kind: 'reasoning' } },
        { kind: 'reasoning-delta', choice: 0, index: 0, text: 'hm' },
        { kind: 'part-end', choice: 0, index: 0 },
        { kind: 'part-start', choice: 0, index: 1, part: { kind: 'text' } },
        { kind: 'text-delta', choice: 0, index: 1, text: 'a' },
        { kind: 'part-end', choice: 0, index: 1 },
        { kind: 'part-start', choice: 0, index: 2, part: { kind: 'tool-call', id: 'c1', name: 'f' } },
        { kind: 'part-start', choice: 0, index: 3, part: { kind: 'tool-call', id: 'c2', name: 'g' } },
        { kind: 'tool-arguments-delta', choice: 0, index: 3, arguments: '{"b' },
        { kind: 'tool-arguments-delta', choice: 0, index: 2, arguments: '{}' },
        { kind: 'tool-arguments-delta', choice: 0, index: 3, arguments: '":1}' },
        { kind: 'part-end', choice: 0, index: 2 },
        { kind: 'part-end', choice: 0, index: 3 },
        { kind: 'finish', choice: 0, finish: { reason: 'tool-calls', raw: 'tool_calls' } },
        end,
      ],
    ],
    [
      'with a refusal',
      delta({ refusal: 'N' }) + delta({ refusal: 'o.' }) + stop + done,
      [
        start,
        { kind: 'part-start', choice: 0, index: 0, part: { kind: 'refusal' } },
        { kind: 'refusal-delta', choice: 0, index: 0, text: 'N' },
        { kind: 'refusal-delta', choice: 0, index: 0, text: 'o.' },
        { kind: 'part-end', choice: 0, index: 0 },
        { kind: 'finish', choice: 0, finish: { reason: 'refusal', raw: 'stop' } },
        end,
      ],
    ],
    [
      'with an encrypted thought, a signed one and a generated picture, each a block of its own',
      delta({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'r1' }] }) +
        delta({ reasoning: 'hm', reasoning_details: [{ type: 'reasoning.text', text: 'hm', signature: 's1' }] }) +
        delta({ images: [{ type: 'image_url', image_url: { url: 'https://a.example/b.png' } }] }) +
        stop +
        done,
      [
        start,
        {
          kind: 'part-start',
          choice: 0,
          index: 0,
          part: { kind: 'whole', part: { kind: 'reasoning', text: '', redacted: 'r1' } },
        },
        { kind: 'part-end', choice: 0, index: 0 },
        { kind: 'part-start', choice: 0, index: 1, part: { kind: 'reasoning' } },
        { kind: 'reasoning-delta', choice: 0, index: 1, text: 'hm' },
        { kind: 'reasoning-signature', choice: 0, index: 1, signature: 's1' },
        { kind: 'part-end', choice: 0, index: 1 },
        {
          kind: 'part-start',
          choice: 0,
          index: 2,
          part: { kind: 'whole', part: { kind: 'image', source: { kind: 'url', url: 'https://a.example/b.png' } } },
        },
        { kind: 'part-end', choice: 0, index: 2 },
        { kind: 'finish', choice: 0, finish: { reason: 'stop', raw: 'stop' } },
        end,
      ],
    ],
    [
      'with parallel calls that a host all numbers 0',
      call({ index: 0, id: 'c1', function: { name: 'f', arguments: '{}' } }) +
        call({ index: 0, id: 'c2', function: { name: 'f', arguments: '[]' } }) +
        stop +
        done,
      [
        start,
        { kind: 'part-start', choice: 0, index: 0, part: { kind: 'tool-call', id: 'c1', name: 'f' } },
        { kind: 'tool-arguments-delta', choice: 0, index: 0, arguments: '{}' },
        { kind: 'part-start', choice: 0, index: 1, part: { kind: 'tool-call', id: 'c2', name: 'f' } },
        { kind: 'tool-arguments-delta', choice: 0, index: 1, arguments: '[]' },
        { kind: 'part-end', choice: 0, index: 0 },
        { kind: 'part-end', choice: 0, index: 1 },
        { kind: 'finish', choice: 0, finish: { reason: 'tool-calls', raw: 'stop' } },
        end,
      ],
    ],
    [
      'with a call whose name comes late and which has no id',
      call({ index: 0, function: { arguments: '{' } }) +
        call({ index: 0, function: { name: 'f', arguments: '}' } }) +
        stop +
        done,
      [
        start,
        { kind: 'part-start', choice: 0, index: 0, part: { kind: 'tool-call', id: 'call_0_0', name: 'f' } },
        { kind: 'tool-arguments-delta', choice: 0, index: 0, arguments: '{}' },
        { kind: 'part-end', choice: 0, index: 0 },
        { kind: 'finish', choice: 0, finish: { reason: 'tool-calls', raw: 'stop' } },
        end,
      ],
    ],
  ];
  for (const [name, text, expected] of cases) test(name, () => assert.deepEqual(read(text), expected));
});

describe('a broken stream ends in an error event', () => {
  const cases: readonly [string, string, string][] = [
    ['cut before its finish', hi, 'stream-error'],
    ['empty', '', 'stream-error'],
    ['nothing but [DONE]', done, 'stream-error'],
    ['one of two choices unfinished', hi + delta({ content: 'x' }, null, 1) + stop, 'stream-error'],
    ['an error object in a chunk', hi + chunk({ error: { code: 502, message: 'upstream' } }), 'server-error'],
    [
      'an error object in a choice',
      chunk({ choices: [{ index: 0, delta: {}, error: { code: 429, message: 'slow' } }] }),
      'rate-limit',
    ],
    ['an error event', `event: error\ndata: {"type":"server_error","message":"x"}\n\n`, 'server-error'],
    ['an error at the head', chunk({ error: { type: 'rate_limit_exceeded', message: 'x' } }), 'rate-limit'],
    ['a chunk that is no JSON', `${hi}data: <html>\n\n`, 'malformed'],
    ['a chunk that is no object', `${hi}data: 7\n\n`, 'malformed'],
    [
      'a JSON error instead of a stream',
      '{"error":{"code":"context_length_exceeded","message":"x"}}',
      'context-overflow',
    ],
    ['JSON that is no answer', '{"ok":true}', 'malformed'],
  ];
  for (const [name, text, reason] of cases) {
    test(`${name}: ${reason}`, () => {
      const events = read(text);
      const last = events.at(-1);
      assert.equal(last?.kind === 'error' ? last.error.reason : last?.kind, reason);
      assert.ok(!events.some((event) => event.kind === 'response-end'), 'and never in a normal end');
    });
  }
});

test('what comes before the first text is no content, so that a fallback is still possible', () => {
  const reader = dialect.createStreamReader();
  const framer = createSseFramer();
  const push = (text: string) => framer.push(encoder.encode(text)).flatMap((frame) => [...reader.push(frame)]);
  assert.ok(!push(delta({ role: 'assistant', content: '' }) + usage).some(isContent));
  assert.ok(push(delta({ content: 'H' })).some(isContent));
});

test('any cut of a stream gives the same events, whatever its line ends', () => {
  const text =
    delta({ reasoning: '考え🚄' }) +
    hi +
    call({ index: 0, id: 'c', function: { name: 'f', arguments: '{"東京":"é"}' } }) +
    stop +
    usage +
    done;
  const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
  fc.assert(
    fc.property(lineEnd, fc.array(fc.nat({ max: text.length * 2 }), { maxLength: 40 }), (ending, offsets) => {
      assert.deepEqual(read(text.replaceAll('\n', ending), offsets), read(text));
    }),
  );
});

describe('a stream is written', () => {
  const response: NeutralResponse = {
    id: 'x',
    model: 'm',
    createdAt: 1,
    choices: [
      {
        index: 0,
        content: [
          { kind: 'reasoning', text: 'hm', signature: 's1' },
          { kind: 'reasoning', text: '', redacted: 'r1' },
          { kind: 'text', text: 'Hi' },
          { kind: 'tool-call', id: 'c1', name: 'f', arguments: '', signature: 's2' },
          { kind: 'tool-call', id: 'c2', name: 'g', arguments: '{"a":1}' },
        ],
        finish: { reason: 'tool-calls', raw: 'tool_use' },
      },
    ],
    usage: { ...NO_USAGE, input: 3, output: 2 },
    extra: {},
  };
  const write = (caller: Parameters<typeof callerWith>[0], of: NeutralResponse = response) => {
    const writer = dialect.createStreamWriter(callerWith(caller));
    return responseEvents(of)
      .map((event) => writer.push(event))
      .join('');
  };
  const objects = (text: string): JsonObject[] =>
    text
      .split('\n\n')
      .filter((frame) => frame.startsWith('data: {'))
      .map((frame) => JSON.parse(frame.slice(6)));

  test('with the role first, each call under its own index, the finish on its own, then [DONE]', () => {
    const text = write({});
    const choices = objects(text).map((object) => (object.choices as JsonObject[])[0]);
    assert.deepEqual(
      choices.map((choice) => choice?.delta),
      [
        { role: 'assistant', content: '' },
        { reasoning_content: 'hm' },
        { reasoning_details: [{ type: 'reasoning.text', text: '', signature: 's1', index: 0 }] },
        { reasoning_details: [{ type: 'reasoning.encrypted', data: 'r1', index: 1 }] },
        { content: 'Hi' },
        {
          tool_calls: [
            {
              index: 0,
              id: 'c1',
              type: 'function',
              function: { name: 'f', arguments: '' },
              extra_content: { google: { thought_signature: 's2' } },
            },
          ],
        },
        { tool_calls: [{ index: 0, function: { arguments: '{}' } }] },
        { tool_calls: [{ index: 1, id: 'c2', type: 'function', function: { name: 'g', arguments: '' } }] },
        { tool_calls: [{ index: 1, function: { arguments: '{"a":1}' } }] },
        {},
      ],
    );
    assert.deepEqual(
      choices.map((choice) => choice?.finish_reason),
      [...Array(9).fill(null), 'tool_calls'],
    );
    assert.ok(text.endsWith(done));
    assert.ok(
      objects(text).every((object) => !('usage' in object)),
      'usage only where it was asked for',
    );
  });
  test('with usage as the last chunk, without choices, where the caller asked', () => {
    const list = objects(write({ streamUsage: true }));
    assert.deepEqual(list.at(-1)?.choices, []);
    assert.equal(asObject(list.at(-1)?.usage).total_tokens, 5);
    assert.ok(list.slice(0, -1).every((object) => object.usage === null));
  });
  test('with function_call for a caller of the older form, one call only', () => {
    const deltas = objects(write({ legacyFunctions: true })).map((object) => (object.choices as JsonObject[])[0]);
    const calls = deltas.flatMap((choice) => asObject(choice?.delta).function_call ?? []);
    assert.deepEqual(calls, [{ name: 'f', arguments: '' }, { arguments: '{}' }]);
    assert.equal(deltas.at(-1)?.finish_reason, 'function_call');
  });
  test('so that it reads back as the same answer', () => {
    const collector = collectEvents();
    for (const event of read(write({ streamUsage: true }))) collector.push(event);
    const [choice] = response.choices;
    const content = choice!.content.map((part) =>
      part.kind === 'tool-call' && part.arguments === '' ? { ...part, arguments: '{}' } : part,
    );
    assert.deepEqual(collector.result(), {
      ...response,
      choices: [{ ...choice, content, finish: { reason: 'tool-calls', raw: 'tool_calls' } }],
    });
  });
  test('ending in an error event without [DONE] when it breaks', () => {
    const writer = dialect.createStreamWriter(callerWith());
    const text = writer.error(new GatewayError('stream_interrupted', 'The stream broke.'), 'req_1');
    const [object] = objects(text);
    assert.deepEqual(
      [asObject(object?.error).code, asObject(object?.error).type],
      ['stream_interrupted', 'server_error'],
    );
    assert.ok(!text.includes('[DONE]'));
  });
});

test('any answer written as a stream and read back is the same', () => {
  const text = fc.string({ unit: 'binary', minLength: 1, maxLength: 20 });
  const part = fc.oneof(
    text.map((value) => ({ kind: 'text' as const, text: value })),
    text.map((value) => ({ kind: 'reasoning' as const, text: value })),
    fc
      .tuple(fc.stringMatching(/^[a-z]{1,8}$/), fc.json())
      .map(([name, json]) => ({ kind: 'tool-call' as const, name, arguments: json })),
  );
  fc.assert(
    fc.property(fc.array(part, { minLength: 1, maxLength: 6 }), (parts) => {
      // Neighbours of one kind are one block on this wire, and all tool calls stay open to the end.
      const content = parts
        .filter((item, at) => item.kind === 'tool-call' || item.kind !== parts[at - 1]?.kind)
        .map((item, at) => (item.kind === 'tool-call' ? { ...item, id: `c${at}` } : item));
      const reason = content.some((item) => item.kind === 'tool-call') ? ('tool-calls' as const) : ('stop' as const);
      const response: NeutralResponse = {
        id: 'x',
        model: 'm',
        createdAt: 1,
        choices: [{ index: 0, content, finish: { reason } }],
        extra: {},
      };
      const writer = dialect.createStreamWriter(callerWith());
      const collector = collectEvents();
      for (const event of read(
        responseEvents(response)
          .map((item) => writer.push(item))
          .join(''),
      ))
        collector.push(event);
      const result = collector.result();
      assert.deepEqual('choices' in result && result.choices[0]?.content, content);
    }),
    { numRuns: 300 },
  );
});
