import assert from 'node:assert/strict';
import { it } from 'node:test';
import { mapBody } from '../../src/guardrails/walk-json.ts';

it('the words of a Converse body are visited, and neither its files, its ids nor its sealed thoughts', () => {
  const texts: string[] = [];
  const names: string[] = [];
  const base64 = 'MDkwLTEyMzQtNTY3OA==';
  const body = {
    system: [{ text: 'w1' }, { guardContent: { text: { text: 'w2' } } }],
    messages: [
      {
        role: 'user',
        content: [
          { text: 'w3' },
          { image: { format: 'png', source: { bytes: base64 } } },
          { document: { format: 'pdf', name: 'n1', source: { bytes: base64 } } },
          { document: { format: 'txt', name: 'n2', source: { text: 'w4' }, context: 'w5' } },
        ],
      },
      {
        role: 'assistant',
        content: [
          { reasoningContent: { reasoningText: { text: 'w6', signature: base64 } } },
          { reasoningContent: { redactedContent: base64 } },
          { toolUse: { toolUseId: 'tooluse_1', name: 'n3', input: { type: 'w7' } } },
        ],
      },
      {
        role: 'user',
        content: [
          {
            toolResult: { toolUseId: 'tooluse_1', status: 'error', content: [{ json: { id: 'w8' } }, { text: 'w9' }] },
          },
        ],
      },
    ],
    toolConfig: {
      tools: [
        {
          toolSpec: {
            name: 'n4',
            description: 'w10',
            inputSchema: { json: { type: 'object', properties: { status: { type: 'string', description: 'w11' } } } },
          },
        },
        { cachePoint: { type: 'default', ttl: '5m' } },
      ],
    },
  };
  const mapped = mapBody(body, {
    text(text) {
      texts.push(text);
      return text;
    },
    name: (name) => void names.push(name),
  });
  assert.equal(mapped, body, 'what has not changed is the same value');
  assert.deepEqual(
    texts.filter((text) => /^w\d/.test(text)),
    ['w1', 'w2', 'w3', 'w4', 'w5', 'w6', 'w7', 'w8', 'w9', 'w10', 'w11'],
  );
  assert.deepEqual(
    texts.filter((text) => text === base64 || text === 'tooluse_1' || text === 'string'),
    [],
  );
  assert.deepEqual(names, ['n1', 'n2', 'n3', 'n4']);
});
