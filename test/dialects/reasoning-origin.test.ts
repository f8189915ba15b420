import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type DialectName, GatewayError, type JsonObject } from '#core';
import { type Dialect, dialectOf, type OutboundTarget } from '#dialects';
import { modelMaker, reasoningOrigin } from '../../src/dialects/reasoning-origin.ts';

/** Bytes in the envelopes of recorded signatures; what they hold is made up. */
const signed = {
  claude: bytes('12500a48', '081018022a40'),
  olderClaude: bytes('12d8010a46', '080718022a40'),
  claudeOnVertex: bytes('080212cd020a8701', '081018022a40'),
  gemini: bytes('1293020a9002', '0100114d320f'),
  oneField: bytes('0ab101', '01114d320f'),
  numbered: bytes('12ca030ac703080112c203', '010c39d6c7'),
  bare: bytes('', '018f3d6b5f'),
  skipped: 'skip_thought_signature_validator',
  openai: `gAAAAABqhb8q${'x'.repeat(60)}`,
};

function bytes(envelope: string, payload: string): string {
  return Buffer.concat([Buffer.from(envelope + payload, 'hex'), Buffer.alloc(60, 0xfb)]).toString('base64');
}

describe('a signature tells who made it', () => {
  const cases: readonly [keyof typeof signed, string][] = [
    ['claude', 'anthropic'],
    ['olderClaude', 'anthropic'],
    ['claudeOnVertex', 'anthropic'],
    ['gemini', 'google'],
    ['oneField', 'google'],
    ['numbered', 'google'],
    ['bare', 'google'],
    ['skipped', 'google'],
    ['openai', 'openai'],
  ];
  for (const [name, origin] of cases) {
    test(`${name} is of ${origin}`, () => {
      assert.equal(reasoningOrigin(signed[name]), origin);
      if (name === 'openai' || name === 'skipped') return;
      assert.equal(reasoningOrigin(signed[name].replaceAll('+', '-').replaceAll('/', '_')), origin, 'in base64url');
    });
  }
  test('nothing is read into an empty, a short or a strange one', () => {
    for (const text of [undefined, '', 's', 'AQ==', 'ü'.repeat(60), '='.repeat(60), `${'A'.repeat(39)}!`]) {
      assert.equal(reasoningOrigin(text), 'unknown', String(text));
    }
  });
  test('any text gets an answer', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.base64String()), (text) => reasoningOrigin(text).length > 0));
  });
});

test('a model’s name tells its maker, where its maker signs reasoning', () => {
  const makers = {
    'claude-sonnet-4-5': 'anthropic',
    'anthropic/claude-opus-4.1': 'anthropic',
    'gemini-3-pro': 'google',
    'google/gemini-2.5-flash': 'google',
    'gpt-5': 'openai',
    'openai/o3-mini': 'openai',
    'openai/gpt-oss-120b': 'unknown',
    'deepseek-reasoner': 'unknown',
    'my-deployment': 'unknown',
    'llama-4-pro1': 'unknown',
  };
  for (const [model, maker] of Object.entries(makers)) assert.equal(modelMaker(model), maker, model);
});

interface Speaker {
  readonly model: string;
  /** A history in this dialect: a question, then a signed thought, an answer and (where asked for) a signed call. */
  readonly history: (signature: string, call: string | null) => JsonObject;
}

/** Each dialect with a model of its own kind. */
const speakers: Readonly<Record<'anthropic-messages' | 'gemini' | 'openai-chat', Speaker>> = {
  'anthropic-messages': {
    model: 'claude-sonnet-4-5',
    history: (signature, call) => ({
      model: 'm',
      max_tokens: 99,
      messages: [
        { role: 'user', content: 'Why?' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'THOUGHT', signature },
            { type: 'text', text: 'So.' },
            ...(call === null ? [] : [{ type: 'tool_use', id: 'c', name: 'f', input: {}, signature: call }]),
          ],
        },
        { role: 'user', content: 'Go on.' },
      ],
    }),
  },
  gemini: {
    model: 'gemini-3-pro',
    history: (signature, call) => ({
      contents: [
        { role: 'user', parts: [{ text: 'Why?' }] },
        {
          role: 'model',
          parts: [
            { text: 'THOUGHT', thought: true, thoughtSignature: signature },
            { text: 'So.' },
            ...(call === null ? [] : [{ functionCall: { name: 'f', args: {} }, thoughtSignature: call }]),
          ],
        },
        { role: 'user', parts: [{ text: 'Go on.' }] },
      ],
    }),
  },
  'openai-chat': {
    model: 'gpt-5',
    history: (signature, call) => ({
      model: 'm',
      messages: [
        { role: 'user', content: 'Why?' },
        {
          role: 'assistant',
          content: 'So.',
          reasoning_details: [{ type: 'reasoning.text', text: 'THOUGHT', signature }],
          ...(call === null
            ? {}
            : {
                tool_calls: [
                  {
                    id: 'c',
                    type: 'function',
                    function: { name: 'f', arguments: '{}' },
                    extra_content: { google: { thought_signature: call } },
                  },
                ],
              }),
        },
        { role: 'user', content: 'Go on.' },
      ],
    }),
  },
};

