import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { AssistantPart, FinishReason, JsonObject, NeutralResponse, Usage } from '#core';
import { NO_USAGE } from '#core';
import { answer, caller, gemini, partsAnswer } from './support.ts';

describe('finishReason', () => {
  const cases: readonly [unknown, FinishReason][] = [
    ['STOP', 'stop'],
    [1, 'stop'],
    ['MAX_TOKENS', 'length'],
    [2, 'length'],
    ['SAFETY', 'content-filter'],
    ['RECITATION', 'content-filter'],
    ['BLOCKLIST', 'content-filter'],
    ['PROHIBITED_CONTENT', 'content-filter'],
    ['SPII', 'content-filter'],
    ['IMAGE_SAFETY', 'content-filter'],
    ['MODEL_ARMOR', 'content-filter'],
    [10, 'content-filter'],
    ['MALFORMED_FUNCTION_CALL', 'malformed-tool-call'],
    ['UNEXPECTED_TOOL_CALL', 'malformed-tool-call'],
    ['CONTINUATION', 'pause'],
    ['LANGUAGE', 'other'],
    ['OTHER', 'other'],
    ['A_WORD_OF_TOMORROW', 'other'],
    ['toString', 'other'],
    [undefined, 'other'],
  ];
  for (const [finishReason, reason] of cases) {
    test(`${finishReason} is ${reason}`, () => {
      const response = answer(partsAnswer([{ text: 'x' }], { finishReason }));
      assert.equal(response.choices[0]?.finish.reason, reason);
    });
  }
  test('STOP beside a function call is tool-calls, MAX_TOKENS is not', () => {
    const call = { functionCall: { name: 'f', args: {} } };
    assert.deepEqual(answer(partsAnswer([call])).choices[0]?.finish, { reason: 'tool-calls', raw: 'STOP' });
    assert.equal(answer(partsAnswer([call], { finishReason: 'MAX_TOKENS' })).choices[0]?.finish.reason, 'length');
  });
  const written: readonly [FinishReason, string | undefined, string][] = [
    ['stop', 'end_turn', 'STOP'],
    ['length', 'max_tokens', 'MAX_TOKENS'],
    ['tool-calls', 'tool_use', 'STOP'],
    ['content-filter', 'content_filter', 'SAFETY'],
    ['content-filter', 'RECITATION', 'RECITATION'],
    ['refusal', 'refusal', 'SAFETY'],
    ['stop-sequence', 'stop_sequence', 'STOP'],
    ['pause', 'pause_turn', 'OTHER'],
    ['context-window', undefined, 'MAX_TOKENS'],
    ['malformed-tool-call', undefined, 'MALFORMED_FUNCTION_CALL'],
    ['other', 'LANGUAGE', 'LANGUAGE'],
    ['other', undefined, 'OTHER'],
  ];
  for (const [reason, raw, word] of written) {
    test(`${reason} (${raw}) is written ${word}`, () => {
      const finish = raw === undefined ? { reason } : { reason, raw };
      const body = gemini.writeResponse(
        { id: '', model: '', choices: [{ index: 0, content: [], finish }], extra: {} },
        caller,
      );
      assert.equal((body.candidates as JsonObject[])[0]?.finishReason, word);
    });
  }
});

test('a prompt that was blocked is a choice that the filter ended', () => {
  const response = answer({
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT' },
    usageMetadata: { promptTokenCount: 4, totalTokenCount: 4 },
  });
  assert.deepEqual(response.choices, [
    { index: 0, content: [], finish: { reason: 'content-filter', raw: 'PROHIBITED_CONTENT' } },
  ]);
  assert.equal(response.usage?.input, 4);
});

describe('what is no answer is told, so that a fallback may follow', () => {
  const cases: readonly [unknown, string][] = [
    [{}, 'malformed'],
    [{ candidates: [] }, 'malformed'],
    [null, 'malformed'],
    ['<html>', 'malformed'],
    [[], 'malformed'],
    [{ error: { code: 503, message: 'overloaded', status: 'UNAVAILABLE' } }, 'server-error'],
    [[{ error: { code: 429, message: 'slow', status: 'RESOURCE_EXHAUSTED' } }], 'rate-limit'],
    [[partsAnswer([{ text: 'A' }], { finishReason: undefined })], 'stream-error'],
  ];
  for (const [body, reason] of cases) {
    test(JSON.stringify(body), () => {
      const result = gemini.readResponse(body);
      assert.equal('reason' in result && result.reason, reason);
    });
  }
});

