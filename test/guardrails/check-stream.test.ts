import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { GatewayError, type NeutralEvent } from '#core';
import { CHECKS, compileGuard, createStreamCheck, createTally, createVault, type GuardRun } from '#guardrails';

const CONTEXT = { stage: 'output' as const, instructions: [] };

/** Every check that finds places, with a text that holds its finding once. */
const SPANS = [...CHECKS.values()].flatMap((check) => {
  const { hit, options } = check.sample;
  const isSpans = [check.compile(options)].flat().some(({ kind }) => kind === 'spans');
  return isSpans && hit.kind === 'text' ? [{ check, options, text: `Well then. ${hit.text} And so on.` }] : [];
});

function runOf(name: string, options: object, action: 'mask' | 'block'): GuardRun {
  const checks = [{ ...options, id: 'it', check: name, action }];
  const { output } = compileGuard([{ name: 'safe', stage: ['output'], stream: 'window', checks }]);
  assert.ok(output !== null);
  return { guard: output, context: CONTEXT, vault: createVault(() => false), tally: createTally() };
}

/** What a stream of these pieces lets out, and whether it was blocked. */
function played(
  run: GuardRun,
  pieces: readonly string[],
  kind: 'text' | 'tool',
): { readonly text: string; readonly isBlocked: boolean } {
  const check = createStreamCheck(run, run.vault);
  const at = { choice: 0, index: 0 };
  const delta = (piece: string): NeutralEvent =>
    kind === 'text'
      ? { kind: 'text-delta', ...at, text: piece }
      : { kind: 'tool-arguments-delta', ...at, arguments: piece };
  const part = kind === 'text' ? ({ kind: 'text' } as const) : ({ kind: 'tool-call', id: 'c', name: 'send' } as const);
  let text = '';
  try {
    for (const event of [
      { kind: 'part-start' as const, ...at, part },
      ...pieces.map(delta),
      { kind: 'part-end' as const, ...at },
    ]) {
      for (const released of check.push(event)) {
        if ('text' in released) text += released.text;
        if ('arguments' in released) text += released.arguments;
      }
    }
    return { text, isBlocked: false };
  } catch (error) {
    assert.ok(error instanceof GatewayError);
    return { text, isBlocked: true };
  }
}

describe('a stream that is checked in a window', () => {
  for (const { check, options, text } of SPANS) {
    const whole = played(runOf(check.name, options, 'mask'), [text], 'text').text;

    it(`masks ${check.name} alike, wherever the text is cut`, () => {
      assert.notEqual(whole, text);
      for (let cut = 0; cut <= text.length; cut++) {
        const pieces = [text.slice(0, cut), text.slice(cut)];
        assert.equal(played(runOf(check.name, options, 'mask'), pieces, 'text').text, whole, `cut at ${cut}`);
      }
      assert.equal(played(runOf(check.name, options, 'mask'), text.split(''), 'text').text, whole, 'unit by unit');
    });

    it(`lets nothing of ${check.name} out before it blocks`, () => {
      const safe = whole.slice(
        0,
        [...whole].findIndex((unit, index) => unit !== text[index]),
      );
      for (let cut = 0; cut <= text.length; cut++) {
        const { text: out, isBlocked } = played(
          runOf(check.name, options, 'block'),
          [text.slice(0, cut), text.slice(cut)],
          'text',
        );
        assert.ok(isBlocked, `cut at ${cut}`);
        assert.ok(safe.startsWith(out), `cut at ${cut}: ${out}`);
      }
      const { text: out, isBlocked } = played(runOf(check.name, options, 'block'), text.split(''), 'text');
      assert.ok(isBlocked && safe.startsWith(out), `unit by unit: ${out}`);
    });

    it(`finds ${check.name} in arguments of tools whose letters are escaped, wherever they are cut`, () => {
      const escaped = [...text].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
      const json = `{"note":"${escaped}"}`;
      for (let cut = 0; cut <= json.length; cut += 5) {
        const { text: out } = played(runOf(check.name, options, 'mask'), [json.slice(0, cut), json.slice(cut)], 'tool');
        assert.deepEqual(JSON.parse(out), { note: whole }, `cut at ${cut}`);
      }
    });
  }

  it('keeps back no more than two words of prose for the sake of numbers, whatever could follow', () => {
    for (const name of [
      'phone-number',
      'us-ssn',
      'iban',
      'bank-account',
      'date-of-birth',
      'markdown-links',
      'bidi-controls',
    ]) {
      const { options } = SPANS.find(({ check }) => check.name === name) ?? assert.fail(name);
      const run = runOf(name, options, 'mask');
      const check = createStreamCheck(run, run.vault);
      const at = { choice: 0, index: 0 };
      check.push({ kind: 'part-start', ...at, part: { kind: 'text' } });
      let waiting = '';
      for (const text of 'the parcel was last seen at the depot and nobody can say more about it '.split(/(?<= )/)) {
        waiting += text;
        for (const event of check.push({ kind: 'text-delta', ...at, text })) {
          if (event.kind === 'text-delta') waiting = waiting.slice(event.text.length);
        }
        assert.ok(waiting.trim().split(' ').length <= 2, `${name}: ${waiting}`);
      }
    }
  });
});
