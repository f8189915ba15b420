import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { DialectName, JsonObject, Message } from '#core';
import { dialectOf, trimHistory, wireDialects } from '#dialects';

/** Where each dialect keeps its turns; the one without keeps none. */
const KEYS: Readonly<Record<string, string>> = {
  'openai-chat': 'messages',
  'openai-responses': 'input',
  'anthropic-messages': 'messages',
  gemini: 'contents',
  'bedrock-converse': 'messages',
  'cohere-chat': 'messages',
  ollama: 'messages',
};
const CONTEXT = { endpoint: 'chat', pathModel: 'm', pathStream: false } as const;

const says = (role: 'user' | 'assistant' | 'system', text: string): Message =>
  ({ role, content: [{ kind: 'text', text }] }) as Message;

/** A conversation of turns, each with rounds of so many parallel calls before its answer. */
function conversation(turns: readonly (readonly number[])[]): readonly Message[] {
  const messages: Message[] = [says('system', 'INSTRUCTION')];
  for (const [turn, rounds] of turns.entries()) {
    messages.push(says('user', `question ${turn} ${'word '.repeat(20)}`));
    for (const [round, count] of rounds.entries()) {
      const ids = Array.from({ length: count }, (_, at) => `call_${turn}_${round}_${at}`);
      messages.push({
        role: 'assistant',
        content: ids.map((id) => ({ kind: 'tool-call' as const, id, name: `find_${id}`, arguments: '{"q":"all"}' })),
      });
      messages.push({
        role: 'user',
        content: ids.map((id) => ({
          kind: 'tool-result' as const,
          id,
          name: `find_${id}`,
          content: [{ kind: 'text' as const, text: `found ${id} ${'word '.repeat(20)}` }],
        })),
      });
    }
    // The last turn may still wait for its answer.
    if (turn < turns.length - 1) messages.push(says('assistant', `answer ${turn}`));
  }
  return messages;
}

function bodyIn(dialect: DialectName, messages: readonly Message[]): JsonObject {
  const spoken = dialectOf(dialect);
  assert.ok(spoken !== null);
  const request = {
    model: 'm',
    messages,
    tools: [],
    stream: false,
    streamUsage: false,
    maxOutputTokens: 10,
    extra: {},
  };
  return spoken.writeRequest(request, {
    upstreamModel: 'm',
    maxOutputTokens: null,
    defaultMaxOutputTokens: 10,
    params: {},
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
    capabilities: null,
  }).body as JsonObject;
}

/** Calls and results of a body, as the neutral form has them. */
function pairsOf(dialect: DialectName, body: JsonObject) {
  const messages = dialectOf(dialect)?.readRequest(body, CONTEXT).messages ?? [];
  const parts = messages.flatMap(
    ({ content }) => content as readonly { readonly kind: string; readonly id?: string; readonly name?: string }[],
  );
  const idsOf = (kind: string) =>
    parts
      .filter((part) => part.kind === kind)
      .map(({ name }) => name ?? '')
      .sort();
  return { messages, calls: idsOf('tool-call'), results: idsOf('tool-result') };
}

describe('trimming a conversation', () => {
  it('knows every dialect that tells one', () => {
    const talking = wireDialects().filter((name) => name !== 'openai-completions');
    assert.deepEqual(Object.keys(KEYS).sort(), [...talking].sort());
    assert.equal(
      trimHistory({ name: 'openai-completions' }, { prompt: 'long' }, () => false),
      null,
    );
  });

  for (const [name, key] of Object.entries(KEYS)) {
    const dialect = name as DialectName;
    it(`keeps calls with their results, instructions and the last question, in ${name}`, () => {
      const turns = fc.array(fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }), {
        minLength: 1,
        maxLength: 6,
      });
      fc.assert(
        fc.property(turns, fc.integer({ min: 0, max: 4000 }), (shape, limit) => {
          const body = bodyIn(dialect, conversation(shape));
          const fits = (shorter: JsonObject) => JSON.stringify(shorter).length <= limit;
          const trimmed = trimHistory({ name: dialect }, body, fits);
          if (trimmed === null) {
            // Nothing could go: one turn with one round of calls at most.
            assert.ok(shape.length === 1 && (shape[0]?.length ?? 0) <= 1);
            return;
          }
          const { calls, results, messages } = pairsOf(dialect, trimmed.body);
          assert.deepEqual(calls, results);
          const text = JSON.stringify(trimmed.body);
          assert.ok(text.includes('INSTRUCTION'));
          assert.ok(text.includes(`question ${shape.length - 1} `));
          assert.equal(messages.find(({ role }) => role !== 'system')?.role, 'user');
          // Every item that stays is as it was sent, in the order sent.
          const before = body[key] as readonly unknown[];
          const after = trimmed.body[key] as readonly unknown[];
          const places = after.map((item) => before.indexOf(item));
          assert.deepEqual(
            places,
            [...places].sort((a, b) => a - b),
          );
          assert.ok(!places.includes(-1));
          assert.equal(trimmed.dropped, before.length - after.length);
          assert.ok(trimmed.dropped > 0);
        }),
        { numRuns: 150 },
      );
    });
  }

  it('leaves out no more than it must', () => {
    const body = bodyIn('openai-chat', conversation([[], [1], [], []]));
    const sizes = [...Array(40).keys()].map((step) => step * 60);
    for (const limit of sizes) {
      const trimmed = trimHistory({ name: 'openai-chat' }, body, (shorter) => JSON.stringify(shorter).length <= limit);
      assert.ok(trimmed !== null);
      const left = JSON.stringify(trimmed.body).length;
      // One more turn would not have fitted, unless that is all there is to leave out.
      const more = trimHistory({ name: 'openai-chat' }, body, (shorter) => JSON.stringify(shorter).length <= left);
      assert.equal(more?.dropped, trimmed.dropped);
      if (left > limit) assert.equal((trimmed.body.messages as unknown[]).length, 2);
    }
  });

  it('never parts a call from a result that comes after other words', () => {
    const body = {
      input: [
        { role: 'user', content: 'Begin.' },
        { role: 'assistant', content: 'Yes?' },
        { role: 'user', content: 'Look it up.' },
        { type: 'function_call', call_id: 'c1', name: 'find', arguments: '{}' },
        { role: 'user', content: 'And meanwhile?' },
        { type: 'function_call_output', call_id: 'c1', output: 'found' },
        { role: 'assistant', content: 'Here.' },
      ],
    };
    const trimmed = trimHistory({ name: 'openai-responses' }, body, () => false);
    assert.deepEqual(trimmed?.body.input, body.input.slice(2));
  });
});