test('calls without ids get ids of their own over the whole answer; given ids stay', () => {
  const call = (id?: string) => ({ functionCall: { name: 'f', args: { n: 1 }, ...(id === undefined ? {} : { id }) } });
  const response = answer({
    responseId: 'R-1_x',
    candidates: [
      { content: { parts: [call(), call('mine'), call()] }, finishReason: 'STOP', index: 0 },
      { content: { parts: [call()] }, finishReason: 'STOP', index: 1 },
    ],
  });
  const ids = response.choices.flatMap((choice) => choice.content.map((part) => part.kind === 'tool-call' && part.id));
  assert.deepEqual(ids, ['call_R-1_x_0', 'mine', 'call_R-1_x_1', 'call_R-1_x_2']);
});

test('parts of every kind are read, and written as they were', () => {
  const parts = [
    { text: 'hm', thought: true, thoughtSignature: 'S0' },
    { text: 'A', thoughtSignature: 'S1' },
    { executableCode: { language: 'PYTHON', code: '1' } },
    { codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } },
    { inlineData: { mimeType: 'image/png', data: 'AA==' }, thoughtSignature: 'S2' },
    { functionCall: { id: 'c1', name: 'f', args: { a: [1, { b: null }] } }, thoughtSignature: 'S3' },
    { functionCall: { id: 'c2', name: 'g', args: {} } },
  ];
  const response = answer(partsAnswer(parts));
  assert.deepEqual(
    response.choices[0]?.content.map((part) => part.kind),
    [...['reasoning', 'text', 'reasoning', 'opaque', 'opaque', 'image', 'reasoning', 'tool-call', 'tool-call']],
  );
  assert.deepEqual(gemini.writeResponse(response, caller).candidates, [
    { content: { parts, role: 'model' }, finishReason: 'STOP', index: 0 },
  ]);
});

test('an array of chunks is one answer', () => {
  const chunk = (text: string, rest: JsonObject = {}) => partsAnswer([{ text }], { finishReason: undefined, ...rest });
  const response = answer([
    chunk('A'),
    {
      ...chunk('B', { finishReason: 'STOP' }),
      usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 3, totalTokenCount: 5 },
    },
  ]);
  assert.deepEqual(response.choices[0]?.content, [{ kind: 'text', text: 'AB' }]);
  assert.equal(response.usage?.output, 3);
});

describe('usage', () => {
  const cases: readonly [string, JsonObject, Partial<Usage> | undefined][] = [
    ['plain', { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 }, { input: 10, output: 5 }],
    [
      'cached, tool use and thoughts are disjoint',
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 60,
        toolUsePromptTokenCount: 7,
        candidatesTokenCount: 5,
        thoughtsTokenCount: 20,
        totalTokenCount: 132,
      },
      { input: 47, cacheRead: 60, output: 5, reasoning: 20 },
    ],
    [
      'audio is told by modality',
      {
        promptTokenCount: 100,
        cachedContentTokenCount: 30,
        promptTokensDetails: [
          { modality: 'TEXT', tokenCount: 20 },
          { modality: 'AUDIO', tokenCount: 80 },
        ],
        cacheTokensDetails: [{ modality: 'AUDIO', tokenCount: 30 }],
        candidatesTokenCount: 50,
        candidatesTokensDetails: [{ modality: 4, tokenCount: 40 }],
        totalTokenCount: 150,
      },
      { input: 20, cacheRead: 30, audioInput: 50, output: 10, audioOutput: 40 },
    ],
    [
      'thoughts up to the limit leave no candidates',
      { promptTokenCount: 4, thoughtsTokenCount: 9, totalTokenCount: 13 },
      { input: 4, reasoning: 9 },
    ],
    ['snake case', { prompt_token_count: 3, candidates_token_count: 2 }, { input: 3, output: 2 }],
    ['no counts are no usage', { trafficType: 'ON_DEMAND' }, undefined],
  ];
  for (const [name, usageMetadata, expected] of cases) {
    test(name, () => {
      const usage = expected === undefined ? undefined : { ...NO_USAGE, ...expected };
      assert.deepEqual(answer({ ...partsAnswer([{ text: 'x' }]), usageMetadata }).usage, usage);
      assert.deepEqual(gemini.readUsage({ usageMetadata }), usage);
    });
  }
  test('may be missing', () => {
    assert.equal(answer(partsAnswer([{ text: 'x' }])).usage, undefined);
    assert.equal('usageMetadata' in gemini.writeResponse(answer(partsAnswer([{ text: 'x' }])), caller), false);
  });
  test('is written with a total that adds up, and reads back the same but for what Gemini cannot tell', () => {
    const count = fc.nat(10_000);
    const usages = fc.record({
      input: count,
      cacheRead: count,
      cacheWrite: count,
      cacheWrite1h: count,
      output: count,
      reasoning: count,
      audioInput: count,
      audioOutput: count,
    });
    fc.assert(
      fc.property(usages, (usage) => {
        const body = gemini.writeResponse({ id: 'i', model: 'm', choices: [], usage, extra: {} }, caller);
        const metadata = body.usageMetadata as Readonly<Record<string, number>>;
        const { promptTokenCount = 0, candidatesTokenCount = 0, thoughtsTokenCount = 0, totalTokenCount } = metadata;
        assert.equal(totalTokenCount, promptTokenCount + candidatesTokenCount + thoughtsTokenCount);
        const { cacheWrite, cacheWrite1h, input, ...rest } = usage;
        assert.deepEqual(gemini.readUsage(body), {
          ...rest,
          cacheWrite: 0,
          cacheWrite1h: 0,
          input: input + cacheWrite + cacheWrite1h,
        });
      }),
    );
  });
});

