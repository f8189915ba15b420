import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AssistantPart, DialectName, NeutralResponse } from '#core';
import { responseEvents, wireDialects } from '#dialects';
import { callerWith } from '../openai-chat/target.ts';
import { spoken } from './cross.ts';

type Row = Readonly<Record<DialectName, readonly string[]>>;

interface Case {
  readonly part: AssistantPart;
  /** What each caller's dialect names as lost; nothing where it says the part. */
  readonly lost: Partial<Row>;
}

const everywhereBut = (name: string, those: readonly DialectName[]): Partial<Row> =>
  Object.fromEntries(wireDialects().flatMap((dialect) => (those.includes(dialect) ? [] : [[dialect, [name]]])));

const CASES: Readonly<Record<string, Case>> = {
  text: { part: { kind: 'text', text: 'Yes.' }, lost: {} },
  'a refusal': { part: { kind: 'refusal', text: 'No.' }, lost: {} },
  thoughts: { part: { kind: 'reasoning', text: 'Hm.' }, lost: { 'openai-completions': ['reasoning'] } },
  'signed thoughts': {
    part: { kind: 'reasoning', text: 'Hm.', signature: 'c2ln' },
    lost: {
      'openai-completions': ['reasoning'],
      'cohere-chat': ['reasoning.signature'],
      ollama: ['reasoning.signature'],
    },
  },
  'encrypted thoughts': {
    part: { kind: 'reasoning', text: '', redacted: 'c2VhbGVk' },
    lost: everywhereBut('reasoning (redacted)', [
      'openai-chat',
      'openai-responses',
      'anthropic-messages',
      'bedrock-converse',
    ]),
  },
  'a call': {
    part: { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
    lost: { 'openai-completions': ['tool-call'] },
  },
  'a signed call': {
    part: { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}', signature: 'c2ln' },
    lost: {
      'openai-completions': ['tool-call'],
      'openai-responses': ['tool_call.signature'],
      'cohere-chat': ['tool_call.signature'],
      ollama: ['tool_call.signature'],
      'bedrock-converse': ['tool_call.signature'],
    },
  },
  'a picture': {
    part: { kind: 'image', source: { kind: 'base64', mediaType: 'image/png', data: 'aGk=' } },
    lost: { 'openai-completions': ['image'], 'openai-responses': ['image'], 'cohere-chat': ['image'] },
  },
  'a sound': {
    part: { kind: 'audio', source: { kind: 'base64', mediaType: 'audio/wav', data: 'aGk=' } },
    lost: everywhereBut('audio', ['anthropic-messages', 'gemini']),
  },
  'what a server tool did': {
    part: {
      kind: 'opaque',
      dialect: 'anthropic-messages',
      type: 'server_tool_use',
      value: { type: 'server_tool_use' },
    },
    lost: everywhereBut('server_tool_use', ['anthropic-messages']),
  },
  'a part whose type is no name': {
    part: { kind: 'opaque', dialect: 'gemini', type: 'Call me: +1 555 0100', value: { text: '' } },
    lost: everywhereBut('unknown', ['gemini']),
  },
};

function answerOf(...contents: readonly (readonly AssistantPart[])[]): NeutralResponse {
  const choices = contents.map((content, index) => ({ index, content, finish: { reason: 'stop' as const } }));
  return { id: 'x', model: 'm', choices, extra: {} };
}

function lossesOf(to: DialectName, response: NeutralResponse, isStream: boolean): readonly string[] {
  const lost = new Set<string>();
  const framing = to === 'bedrock-converse' ? 'aws-eventstream' : 'sse';
  const caller = callerWith({ framing, lose: (what) => lost.add(what) });
  if (isStream) {
    const writer = spoken(to).createStreamWriter(caller);
    for (const event of responseEvents(response)) writer.push(event);
  } else spoken(to).writeResponse(response, caller);
  return [...lost];
}

describe('what of an answer a caller of another dialect does not get', () => {
  for (const [name, { part, lost }] of Object.entries(CASES)) {
    for (const to of wireDialects()) {
      for (const isStream of [false, true]) {
        it(`${name} for a caller of ${to}, ${isStream ? 'streamed' : 'whole'}`, () => {
          // Pictures in a Bedrock stream have no delta.
          const isUnstreamed = isStream && to === 'bedrock-converse' && part.kind === 'image';
          assert.deepEqual(lossesOf(to, answerOf([part]), isStream), isUnstreamed ? ['image'] : (lost[to] ?? []));
        });
      }
    }
  }

  it('a second choice is named where the dialect has one only', () => {
    const response = answerOf([{ kind: 'text', text: 'a' }], [{ kind: 'text', text: 'b' }]);
    for (const to of wireDialects()) {
      const hasSeveral = to === 'openai-chat' || to === 'openai-completions' || to === 'gemini';
      for (const isStream of [false, true]) {
        assert.deepEqual(lossesOf(to, response, isStream), hasSeveral ? [] : ['choices[1]'], to);
      }
    }
  });

  it('a second call is named towards a caller of the older functions', () => {
    const lost: string[] = [];
    const call = { kind: 'tool-call' as const, id: 'c1', name: 'f', arguments: '{}' };
    const caller = callerWith({ legacyFunctions: true, lose: (what) => lost.push(what) });
    spoken('openai-chat').writeResponse(answerOf([call, { ...call, id: 'c2' }]), caller);
    assert.deepEqual(lost, ['tool_calls[1]']);
  });
});