const inbound = { endpoint: 'chat', pathModel: 'm', pathStream: false } as const;

function targetOf(upstreamModel: string): OutboundTarget {
  return {
    upstreamModel,
    maxOutputTokens: null,
    defaultMaxOutputTokens: 4096,
    params: {},
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
    capabilities: null,
  };
}

/** What goes out, whole, and what was named as lost. */
function send(from: DialectName, to: DialectName, body: JsonObject, model: string): { sent: string; lost: string } {
  const [reader, writer] = [dialectOf(from) as Dialect, dialectOf(to) as Dialect];
  if (from === to) {
    const passed = reader.passRequest(body, targetOf(model), inbound);
    return { sent: JSON.stringify({ ...body, ...passed.edits }), lost: passed.lost.join() };
  }
  const written = writer.writeRequest({ ...reader.readRequest(body, inbound), dialect: from }, targetOf(model));
  return { sent: JSON.stringify(written.body), lost: written.lost.join() };
}

describe('a history signed by another provider goes out without it', () => {
  const names = Object.keys(speakers) as (keyof typeof speakers)[];
  const own = { 'anthropic-messages': signed.claude, gemini: signed.gemini, 'openai-chat': signed.openai };
  for (const from of names) {
    for (const to of names) {
      for (const maker of names.filter((name) => name !== to)) {
        test(`from ${from} to ${to}, signed as by ${maker}`, () => {
          const { model } = speakers[to];
          const { sent, lost } = send(from, to, speakers[from].history(own[maker], own[maker]), model);
          assert.ok(!sent.includes(own[maker]), sent);
          assert.ok(!sent.includes('THOUGHT'), sent);
          assert.match(lost, /reasoning/);
          assert.match(sent, /So\./);
        });
      }
    }
  }
  for (const name of names) {
    test(`${name} gets its own back untouched`, () => {
      const body = speakers[name].history(own[name], null);
      const { sent, lost } = send(name, name, body, speakers[name].model);
      assert.deepEqual(JSON.parse(sent).messages ?? JSON.parse(sent).contents, body.messages ?? body.contents);
      assert.equal(lost, '');
    });
  }
  test('a Gemini 3 call whose signature is foreign asks to be let through', () => {
    const { sent } = send('gemini', 'gemini', speakers.gemini.history(signed.gemini, signed.claude), 'gemini-3-pro');
    assert.match(sent, /"functionCall":\{[^}]*\{\}\},"thoughtSignature":"skip_thought_signature_validator"/);
  });
  test('an empty signature stays away from Claude in every dialect', () => {
    for (const from of names) {
      const { sent, lost } = send(from, 'anthropic-messages', speakers[from].history('', null), 'claude-sonnet-4-5');
      assert.ok(!sent.includes('THOUGHT'), from);
      assert.match(lost, /reasoning/, from);
    }
  });
  test('encrypted reasoning is told apart as signatures are', () => {
    const body = (data: string) => ({
      model: 'm',
      messages: [{ role: 'assistant', content: 'So.', reasoning_details: [{ type: 'reasoning.encrypted', data }] }],
    });
    const sent = (data: string, model: string) => send('openai-chat', 'openai-chat', body(data), model).sent;
    assert.ok(!sent(signed.openai, 'anthropic/claude-opus-4.1').includes(signed.openai));
    assert.ok(sent(signed.claude, 'anthropic/claude-opus-4.1').includes(signed.claude));
    assert.ok(sent(signed.claude, 'my-deployment').includes(signed.claude));
    const toClaude = send('openai-chat', 'anthropic-messages', body(signed.openai), 'claude-opus-4-1');
    assert.ok(!toClaude.sent.includes(signed.openai));
    assert.match(toClaude.lost, /reasoning/);
  });
  test('a body that cannot be read is nobody’s: it passes to the provider that will say so', () => {
    for (const messages of [null, 'x', [null], [{ role: 'assistant', reasoning_details: 3, tool_calls: [null] }]]) {
      assert.doesNotThrow(() => send('openai-chat', 'openai-chat', { model: 'm', messages }, 'gpt-5'));
    }
    for (const contents of [null, 'x', [null], [{ parts: 3 }], { parts: { text: 'x' } }]) {
      try {
        send('gemini', 'gemini', { contents }, 'gemini-3-pro');
      } catch (error) {
        assert.ok(error instanceof GatewayError);
      }
    }
  });
});