test('an answer of another dialect is written for callers of Gemini', () => {
  const response: NeutralResponse = {
    id: 'msg_1',
    model: 'claude-x',
    choices: [
      {
        index: 0,
        content: [
          { kind: 'reasoning', text: 'hm', signature: 'sig' },
          { kind: 'reasoning', text: '', redacted: 'xx' },
          { kind: 'refusal', text: 'No.' },
          { kind: 'tool-call', id: 'toolu_1', name: 'f', arguments: '{"a":1}' },
          { kind: 'tool-call', id: 'toolu_2', name: 'g', arguments: '{"a":' },
          { kind: 'tool-call', id: 'toolu_3', name: 'h', arguments: '' },
        ],
        finish: { reason: 'tool-calls', raw: 'tool_use' },
      },
    ],
    usage: { ...NO_USAGE, input: 3, cacheRead: 2, output: 4 },
    extra: {},
  };
  assert.deepEqual(gemini.writeResponse(response, caller), {
    candidates: [
      {
        content: {
          parts: [
            { text: 'hm', thought: true, thoughtSignature: 'sig' },
            { text: 'No.' },
            { functionCall: { id: 'toolu_1', name: 'f', args: { a: 1 } } },
            { functionCall: { id: 'toolu_2', name: 'g', args: { _raw_arguments: '{"a":' } } },
            { functionCall: { id: 'toolu_3', name: 'h', args: {} } },
          ],
          role: 'model',
        },
        finishReason: 'STOP',
        index: 0,
      },
    ],
    usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 4, totalTokenCount: 9, cachedContentTokenCount: 2 },
    modelVersion: 'claude-x',
    responseId: 'msg_1',
  });
});

test('an answer without id and model carries the caller’s', () => {
  const body = gemini.writeResponse({ id: '', model: '', choices: [], extra: {} }, caller);
  assert.deepEqual([body.responseId, body.modelVersion], ['req_1', 'asked-model']);
});

/** Parts as Gemini can tell them apart: no two texts in a row, signatures on thoughts. */
const answerParts: fc.Arbitrary<readonly AssistantPart[]> = fc
  .array(
    fc.oneof(
      fc.record({ kind: fc.constant('text' as const), text: fc.string({ minLength: 1, unit: 'grapheme' }) }),
      fc.record({
        kind: fc.constant('reasoning' as const),
        text: fc.string({ minLength: 1 }),
        signature: fc.base64String({ minLength: 4 }),
      }),
      fc.record({
        kind: fc.constant('tool-call' as const),
        id: fc.uuid(),
        name: fc.constantFrom('f', 'g'),
        arguments: fc
          .dictionary(fc.string(), fc.jsonValue())
          .map((value) => JSON.stringify(JSON.parse(JSON.stringify(value)))),
      }),
    ),
    { maxLength: 6 },
  )
  .map((parts) => parts.filter((part, at) => part.kind !== 'text' || parts[at - 1]?.kind !== 'text'));

test('any answer written is read back the same', () => {
  fc.assert(
    fc.property(answerParts, (parts) => {
      const content = parts.map((part) => ({ ...part }));
      const reason = content.some((part) => part.kind === 'tool-call') ? ('tool-calls' as const) : ('stop' as const);
      const choices = [{ index: 0, content, finish: { reason, raw: 'STOP' } }];
      const response = { id: 'i', model: 'm', choices, usage: { ...NO_USAGE, input: 1, output: 2 }, extra: {} };
      assert.deepEqual(answer(JSON.parse(JSON.stringify(gemini.writeResponse(response, caller)))), response);
    }),
  );
});
