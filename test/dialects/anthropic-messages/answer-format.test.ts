import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject, NeutralRequest } from '#core';
import { anthropic, bytes, collect, readStream, sse, write } from './support.ts';

const closed = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };
const open = { type: 'object', additionalProperties: { type: 'number' } };
const own = { kind: 'function', name: 'mine' } as const;

function format(schema: JsonObject, changes: Partial<NeutralRequest> = {}): Partial<NeutralRequest> {
  return { responseFormat: { kind: 'json-schema', schema }, ...changes };
}

function formatOf(body: JsonObject): unknown {
  return (body.output_config as JsonObject | undefined)?.format;
}

test('a schema goes out as a structured output where the model has them', () => {
  const { body, lost } = write(format(closed));
  assert.deepEqual(formatOf(body), { type: 'json_schema', schema: closed });
  assert.deepEqual(lost, []);
});

test('a structured output leaves effort and tools beside it', () => {
  const { body } = write(format(closed, { tools: [own], reasoning: { effort: 'low' } }), 'claude-opus-4-7');
  assert.deepEqual(body.output_config, { effort: 'low', format: { type: 'json_schema', schema: closed } });
  assert.equal((body.tools as unknown[]).length, 1);
});

describe('a schema is brought into the subset of structured outputs', () => {
  const object = (properties: JsonObject) => ({ type: 'object', properties });
  const cases: readonly [string, JsonObject, JsonObject | null][] = [
    [
      'objects are closed',
      object({ a: object({ b: { type: 'null' } }) }),
      {
        ...object({ a: { ...object({ b: { type: 'null' } }), additionalProperties: false } }),
        additionalProperties: false,
      },
    ],
    [
      'constraints become words',
      object({ a: { type: 'number', minimum: 1, description: 'Age.' } }),
      { ...object({ a: { type: 'number', description: 'Age.\n\n{minimum: 1}' } }), additionalProperties: false },
    ],
    [
      'oneOf becomes anyOf',
      object({ a: { oneOf: [{ type: 'string' }, { type: 'null' }] } }),
      { ...object({ a: { anyOf: [{ type: 'string' }, { type: 'null' }] } }), additionalProperties: false },
    ],
    [
      'known formats stay',
      object({ a: { type: 'string', format: 'date' } }),
      { ...object({ a: { type: 'string', format: 'date' } }), additionalProperties: false },
    ],
    [
      'unknown formats become words',
      object({ a: { type: 'string', format: 'phone' } }),
      { ...object({ a: { type: 'string', description: '{format: "phone"}' } }), additionalProperties: false },
    ],
    [
      'references stay',
      { ...object({ a: { $ref: '#/$defs/A' } }), $defs: { A: { type: 'string' } } },
      { ...object({ a: { $ref: '#/$defs/A' } }), $defs: { A: { type: 'string' } }, additionalProperties: false },
    ],
    [
      'a property named like a keyword is a property',
      object({ pattern: { type: 'string' } }),
      { ...object({ pattern: { type: 'string' } }), additionalProperties: false },
    ],
    ['an open map cannot be said', object({ a: open }), null],
    ['an object without named keys cannot be said', object({ a: { type: 'object' } }), null],
    [
      'recursion cannot be said',
      { ...object({ a: { $ref: '#/$defs/A' } }), $defs: { A: object({ a: { $ref: '#/$defs/A' } }) } },
      null,
    ],
    ['references to elsewhere cannot be said', object({ a: { $ref: 'https://example.com/a' } }), null],
  ];
  for (const [name, schema, expected] of cases) {
    test(name, () => {
      const { body } = write(format(schema));
      assert.deepEqual(formatOf(body), expected === null ? undefined : { type: 'json_schema', schema: expected });
      // What cannot be said goes as sent, as the input of one forced tool.
      assert.deepEqual(
        (body.tools as JsonObject[] | undefined)?.[0]?.input_schema,
        expected === null ? schema : undefined,
      );
    });
  }
  test('a schema whose references multiply costs little', () => {
    const defs = Object.fromEntries(
      Array.from({ length: 40 }, (_, at) => [
        `D${at}`,
        object(
          at === 0
            ? { x: { type: 'string' } }
            : { a: { $ref: `#/$defs/D${at - 1}` }, b: { $ref: `#/$defs/D${at - 1}` } },
        ),
      ]),
    );
    const { body } = write(format({ ...object({ r: { $ref: '#/$defs/D39' } }), $defs: defs }));
    assert.notEqual(formatOf(body), undefined);
  });
  test('a schema nested without end is no crash', () => {
    let schema: JsonObject = { type: 'string' };
    for (let depth = 0; depth < 3000; depth++) schema = { type: 'object', properties: { a: schema } };
    assert.equal(formatOf(write(format(schema)).body), undefined);
  });
});

