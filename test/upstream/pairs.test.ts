import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { DialectName, Endpoint, NeutralEvent } from '../../src/core/index.ts';
import type { Upstream } from '../../src/upstream/index.ts';
import {
  type Answer,
  chatAnswer,
  chatFrames,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '../support/scripted-upstream.ts';
import { callOf, HELLO, planOf, planTarget, take, upstreamOf } from './harness.ts';

interface Speaker {
  readonly dialect: DialectName;
  readonly endpoint: Endpoint;
  readonly body: (stream: boolean) => Readonly<Record<string, unknown>>;
  readonly answer: Answer;
  readonly stream: Answer;
  readonly path: (stream: boolean) => string;
}

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
const gemini = (text: string, more: object = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...more }],
  usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 },
  modelVersion: 'gemini-2.5-pro',
  responseId: 'g-1',
});

const SPEAKERS: readonly Speaker[] = [
  {
    dialect: 'openai-chat',
    endpoint: 'chat',
    body: (stream) => ({ ...HELLO, stream, ...(stream ? { stream_options: { include_usage: true } } : {}) }),
    answer: chatAnswer('Hi there'),
    stream: { chunks: chatFrames('Hi', ' there') },
    path: () => '/v1/chat/completions',
  },
  {
    dialect: 'anthropic-messages',
    endpoint: 'messages',
    body: (stream) => ({ ...HELLO, max_tokens: 50, stream }),
    answer: {
      body: {
        id: 'msg_1',
        type: 'message',
        role: 'assistant',
        model: 'claude',
        content: [{ type: 'text', text: 'Hi there' }],
        stop_reason: 'end_turn',
        stop_sequence: null,
        usage: { input_tokens: 9, output_tokens: 3 },
      },
    },
    stream: {
      chunks: [
        event('message_start', {
          message: {
            id: 'msg_1',
            type: 'message',
            role: 'assistant',
            model: 'claude',
            content: [],
            stop_reason: null,
            usage: { input_tokens: 9, output_tokens: 1 },
          },
        }),
        event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
        event('ping', {}),
        event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hi' } }),
        event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: ' there' } }),
        event('content_block_stop', { index: 0 }),
        event('message_delta', {
          delta: { stop_reason: 'end_turn', stop_sequence: null },
          usage: { output_tokens: 3 },
        }),
        event('message_stop', {}),
      ],
    },
    path: () => '/v1/messages',
  },
  {
    dialect: 'gemini',
    endpoint: 'generate',
    body: () => ({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] }),
    answer: { body: gemini('Hi there', { finishReason: 'STOP' }) },
    stream: {
      chunks: [gemini('Hi'), gemini(' there', { finishReason: 'STOP' })].map(
        (chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`,
      ),
    },
    path: (stream) => `/v1/models/gpt-4o-2024-11-20:${stream ? 'streamGenerateContent?alt=sse' : 'generateContent'}`,
  },
];

describe('every caller reaches every provider', () => {
  let server: ScriptedUpstream;
  let upstream: Upstream;

  before(async () => {
    server = await startScriptedUpstream();
    upstream = upstreamOf();
  });
  after(async () => {
    await upstream.close();
    await server.close();
  });

  for (const caller of SPEAKERS) {
    for (const provider of SPEAKERS) {
      for (const stream of [false, true]) {
        it(`${caller.dialect} to ${provider.dialect}, ${stream ? 'streaming' : 'whole'}`, async () => {
          server.enqueue(stream ? provider.stream : provider.answer);
          const plan = planOf([planTarget('premium/gpt', { url: server.url, dialect: provider.dialect })]);
          const call = callOf(plan, { dialect: caller.dialect, endpoint: caller.endpoint, body: caller.body(stream) });
          const context = { endpoint: caller.endpoint, pathModel: 'gemini-2.5-pro', pathStream: stream };
          const inbound = caller.dialect === 'gemini' ? { ...call.inbound, context, stream } : call.inbound;
          const executed = await upstream.execute({ ...call, inbound });
          assert.equal(server.requests.at(-1)?.path, provider.path(stream));
          const isSame = caller.dialect === provider.dialect;
          if (!stream) {
            assert.ok(executed.kind === 'json', JSON.stringify(executed));
            assert.equal(executed.bytes !== null, isSame);
            assert.deepEqual(executed.response?.choices[0]?.content, [{ kind: 'text', text: 'Hi there' }]);
            assert.deepEqual([executed.usage.input, executed.usage.output, executed.estimated], [9, 3, false]);
            return;
          }
          const { text, events, end } = await take(executed);
          if (isSame) assert.equal(text, frames(provider.stream));
          else assert.equal(textOf(events), 'Hi there');
          assert.equal(end.complete, true);
          assert.deepEqual([end.usage.input, end.usage.output, end.estimated, end.finish], [9, 3, false, 'stop']);
        });
      }
    }
  }
});

function frames(answer: Answer): string {
  return typeof answer === 'function' ? '' : (answer.chunks ?? []).join('');
}

function textOf(events: readonly NeutralEvent[]): string {
  return events.map((each) => (each.kind === 'text-delta' ? each.text : '')).join('');
}
