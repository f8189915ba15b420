import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DialectName, GatewayError, type JsonObject } from '#core';
import { dialectOf } from '#dialects';

const call = { function: { name: 'f', arguments: {} } };
const user = { role: 'user', content: 'Hello' };
const said = (message: JsonObject) => ({ messages: [message] });

/** Bodies that are refused, with the field that is named. */
const CASES: Readonly<Partial<Record<DialectName, readonly (readonly [JsonObject, string])[]>>> = {
  'cohere-chat': [
    [{}, 'messages'],
    [{ messages: [] }, 'messages'],
    [{ messages: [7] }, 'messages[0]'],
    [said({ role: 'robot', content: 'x' }), 'messages[0].role'],
    [said({ role: 'user', content: 7 }), 'messages[0].content'],
    [said({ role: 'user', content: [{}] }), 'messages[0].content[0].type'],
    [said({ role: 'user', content: [{ type: 'image_url', image_url: {} }] }), 'messages[0].content[0].image_url.url'],
    [said({ role: 'assistant', tool_calls: [{}] }), 'messages[0].tool_calls[0].id'],
    [said({ role: 'tool', content: 'x' }), 'messages[0].tool_call_id'],
    [{ ...said(user), tools: [{ function: {} }] }, 'tools[0].function.name'],
    [{ ...said(user), tool_choice: 'auto' }, 'tool_choice'],
    [{ ...said(user), stop_sequences: 'x' }, 'stop_sequences'],
    [{ ...said(user), max_tokens: 'x' }, 'max_tokens'],
    [{ ...said(user), response_format: { type: 'xml' } }, 'response_format.type'],
  ],
  ollama: [
    [{}, 'messages'],
    [{ messages: 'x' }, 'messages'],
    [said({ role: 'robot' }), 'messages[0].role'],
    [said({ role: 'user', content: [] }), 'messages[0].content'],
    [said({ role: 'user', content: 'x', images: 'x' }), 'messages[0].images'],
    [said({ role: 'user', content: 'x', images: [7] }), 'messages[0].images[0]'],
    [said({ role: 'assistant', tool_calls: [{}] }), 'messages[0].tool_calls[0].function.name'],
    [
      said({ role: 'assistant', tool_calls: [{ function: { name: 'f', arguments: 7 } }] }),
      'messages[0].tool_calls[0].function.arguments',
    ],
    [{ ...said(user), tools: [call, { type: 'function' }] }, 'tools[1].function.name'],
    [{ ...said(user), format: 'xml' }, 'format'],
    [{ ...said(user), think: 'hard' }, 'think'],
    [{ ...said(user), stream: 'yes' }, 'stream'],
    [{ ...said(user), options: [] }, 'options'],
    [{ ...said(user), options: { num_predict: 'x' } }, 'options.num_predict'],
    [{ ...said(user), options: { stop: 7 } }, 'options.stop'],
  ],
  'openai-completions': [
    [{}, 'prompt'],
    [{ prompt: [] }, 'prompt'],
    [{ prompt: ['x', {}] }, 'prompt[1]'],
    [{ prompt: 'x', stop: 7 }, 'stop'],
    [{ prompt: 'x', max_tokens: 'x' }, 'max_tokens'],
    [{ prompt: 'x', stream_options: 7 }, 'stream_options'],
  ],
};

for (const [name, cases] of Object.entries(CASES)) {
  describe(`a malformed request of ${name} is refused with the place`, () => {
    const dialect = dialectOf(name as DialectName);
    assert.ok(dialect !== null);
    const context = { endpoint: 'chat', pathModel: null, pathStream: null } as const;
    for (const [body, field] of [...cases, [{ model: 7 }, 'model'] as const]) {
      it(`${field}: ${JSON.stringify(body).slice(0, 80)}`, () => {
        assert.throws(
          () => {
            dialect.readShape({ model: 'm', ...body }, context);
            dialect.readRequest({ model: 'm', ...body }, context);
          },
          (error) => error instanceof GatewayError && error.code === 'invalid_request' && error.field === field,
        );
      });
    }
  });
}
