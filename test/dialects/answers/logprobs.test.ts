import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DialectName, JsonObject, NeutralResponse } from '#core';
import { wireDialects } from '#dialects';
import { collect, crossStream, crossWhole, readStream, readWhole } from './cross.ts';

const TOKENS = [
  { token: 'Hi', logprob: -0.1, top: { Hi: -0.1, Ho: -2.5 } },
  { token: ' there', logprob: -0.7, top: { ' there': -0.7, ' you': -1.2 } },
] as const;
const TEXT = 'Hi there';

/** The tokens in OpenAI's form, that of Ollama too. */
const listed = TOKENS.map(({ token, logprob, top }) => ({
  token,
  logprob,
  bytes: [...Buffer.from(token)],
  top_logprobs: Object.entries(top).map(([other, figure]) => ({
    token: other,
    logprob: figure,
    bytes: [...Buffer.from(other)],
  })),
}));
const gemini = {
  avgLogprobs: -0.4,
  logprobsResult: {
    chosenCandidates: TOKENS.map(({ token, logprob }) => ({ token, logProbability: logprob })),
    topCandidates: TOKENS.map(({ top }) => ({
      candidates: Object.entries(top).map(([token, logProbability]) => ({ token, logProbability })),
    })),
  },
};
const completions = {
  tokens: TOKENS.map(({ token }) => token),
  token_logprobs: TOKENS.map(({ logprob }) => logprob),
  top_logprobs: TOKENS.map(({ top }) => top),
  text_offset: [0, 2],
};
const cohere = TOKENS.map(({ token, logprob }) => ({ token_ids: [7], text: token, logprobs: [logprob] }));

const data = (chunks: readonly JsonObject[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');
const sse = (events: readonly JsonObject[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const at = <T>(list: readonly T[], index: number): T => list[index] ?? assert.fail();

const response = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed', error: null };
const part = { type: 'output_text', text: TEXT, annotations: [], logprobs: listed };
const item = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] };
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };

const ANSWERS: Readonly<Partial<Record<DialectName, { readonly whole: JsonObject; readonly stream: string }>>> = {
  'openai-chat': {
    whole: {
      id: 'c1',
      model: 'm',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: TEXT },
          logprobs: { content: listed, refusal: null },
          finish_reason: 'stop',
        },
      ],
    },
    stream: `${data([
      ...TOKENS.map(({ token }, index) => ({
        id: 'c1',
        choices: [
          { index: 0, delta: { content: token }, logprobs: { content: [at(listed, index)] }, finish_reason: null },
        ],
      })),
      { id: 'c1', choices: [{ index: 0, delta: {}, logprobs: null, finish_reason: 'stop' }] },
    ])}data: [DONE]\n\n`,
  },
  'openai-responses': {
    whole: { ...response, output: [item] },
    stream: sse([
      { type: 'response.created', response: { ...response, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...item, content: [] } },
      ...TOKENS.map(({ token }, index) => ({
        type: 'response.output_text.delta',
        ...place,
        delta: token,
        logprobs: [at(listed, index)],
      })),
      { type: 'response.content_part.done', ...place, part },
      { type: 'response.output_item.done', output_index: 0, item },
      { type: 'response.completed', response: { ...response, output: [item] } },
    ]),
  },
  'openai-completions': {
    whole: {
      id: 'cmpl',
      model: 'm',
      choices: [{ index: 0, text: TEXT, logprobs: completions, finish_reason: 'stop' }],
    },
    stream: `${data([
      ...TOKENS.map(({ token, logprob, top }, index) => ({
        id: 'cmpl',
        choices: [
          {
            index: 0,
            text: token,
            logprobs: {
              tokens: [token],
              token_logprobs: [logprob],
              top_logprobs: [top],
              text_offset: [at(completions.text_offset, index)],
            },
            finish_reason: null,
          },
        ],
      })),
      { id: 'cmpl', choices: [{ index: 0, text: '', logprobs: null, finish_reason: 'stop' }] },
    ])}data: [DONE]\n\n`,
  },
  gemini: {
    whole: {
      candidates: [{ index: 0, content: { role: 'model', parts: [{ text: TEXT }] }, finishReason: 'STOP', ...gemini }],
    },
    stream: data(
      TOKENS.map(({ token }, index) => ({
        candidates: [
          {
            index: 0,
            content: { role: 'model', parts: [{ text: token }] },
            ...(index === 1 ? { finishReason: 'STOP' } : {}),
            logprobsResult: {
              chosenCandidates: [at(gemini.logprobsResult.chosenCandidates, index)],
              topCandidates: [at(gemini.logprobsResult.topCandidates, index)],
            },
          },
        ],
      })),
    ),
  },
  'cohere-chat': {
    whole: {
      id: 'co1',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: TEXT }] },
      logprobs: cohere,
    },
    stream: sse([
      { type: 'message-start', id: 'co1', delta: { message: { role: 'assistant' } } },
      { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
      ...TOKENS.map(({ token }, index) => ({
        type: 'content-delta',
        index: 0,
        delta: { message: { content: { text: token } } },
        logprobs: at(cohere, index),
      })),
      { type: 'content-end', index: 0 },
      { type: 'message-end', delta: { finish_reason: 'COMPLETE' } },
    ]),
  },
  ollama: {
    whole: {
      model: 'm',
      created_at: '2026-11-01T00:00:00Z',
      message: { role: 'assistant', content: TEXT },
      logprobs: listed,
      done: true,
      done_reason: 'stop',
    },
    stream: [
      ...TOKENS.map(({ token }, index) => ({
        model: 'm',
        message: { role: 'assistant', content: token },
        logprobs: [at(listed, index)],
        done: false,
      })),
      { model: 'm', message: { role: 'assistant', content: '' }, done: true, done_reason: 'stop' },
    ]
      .map((line) => `${JSON.stringify(line)}\n`)
      .join(''),
  },
};

