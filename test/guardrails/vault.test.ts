import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { compileGuard, createTally, createVault, type GuardRun } from '#guardrails';
import { checkText } from '../../src/guardrails/check-text.ts';

const VALUES = ['jane.doe@example.com', 'j@example.org', '+44 20 7946 0958', '203.0.113.7', '4111 1111 1111 1111'];
const FILLERS = [' and ', ', ', '\n', 'です。', '[', ']', '[EMAIL_1]', '[EMAIL_2]', '[PHONE_1]', ' 😀 ', '1', ' at '];

/** Masks as a policy with `restore` does. */
function runOver(text: string, restore: boolean): GuardRun {
  const names = ['email-address', 'phone-number', 'ip-address', 'credit-card'];
  const checks = names.map((check) => ({ id: check, check, action: 'mask' as const, restore }));
  const { input } = compileGuard([{ name: 'safe', stage: ['input'], stream: 'window', checks }]);
  assert.ok(input !== null);
  const vault = createVault((placeholder) => text.includes(placeholder));
  return { guard: input, context: { stage: 'input', instructions: [] }, vault, tally: createTally() };
}

const anyText = fc
  .array(fc.oneof(fc.constantFrom(...VALUES), fc.constantFrom(...FILLERS), fc.string({ maxLength: 6 })), {
    maxLength: 24,
  })
  .map((parts) => parts.join(''));

describe('what is masked', () => {
  it('comes back as it was, whatever stands around it', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const run = runOver(text, true);
        assert.equal(run.vault.restore(checkText(run, text)), text);
      }),
    );
  });

  it('has one placeholder for each value, in every text of a request, and never one that the caller wrote', () => {
    const texts = fc.array(fc.constantFrom(...VALUES), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(texts, fc.constantFrom('', '[EMAIL_1] ', '[PHONE_1][IP_1] '), (values, written) => {
        const run = runOver(written, true);
        const placeholders = new Map<string, string>();
        for (const value of values) {
          const masked = checkText(run, `to ${value} now`).slice(3, -4);
          assert.match(masked, /^\[[A-Z]+_\d+\]$/);
          assert.equal(placeholders.get(value) ?? masked, masked);
          assert.ok(written === '' || !written.includes(masked));
          placeholders.set(value, masked);
        }
        assert.equal(new Set(placeholders.values()).size, placeholders.size);
      }),
    );
  });

  it('stays masked without `restore`', () => {
    const run = runOver('', false);
    const masked = checkText(run, `to ${VALUES[0]} now`);
    assert.equal(run.vault.restore(masked), 'to [EMAIL_1] now');
    assert.equal(run.vault.isRestoring(), false);
  });
});