describe('without structured outputs', () => {
  const old = 'claude-sonnet-4-0';
  test('one forced tool takes the answer', () => {
    const { body, lost } = write(format(closed), old);
    const [tool] = body.tools as JsonObject[];
    assert.deepEqual(tool?.input_schema, closed);
    assert.deepEqual(body.tool_choice, { type: 'tool', name: tool?.name, disable_parallel_tool_use: true });
    assert.deepEqual(lost, []);
  });
  test('the caller’s own tools stay callable', () => {
    const { body } = write(format(closed, { tools: [own] }), old);
    assert.deepEqual((body.tools as JsonObject[])[0]?.name, 'mine');
    assert.deepEqual(body.tool_choice, { type: 'any', disable_parallel_tool_use: true });
  });
  test('a model document decides for models of other makers', () => {
    assert.equal(formatOf(write(format(closed), 'glm-5').body), undefined);
    const capabilities = new Set(['json-schema']);
    assert.notEqual(formatOf(write(format(closed), 'glm-5', { capabilities }).body), undefined);
    assert.equal(formatOf(write(format(closed), old, { capabilities }).body), undefined);
    assert.equal(
      formatOf(write(format(closed), 'claude-sonnet-4-5', { capabilities: new Set(['tools']) }).body),
      undefined,
    );
  });
  const instructed: readonly [string, Partial<NeutralRequest>, string][] = [
    ['JSON mode', { responseFormat: { kind: 'json-object' } }, 'claude-sonnet-4-5'],
    ['thinking on', format(closed, { reasoning: { effort: 'low' }, maxOutputTokens: 8000 }), old],
    ['a root that is no object', format({ type: 'array', items: { type: 'string' } }), old],
    [
      'a tool that the caller forces',
      format(closed, { tools: [own], toolChoice: { kind: 'tool', name: 'mine' } }),
      old,
    ],
    ['no forced tools', format(open), 'claude-opus-5-5'],
  ];
  for (const [name, request, model] of instructed) {
    test(`${name}: an instruction says it`, () => {
      const { body, lost } = write(
        {
          messages: [
            { role: 'system', content: [{ kind: 'text', text: 'Own.' }] },
            { role: 'user', content: [{ kind: 'text', text: 'Hi' }] },
          ],
          ...request,
        },
        model,
      );
      assert.match(String(body.system), /^Own\.\n\nYour whole answer is one JSON object/);
      assert.equal(formatOf(body), undefined);
      assert.deepEqual(lost, []);
    });
  }
});

describe('the answer tool’s call comes back as text', () => {
  const name = ((write(format(closed), 'claude-sonnet-4-0').body.tools as JsonObject[])[0] as { name: string }).name;
  const expected = [
    { index: 0, content: [{ kind: 'text', text: '{"a":"x"}' }], finish: { reason: 'stop', raw: 'tool_use' } },
  ];
  const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm' };
  test('in a whole answer', () => {
    const content = [{ type: 'tool_use', id: 't', name, input: { a: 'x' } }];
    const response = anthropic.readResponse({ ...message, content, stop_reason: 'tool_use' });
    assert.deepEqual('choices' in response && response.choices, expected);
  });
  test('in a stream', () => {
    const block = { type: 'tool_use', id: 't', name, input: {} };
    const delta = (text: string) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json: text },
    });
    const events = readStream([
      bytes(
        sse([
          { type: 'message_start', message } as { type: string },
          { type: 'content_block_start', index: 0, content_block: block } as { type: string },
          delta('{"a":'),
          delta('"x"}'),
          { type: 'content_block_stop', index: 0 } as { type: string },
          { type: 'message_delta', delta: { stop_reason: 'tool_use' } } as { type: string },
          { type: 'message_stop' },
        ]),
      ),
    ]);
    assert.deepEqual(collect(events).choices, expected);
  });
  test('and a real tool’s call beside it keeps the reason', () => {
    const content = [
      { type: 'tool_use', id: 't', name, input: {} },
      { type: 'tool_use', id: 'u', name: 'mine', input: {} },
    ];
    const response = anthropic.readResponse({ ...message, content, stop_reason: 'tool_use' });
    assert.equal('choices' in response && response.choices[0]?.finish.reason, 'tool-calls');
  });
});
