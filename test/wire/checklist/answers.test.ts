import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DialectName, JsonObject } from '#core';
import { createSseFramer, wireDialects } from '#dialects';
import { readStream, readWhole, spoken } from '../../dialects/answers/cross.ts';
import { callerWith } from '../../dialects/openai-chat/target.ts';

/** The chunks that a caller of chat completions gets for the stream of another dialect. */
function chunksOf(from: DialectName, stream: string): readonly JsonObject[] {
  const writer = spoken('openai-chat').createStreamWriter(callerWith());
  const text = readStream(from, stream)
    .map((event) => writer.push(event))
    .join('');
  assert.ok(text.endsWith('data: [DONE]\n\n'), text.slice(-200));
  return createSseFramer()
    .push(Buffer.from(text))
    .flatMap(({ data }) => (data === null || data === '[DONE]' ? [] : [JSON.parse(data)]));
}

const events = (...list: readonly JsonObject[]) =>
  list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const open = (index: number, content_block: JsonObject) => ({ type: 'content_block_start', index, content_block });
const grow = (index: number, delta: JsonObject) => ({ type: 'content_block_delta', index, delta });
const close = (index: number) => ({ type: 'content_block_stop', index });
const CLAUDE_START = {
  type: 'message_start',
  message: {
    id: 'msg_7',
    type: 'message',
    role: 'assistant',
    model: 'claude',
    content: [],
    usage: { input_tokens: 9 },
  },
};
const claudeEnd = (stop_reason: string) => [
  { type: 'message_delta', delta: { stop_reason }, usage: { output_tokens: 3 } },
  { type: 'message_stop' },
];

describe('points of the checklist about answers', () => {
  it('a refusal and a malformed call are never told as a plain stop', () => {
    const claude = { type: 'message', id: 'm', role: 'assistant', model: 'm', content: [], stop_reason: 'refusal' };
    const gemini = { candidates: [{ content: { parts: [] }, finishReason: 'MALFORMED_FUNCTION_CALL' }] };
    for (const [from, body, finish, own] of [
      ['anthropic-messages', claude, 'content_filter', 'refusal'],
      ['gemini', gemini, 'length', 'MALFORMED_FUNCTION_CALL'],
    ] as const) {
      const { choices } = spoken('openai-chat').writeResponse(readWhole(from, body), callerWith());
      const [choice] = choices as readonly JsonObject[];
      assert.deepEqual([choice?.finish_reason, choice?.native_finish_reason], [finish, own]);
    }
  });

  it('the usage of Bedrock and of Claude adds up for callers of OpenAI', () => {
    const bedrock = {
      output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
      stopReason: 'end_turn',
      usage: {
        inputTokens: 10,
        cacheReadInputTokens: 20,
        cacheWriteInputTokens: 30,
        outputTokens: 5,
        totalTokens: 65,
      },
    };
    const claude = {
      type: 'message',
      id: 'm',
      role: 'assistant',
      model: 'm',
      content: [{ type: 'text', text: 'Hi' }],
      stop_reason: 'end_turn',
      usage: {
        input_tokens: 10,
        cache_read_input_tokens: 20,
        cache_creation_input_tokens: 30,
        output_tokens: 5,
      },
    };
    for (const [from, body] of [
      ['bedrock-converse', bedrock],
      ['anthropic-messages', claude],
    ] as const) {
      const usage = spoken('openai-chat').writeResponse(readWhole(from, body), callerWith()).usage as JsonObject;
      assert.deepEqual([usage.prompt_tokens, usage.completion_tokens, usage.total_tokens], [60, 5, 65], from);
      assert.equal((usage.prompt_tokens_details as JsonObject).cached_tokens, 20);
    }
  });

  it('a page, plain text, an array and nothing are an error in every dialect', () => {
    for (const name of wireDialects()) {
      for (const text of ['<html><h1>502 Bad Gateway</h1></html>', 'upstream connect error', '[]', '[{"x":1}]', '']) {
        assert.equal(spoken(name).readError(502, {}, text).reason, 'server-error', `${name}: ${text}`);
        assert.equal(spoken(name).readError(429, {}, text).reason, 'rate-limit', `${name}: ${text}`);
      }
    }
  });

  it('a stream of Claude has its own id, no chunk for a block that begins, and no other', () => {
    const chunks = chunksOf(
      'anthropic-messages',
      events(
        CLAUDE_START,
        open(0, { type: 'text', text: '' }),
        { type: 'ping' },
        grow(0, { type: 'text_delta', text: 'Hel' }),
        grow(0, { type: 'text_delta', text: 'lo' }),
        close(0),
        ...claudeEnd('end_turn'),
      ),
    );
    const deltas = chunks.map(({ choices }) => (choices as readonly JsonObject[])[0]?.delta);
    assert.deepEqual(deltas, [{ role: 'assistant', content: '' }, { content: 'Hel' }, { content: 'lo' }, {}]);
    assert.deepEqual(new Set(chunks.map(({ id }) => id)), new Set(['msg_7']));
  });

  it('calls of tools are numbered from 0, whatever server tools ran before them', () => {
    const chunks = chunksOf(
      'anthropic-messages',
      events(
        CLAUDE_START,
        open(0, { type: 'text', text: '' }),
        grow(0, { type: 'text_delta', text: 'Look.' }),
        close(0),
        open(1, { type: 'server_tool_use', id: 's1', name: 'web_search', input: {} }),
        grow(1, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
        close(1),
        open(2, { type: 'tool_use', id: 't1', name: 'f', input: {} }),
        grow(2, { type: 'input_json_delta', partial_json: '{"a":1}' }),
        close(2),
        open(3, { type: 'tool_use', id: 't2', name: 'g', input: {} }),
        grow(3, { type: 'input_json_delta', partial_json: '{"b":2}' }),
        close(3),
        ...claudeEnd('tool_use'),
      ),
    );
    const said = ['', ''];
    const ids: unknown[] = [];
    for (const { choices } of chunks) {
      const [choice] = choices as { delta: { tool_calls?: { index: number; id?: string; function: JsonObject }[] } }[];
      for (const { index, id, function: callee } of choice?.delta.tool_calls ?? []) {
        if (id !== undefined) ids.push([index, id, callee.name]);
        said[index] = `${said[index] ?? ''}${callee.arguments}`;
      }
    }
    assert.deepEqual(ids, [
      [0, 't1', 'f'],
      [1, 't2', 'g'],
    ]);
    assert.deepEqual(said, ['{"a":1}', '{"b":2}']);
  });
});
