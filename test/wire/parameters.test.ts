import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { DialectName } from '#core';
import {
  CONTENTS,
  holdsMark,
  PARAMETERS,
  tryProbe,
  written,
  writtenDialects,
} from '../../scripts/docs/parameter-probes.ts';

/** What a dialect does anyway, so that nothing is said and nothing lost. */
const UNASKED: ReadonlySet<string> = new Set([
  'openai-completions `reasoning_effort` none',
  'anthropic-messages `reasoning_effort` none',
  'bedrock-converse `reasoning_effort` none',
]);

describe('nothing that a request of another dialect says is dropped in silence', () => {
  for (const dialect of writtenDialects()) {
    it(`by ${dialect}: parameters`, () => {
      for (const probe of PARAMETERS) {
        const { fields, lost } = tryProbe(dialect, probe);
        const isTold = fields.length > 0 || lost.length > 0 || UNASKED.has(`${dialect} ${probe.name}`);
        assert.ok(isTold, `${probe.name} neither changes the request nor is it named`);
      }
    });

    it(`by ${dialect}: parts of a conversation`, () => {
      for (const probe of CONTENTS) {
        const { body, lost } = written(dialect, probe.ask);
        const isTold = holdsMark(body) || lost.length > 0;
        assert.ok(isTold, `${probe.name} is neither in the request nor named`);
      }
    });
  }
});

const DIALECTS = [
  ...(['openai-responses', 'anthropic-messages', 'gemini'] as const),
  ...(['cohere-chat', 'ollama', 'bedrock-converse'] as const),
];

describe('thoughts and their signatures in a conversation that crosses', () => {
  const signatures: readonly (readonly [string, string, readonly DialectName[]])[] = [
    ['of OpenAI', `gAAAAAB${'x'.repeat(60)}`, ['openai-responses']],
    ['of Anthropic', anthropicSignature(), ['anthropic-messages', 'bedrock-converse']],
  ];
  for (const [name, signature, takers] of signatures) {
    it(`${name} go back to their maker alone, and are named elsewhere`, () => {
      for (const dialect of DIALECTS) {
        const { body, lost } = written(dialect, {
          messages: [
            { role: 'user', content: [{ kind: 'text', text: 'Hello' }] },
            {
              role: 'assistant',
              content: [
                { kind: 'reasoning', text: 'hm', signature },
                { kind: 'text', text: 'Hi' },
              ],
            },
            { role: 'user', content: [{ kind: 'text', text: 'So?' }] },
          ],
        });
        const isThere = JSON.stringify(body).includes(signature);
        assert.equal(isThere, takers.includes(dialect), dialect);
        assert.equal(lost.length > 0, !isThere, `${dialect}: ${lost.join(', ')}`);
      }
    });
  }

  it('a cache marker keeps its lifetime towards Anthropic', () => {
    const { body } = written('anthropic-messages', {
      messages: [{ role: 'user', content: [{ kind: 'text', text: 'Hello', cache: { ttl: '1h' } }] }],
    });
    assert.match(JSON.stringify(body), /"cache_control":\{"type":"ephemeral","ttl":"1h"\}/);
  });
});

/** Made up, in the form of a real one: bytes 18 02 22 40 near its head. */
function anthropicSignature(): string {
  return Buffer.from([0x0a, 0x40, 0x18, 0x02, 0x22, 0x40, ...Array(60).fill(7)]).toString('base64');
}
