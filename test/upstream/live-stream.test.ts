import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { DialectName } from '../../src/core/index.ts';
import { dialectOf } from '../../src/dialects/index.ts';
import { createLiveStream, type LiveEnd } from '../../src/upstream/live-stream.ts';
import { skimOf } from '../../src/upstream/skim.ts';
import { sniffBody } from '../../src/upstream/sniff.ts';
import { createStreamAccount } from '../../src/upstream/stream-account.ts';

interface Result {
  readonly bytes: string;
  readonly end: LiveEnd | null;
  readonly account: unknown;
}

/** Reads a stream in pieces, with or without letting plain text pass unread. */
function run(dialect: DialectName, pieces: readonly Uint8Array[], isSkimming: boolean): Result {
  const account = createStreamAccount({ inputTokens: 5, outputTokensAtMost: null });
  const out: Uint8Array[] = [];
  const ends: LiveEnd[] = [];
  const live = createLiveStream({
    framer: null,
    reader: dialectOf(dialect)!.createStreamReader(),
    account,
    form: 'bytes',
    stripUsage: dialect === 'openai-chat',
    maxPreludeBytes: 1 << 20,
    skim: isSkimming ? skimOf(dialect) : null,
    onCommit: () => undefined,
    onPressure: () => undefined,
    onOver: (end) => ends.push(end),
  });
  live.start({ bytes: (bytes) => out.push(bytes) > 0, events: () => true, onDrain: () => undefined });
  for (const piece of pieces) live.push(piece);
  live.end();
  assert.equal(ends.length, 1, 'a stream is over exactly once');
  const terminator = ends[0]?.terminator ?? null;
  if (terminator !== null) out.push(terminator);
  const isComplete = ends[0]?.failure === null;
  return {
    bytes: Buffer.concat(out).toString('utf8'),
    end: ends[0] === undefined ? null : { ...ends[0], terminator: null },
    account: { total: account.total(isComplete), finish: account.finish() },
  };
}

const tricky = fc.constantFrom(
  ' word',
  'Grüße 世界 👋',
  '"usage":{"prompt_tokens":1}',
  '\\"finish_reason\\":\\"stop\\"',
  'data: [DONE]\n\n',
  '"error"',
  'message_stop',
  'line\nbreak',
  '',
);
const text = fc.oneof(tricky, fc.string({ unit: 'grapheme', maxLength: 12 }));

const openaiFrame = fc.oneof(
  {
    weight: 6,
    arbitrary: text.map((content) => ({
      choices: [{ index: 0, delta: { content }, finish_reason: null }],
      usage: null,
    })),
  },
  {
    weight: 1,
    arbitrary: text.map((content) => ({
      choices: [{ index: 0, delta: { reasoning_content: content }, finish_reason: null }],
    })),
  },
  {
    weight: 1,
    arbitrary: fc.constant({
      choices: [
        {
          index: 0,
          delta: { tool_calls: [{ index: 0, id: 'c', type: 'function', function: { name: 'f', arguments: '{}' } }] },
          finish_reason: null,
        },
      ],
    }),
  },
  { weight: 1, arbitrary: fc.constant({ choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] }) },
  {
    weight: 1,
    arbitrary: fc.constant({ choices: [], usage: { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 } }),
  },
  { weight: 1, arbitrary: fc.constant({ error: { message: 'overloaded', type: 'server_error' } }) },
);

const openaiStream = fc
  .record({
    frames: fc.array(openaiFrame, { maxLength: 25 }),
    spaced: fc.boolean(),
    eol: fc.constantFrom('\n', '\r\n', '\r'),
    done: fc.boolean(),
  })
  .map(({ frames, spaced, eol, done }) => {
    const lines = frames.map((frame) => {
      const json = JSON.stringify({ id: 'c-1', model: 'm', ...frame });
      return spaced ? json.replaceAll(/":(?=[^"]*(?:"[^"]*"[^"]*)*$)/g, '": ') : json;
    });
    return [...lines, ...(done ? ['[DONE]'] : [])].map((line) => `data: ${line}${eol}${eol}`).join('');
  });

const anthropicEvent = fc.oneof(
  {
    weight: 6,
    arbitrary: text.map(
      (value) => ['content_block_delta', { index: 0, delta: { type: 'text_delta', text: value } }] as const,
    ),
  },
  { weight: 1, arbitrary: fc.constant(['ping', {}] as const) },
  {
    weight: 1,
    arbitrary: fc.constant(['error', { error: { type: 'overloaded_error', message: 'Overloaded' } }] as const),
  },
);

const anthropicStream = fc
  .record({ events: fc.array(anthropicEvent, { maxLength: 25 }), whole: fc.boolean() })
  .map(({ events, whole }) => {
    const head = [
      [
        'message_start',
        {
          message: {
            id: 'msg_1',
            model: 'claude',
            role: 'assistant',
            content: [],
            usage: { input_tokens: 9, output_tokens: 1 },
          },
        },
      ],
      ['content_block_start', { index: 0, content_block: { type: 'text', text: '' } }],
    ] as const;
    const tail = [
      ['content_block_stop', { index: 0 }],
      ['message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } }],
      ['message_stop', {}],
    ] as const;
    return [...head, ...events, ...(whole ? tail : [])]
      .map(([name, data]) => `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`)
      .join('');
  });

/** Cuts mostly behind frames, as the network does, and sometimes anywhere. */
function cut(bytes: Uint8Array, cuts: readonly number[], atFrames: boolean): Uint8Array[] {
  if (atFrames) {
    return Buffer.from(bytes)
      .toString('latin1')
      .split(/(?<=\n\n|\r\n\r\n)/)
      .map((piece) => Buffer.from(piece, 'latin1'));
  }
  const places = [...new Set(cuts.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...places, bytes.length].map((place, at) => bytes.subarray(places[at - 1] ?? 0, place));
}

describe('letting plain text pass unread', () => {
  for (const [dialect, stream] of [
    ['openai-chat', openaiStream],
    ['anthropic-messages', anthropicStream],
  ] as const) {
    it(`gives the same bytes, end and account as reading everything, however ${dialect} is cut`, () => {
      fc.assert(
        fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), fc.boolean(), (sent, cuts, atFrames) => {
          const bytes = new TextEncoder().encode(sent);
          const pieces = cut(bytes, cuts, atFrames);
          const read = run(dialect, [bytes], false);
          const skimmed = run(dialect, pieces, true);
          assert.equal(skimmed.bytes, read.bytes);
          assert.deepEqual(skimmed.end, read.end);
          assert.deepEqual(skimmed.account, read.account);
        }),
        { numRuns: 400 },
      );
    });
  }
});

describe('a body’s kind', () => {
  for (const [body, kind] of [
    ['{"a":1}', 'json'],
    [' \r\n[{', 'json'],
    ['\ufeff{"a":1}', 'json'],
    ['<!doctype html>', 'html'],
    ['data: {}', 'sse'],
    ['data:{}', 'sse'],
    [': ping', 'sse'],
    ['event: message_start', 'sse'],
    ['\ufeffdata: x', 'sse'],
    ['da', 'undecided'],
    ['', 'undecided'],
    ['  ', 'undecided'],
    ['database error', 'unknown'],
    ['upstream connect error', 'unknown'],
    ['"text"', 'unknown'],
  ] as const) {
    it(`of ${JSON.stringify(body)} is ${kind}`, () => {
      assert.equal(sniffBody(new TextEncoder().encode(body)), kind);
    });
  }
});