/** Dialects whose answers have no place for probabilities. */
const SILENT: ReadonlySet<DialectName> = new Set(['anthropic-messages', 'bedrock-converse']);

function tokensOf({ choices }: NeutralResponse, withTop: boolean) {
  return (choices[0]?.content ?? []).flatMap((each) =>
    each.kind === 'text'
      ? (each.logprobs ?? []).map(({ token, logprob, top = [] }) => ({
          token,
          logprob,
          ...(withTop ? { top: Object.fromEntries(top.map((other) => [other.token, other.logprob])) } : {}),
        }))
      : [],
  );
}

describe('how likely each token was', () => {
  for (const [name, answer] of Object.entries(ANSWERS)) {
    const from = name as DialectName;
    const hasTop = from !== 'cohere-chat';
    const expected = (withTop: boolean) =>
      TOKENS.map(({ token, logprob, top }) => ({ token, logprob, ...(withTop ? { top } : {}) }));

    it(`is read from ${from}, whole and streamed`, () => {
      for (const read of [readWhole(from, answer.whole), collect(readStream(from, answer.stream))]) {
        assert.deepEqual(tokensOf(read, hasTop), expected(hasTop));
        assert.equal(read.unread, undefined);
      }
    });

    for (const to of wireDialects()) {
      it(`goes from ${from} to ${to}, or is named`, () => {
        for (const { response: back, lost } of [
          crossWhole(from, to, answer.whole),
          crossStream(from, to, answer.stream),
        ]) {
          if (SILENT.has(to)) {
            assert.deepEqual(tokensOf(back, false), []);
            assert.deepEqual(lost, ['logprobs']);
            continue;
          }
          const keepsTop = hasTop && to !== 'cohere-chat';
          assert.deepEqual(tokensOf(back, keepsTop), expected(keepsTop));
          assert.deepEqual(lost, hasTop && !keepsTop ? ['top_logprobs'] : []);
        }
      });
    }
  }
});
