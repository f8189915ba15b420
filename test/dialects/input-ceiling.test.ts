import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonObject } from '#core';
import { createInputSource, dialectOf, inputCeiling } from '#dialects';

const DATA = 'Q'.repeat(4200);

type Name = 'openai-chat' | 'anthropic-messages' | 'gemini';

/** What a body of that dialect is bounded by beyond its own length; null when its length says nothing. */
function beyondLength(name: Name, body: JsonObject): number | null {
  const context = { endpoint: 'chat', pathModel: 'm', pathStream: false } as const;
  const shape = dialectOf(name)?.readShape(body, context);
  assert.ok(shape !== undefined);
  const { length } = Buffer.from(JSON.stringify(body));
  const most = inputCeiling(length, shape.source);
  return most === null ? null : most - length;
}

const TEMPLATE = 128;
const TOOLS = 640;
const BUILT_IN = 1536;

const openai = (content: unknown, more: JsonObject = {}): JsonObject => ({
  model: 'm',
  messages: [{ role: 'user', content }],
  ...more,
});
const anthropic = (content: unknown, more: JsonObject = {}): JsonObject => ({
  max_tokens: 9,
  ...openai(content, more),
});
const gemini = (parts: unknown, more: JsonObject = {}): JsonObject => ({
  contents: [{ role: 'user', parts }],
  ...more,
});
const base64 = { type: 'base64', media_type: 'image/png', data: DATA };
const tool = { name: 'f', description: 'd', input_schema: { type: 'object' } };

describe('what a body can cost beyond its length', () => {
  const cases: readonly (readonly [string, Name, JsonObject, number | null])[] = [
    ['text', 'openai-chat', openai('Hello'), TEMPLATE],
    ['text', 'anthropic-messages', anthropic('Hello'), TEMPLATE],
    ['text', 'gemini', gemini([{ text: 'Hello' }]), TEMPLATE],
    [
      'tools, as the provider explains them',
      'openai-chat',
      openai('Hi', { tools: [{ type: 'function', function: { name: 'f' } }] }),
      TEMPLATE + TOOLS,
    ],
    ['tools', 'anthropic-messages', anthropic('Hi', { tools: [tool, tool] }), TEMPLATE + TOOLS],
    [
      'tools that the API defines and the caller runs',
      'anthropic-messages',
      anthropic('Hi', { tools: [{ type: 'bash_20250124', name: 'bash' }] }),
      TEMPLATE + TOOLS + BUILT_IN,
    ],
    [
      'tools',
      'gemini',
      gemini([{ text: 'Hi' }], { tools: [{ functionDeclarations: [{ name: 'f' }] }] }),
      TEMPLATE + TOOLS,
    ],
    [
      'an image, which is not read as text',
      'openai-chat',
      openai([{ type: 'image_url', image_url: { url: `data:image/png;base64,${DATA}` } }]),
      TEMPLATE - 22 - 4200,
    ],
    ['an image', 'anthropic-messages', anthropic([{ type: 'image', source: base64 }]), TEMPLATE - 4200],
    [
      'an image in a tool’s result',
      'anthropic-messages',
      anthropic([{ type: 'tool_result', tool_use_id: 't', content: [{ type: 'image', source: base64 }] }]),
      TEMPLATE - 4200,
    ],
    ['an image', 'gemini', gemini([{ inline_data: { mime_type: 'image/png', data: DATA } }]), TEMPLATE - 4200],
    [
      'speech, by its length in time',
      'openai-chat',
      openai([{ type: 'input_audio', input_audio: { data: DATA, format: 'wav' } }]),
      TEMPLATE - 4200 + 210,
    ],
    ['speech', 'gemini', gemini([{ inlineData: { mimeType: 'audio/mp3', data: DATA } }]), TEMPLATE - 4200 + 210],
    [
      'a document of plain text, by its own length',
      'anthropic-messages',
      anthropic([{ type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'abc' } }]),
      TEMPLATE,
    ],
    ['a text file', 'gemini', gemini([{ inlineData: { mimeType: 'text/csv', data: DATA } }]), TEMPLATE],
    ['a PDF, which is compressed', 'openai-chat', openai([{ type: 'file', file: { file_data: DATA } }]), null],
    ['a part that nobody knows', 'openai-chat', openai([{ type: 'video_url', video_url: { url: 'u' } }]), null],
    ['a PDF', 'anthropic-messages', anthropic([{ type: 'document', source: base64 }]), null],
    ['a PDF', 'gemini', gemini([{ inlineData: { mimeType: 'application/pdf', data: DATA } }]), null],
    ['speech by its address', 'gemini', gemini([{ fileData: { mimeType: 'audio/mp3', fileUri: 'u' } }]), null],
    ['a text file by its address', 'gemini', gemini([{ fileData: { mimeType: 'text/csv', fileUri: 'u' } }]), null],
    ['text that an earlier call has left', 'gemini', gemini([{ text: 'Hi' }], { cached_content: 'c' }), null],
    ['a search', 'gemini', gemini([{ text: 'Hi' }], { tools: [{ google_search: {} }] }), null],
    [
      'a search',
      'anthropic-messages',
      anthropic('Hi', { tools: [{ type: 'web_search_20250305', name: 'web_search' }] }),
      null,
    ],
    ['tools of another server', 'anthropic-messages', anthropic('Hi', { mcp_servers: [{ url: 'u' }] }), null],
    ['a search', 'openai-chat', openai('Hi', { web_search_options: {} }), null],
    ['a search by a plugin', 'openai-chat', openai('Hi', { plugins: [{ id: 'web' }] }), null],
    [
      'a spoken answer by its id',
      'openai-chat',
      {
        model: 'm',
        messages: [{ role: 'assistant', audio: { id: 'a' } }],
      },
      null,
    ],
  ];
  for (const [what, name, body, expected] of cases) {
    test(`${name}: ${what}: ${expected ?? 'no bound but the context window'}`, () =>
      assert.equal(beyondLength(name, body), expected));
  }
});

test('a body shorter than the media it claims is no less than the template', () => {
  assert.equal(inputCeiling(10, { ...createInputSource(), mediaChars: 4000 }), TEMPLATE);
});
