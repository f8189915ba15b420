import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type DialectName, GatewayError, type NeutralEvent } from '#core';
import { createSseFramer, dialectOf, wireDialects } from '#dialects';
import { compileGuard, createStreamCheck, createTally, createVault, type GuardRun } from '#guardrails';
import { cutBytes } from '../support/cut-bytes.ts';

/** What no caller may ever see a part of; the last two are cut within the bytes of a character. */
const SECRETS = [
  'sk-proj-Ab3dEf7hIj2LmNo9QrStUv4xYz1BcD5eFgH8',
  '4111 1111 1111 1111',
  'jane.doe@example.com',
  '０９０－１２３４－５６７８',
  '極秘プロジェクト暁',
];
const TEXT = `The key is ${SECRETS[0]}, 予備のカードは${SECRETS[1]}です. Write to ${SECRETS[2]} 電話は${SECRETS[3]}、${SECRETS[4]}の件。`;
const CHECKS = [
  { id: 'key', check: 'secret-key', action: 'mask' },
  { id: 'card', check: 'credit-card', action: 'mask' },
  { id: 'mail', check: 'email-address', action: 'mask' },
  { id: 'phone', check: 'phone-number', action: 'mask', regions: ['JP'] },
  { id: 'words', check: 'deny-words', action: 'mask', words: [SECRETS[4]] },
];

function guardOf(action?: 'block'): GuardRun['guard'] {
  const checks = CHECKS.map((check) => ({ ...check, action: action ?? check.action }));
  const { output } = compileGuard([{ name: 'safe', stage: ['output'], stream: 'window', checks }]);
  assert.ok(output !== null);
  return output;
}

const MASKING = guardOf();
const BLOCKING = guardOf('block');

function runOf(guard: GuardRun['guard']): GuardRun {
  const context = { stage: 'output' as const, instructions: [] };
  return { guard, context, vault: createVault(() => false), tally: createTally() };
}

/** A whole stream that says the text, as a provider of the dialect writes it: a few characters an event. */
function streamIn(dialect: DialectName): Uint8Array {
  const spoken = dialectOf(dialect);
  assert.ok(spoken !== null);
  const framing = dialect === 'ollama' ? 'ndjson' : dialect === 'bedrock-converse' ? 'aws-eventstream' : 'sse';
  const caller = { model: 'm', requestId: 'r', streamUsage: true, createdAt: 1_767_225_600, framing } as const;
  const writer = spoken.createStreamWriter(caller);
  const at = { choice: 0, index: 0 };
  const pieces = TEXT.match(/.{1,40}/gsu) ?? [];
  const usage = {
    input: 9,
    output: 3,
    cacheRead: 0,
    cacheWrite: 0,
    cacheWrite1h: 0,
    reasoning: 0,
    audioInput: 0,
    audioOutput: 0,
  };
  const events: NeutralEvent[] = [
    { kind: 'response-start', id: 'msg_1', model: 'm' },
    { kind: 'part-start', ...at, part: { kind: 'text' } },
    ...pieces.map((text): NeutralEvent => ({ kind: 'text-delta', ...at, text })),
    { kind: 'part-end', ...at },
    { kind: 'finish', choice: 0, finish: { reason: 'stop' } },
    { kind: 'usage', usage },
    { kind: 'response-end' },
  ];
  const written = events.map((event) => writer.push(event)).join('');
  return Buffer.from(written, framing === 'aws-eventstream' ? 'latin1' : 'utf8');
}

/** What a caller sees of the stream when it comes in these pieces. */
function seen(dialect: DialectName, pieces: readonly Uint8Array[], run: GuardRun) {
  const spoken = dialectOf(dialect);
  assert.ok(spoken !== null);
  const framer = spoken.streamFormat?.createFramer() ?? createSseFramer();
  const reader = spoken.createStreamReader();
  const check = createStreamCheck(run, run.vault);
  let text = '';
  const take = (events: readonly NeutralEvent[]) => {
    for (const event of events) {
      for (const released of check.push(event)) if (released.kind === 'text-delta') text += released.text;
    }
  };
  try {
    for (const piece of pieces) for (const frame of framer.push(piece)) take(reader.push(frame));
    for (const frame of framer.end()) take(reader.push(frame));
    take(reader.end());
    return { text, isBlocked: false };
  } catch (error) {
    assert.ok(error instanceof GatewayError && error.code === 'guardrail_blocked');
    return { text, isBlocked: true };
  }
}

describe('secrets in a stream', () => {
  for (const dialect of wireDialects()) {
    it(`are masked alike wherever the bytes of ${dialect} are cut, and nothing of a blocked one goes out`, () => {
      const bytes = streamIn(dialect);
      assert.equal(seen(dialect, [bytes], runOf({ ...MASKING, spans: [] })).text, TEXT);
      const whole = seen(dialect, [bytes], runOf(MASKING)).text;
      for (const secret of SECRETS) assert.ok(!whole.includes(secret), secret);
      assert.equal(whole.match(/\[[A-Z_]+_\d+\]/g)?.length, SECRETS.length);
      const start = 'The key is ';
      for (let cut = 0; cut <= bytes.length; cut++) {
        const pieces = cutBytes(bytes, [cut]);
        assert.equal(seen(dialect, pieces, runOf(MASKING)).text, whole, `cut at ${cut}`);
        const blocked = seen(dialect, pieces, runOf(BLOCKING));
        assert.ok(blocked.isBlocked && start.startsWith(blocked.text), `cut at ${cut}: ${blocked.text}`);
      }
      const single = cutBytes(bytes, [...bytes.keys()]);
      assert.equal(seen(dialect, single, runOf(MASKING)).text, whole);
    });
  }
});
