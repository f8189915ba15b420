import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DialectName, Endpoint, JsonObject } from '#core';
import { crossingHints, dialectOf, wireDialects } from '#dialects';
import { targetWith } from './openai-chat/target.ts';

const PAGE = { url: 'https://example.com/rain', title: 'Rain' };

interface Case {
  readonly endpoint: Endpoint;
  readonly body: JsonObject;
  /** Who is not told, and that is all that is lost. */
  readonly expected: (to: DialectName) => readonly string[];
}

const noMarks = (to: DialectName): readonly string[] =>
  to === 'anthropic-messages' || to === 'bedrock-converse' ? [] : ['cache_control'];

const CASES: Readonly<Record<string, readonly [DialectName, Case]>> = {
  'marks of the prompt cache, with and without a lifetime': [
    'anthropic-messages',
    {
      endpoint: 'messages',
      body: {
        max_tokens: 99,
        messages: [
          { role: 'user', content: [{ type: 'text', text: 'Hi', cache_control: { type: 'ephemeral', ttl: '1h' } }] },
        ],
      },
      expected: noMarks,
    },
  ],
  'a mark on a tool': [
    'openai-chat',
    {
      endpoint: 'chat',
      body: {
        messages: [{ role: 'user', content: 'Hi' }],
        tools: [{ type: 'function', function: { name: 'f' }, cache_control: { type: 'ephemeral' } }],
      },
      expected: noMarks,
    },
  ],
  'sources of an answer of OpenAI': [
    'openai-chat',
    {
      endpoint: 'chat',
      body: {
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: 'Yes.',
            annotations: [{ type: 'url_citation', url_citation: { start_index: 0, end_index: 4, ...PAGE } }],
          },
          { role: 'user', content: 'Why?' },
        ],
      },
      expected: () => ['citations'],
    },
  ],
  'no sources, as a client sends an answer back': [
    'openai-chat',
    {
      endpoint: 'chat',
      body: {
        messages: [
          { role: 'user', content: 'Hi' },
          { role: 'assistant', content: 'Yes.', annotations: [], refusal: null, audio: null },
          { role: 'user', content: 'Why?' },
        ],
      },
      expected: () => [],
    },
  ],
  'sources of an answer of Anthropic': [
    'anthropic-messages',
    {
      endpoint: 'messages',
      body: {
        max_tokens: 99,
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [
              {
                type: 'text',
                text: 'Yes.',
                citations: [{ type: 'web_search_result_location', cited_text: 'x', encrypted_index: 'a', ...PAGE }],
              },
            ],
          },
          { role: 'user', content: 'Why?' },
        ],
      },
      expected: () => ['citations'],
    },
  ],
  'sources of an answer of Bedrock': [
    'bedrock-converse',
    {
      endpoint: 'chat',
      body: {
        messages: [
          { role: 'user', content: [{ text: 'Hi' }] },
          {
            role: 'assistant',
            content: [
              {
                citationsContent: {
                  content: [{ text: 'Yes.' }],
                  citations: [{ title: 'Rain', location: { web: { url: PAGE.url } } }],
                },
              },
            ],
          },
          { role: 'user', content: [{ text: 'Why?' }] },
        ],
      },
      expected: () => ['citations'],
    },
  ],
  'sources of an answer of Cohere': [
    'cohere-chat',
    {
      endpoint: 'chat',
      body: {
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [{ type: 'text', text: 'Yes.' }],
            citations: [{ start: 0, end: 3, text: 'Yes', sources: [{ type: 'tool', id: 't1', tool_output: {} }] }],
          },
          { role: 'user', content: 'Why?' },
        ],
      },
      expected: () => ['citations'],
    },
  ],
  'a signature that Gemini made for a call': [
    'anthropic-messages',
    {
      endpoint: 'messages',
      body: {
        max_tokens: 99,
        tools: [{ name: 'f', input_schema: { type: 'object' } }],
        messages: [
          { role: 'user', content: 'Hi' },
          {
            role: 'assistant',
            content: [{ type: 'tool_use', id: 'c1', name: 'f', input: {}, signature: 'c2lnbmF0dXJl' }],
          },
          { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'c1', content: 'ok' }] },
        ],
      },
      expected: (to) => (to === 'gemini' ? [] : ['tool_call.signature']),
    },
  ],
};

describe('what crossing leaves out without refusing', () => {
  for (const [name, [from, { endpoint, body, expected }]] of Object.entries(CASES)) {
    it(name, () => {
      const dialect = dialectOf(from) ?? assert.fail();
      const context = { endpoint, pathModel: 'm', pathStream: false };
      // Bedrock names the model in the path alone.
      const request = dialect.readRequest(from === 'bedrock-converse' ? body : { model: 'm', ...body }, context);
      for (const to of wireDialects()) {
        if (to === from) continue;
        assert.deepEqual(crossingHints(request, to), expected(to), to);
        // None of it makes the route decide: that is for what changes what is asked.
        const { lost } = (dialectOf(to) ?? assert.fail()).writeRequest(request, targetWith());
        const refused = to === 'openai-completions' ? lost.filter((path) => !/tool/.test(path)) : lost;
        assert.deepEqual(refused, [], to);
      }
    });
  }
});
