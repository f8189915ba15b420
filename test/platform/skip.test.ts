import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { requireProgram, requireSharedData } from '../support/skip.ts';

function recordSkips() {
  const skips: (string | undefined)[] = [];
  const printed: string[] = [];
  const context = { skip: (message?: string) => void skips.push(message) };
  return { skips, printed, context, print: (line: string) => void printed.push(line) };
}

function setCi(t: { after(clean: () => void): void }, value: string | undefined): void {
  const before = process.env.SIGNALBOX_CI;
  t.after(() => restore(before));
  restore(value);
}

function restore(value: string | undefined): void {
  if (value === undefined) delete process.env.SIGNALBOX_CI;
  else process.env.SIGNALBOX_CI = value;
}

describe('skipping a test', () => {
  it('returns the path of a program that is there', () => {
    const { skips, context } = recordSkips();
    assert.match(requireProgram(context, 'node') ?? '', /node(\.exe)?$/);
    assert.deepEqual(skips, []);
  });

  it('skips with the reason when a program is missing', (t) => {
    setCi(t, undefined);
    const { skips, printed, context, print } = recordSkips();
    assert.equal(requireProgram(context, 'no-such-program', print), undefined);
    assert.deepEqual([skips, printed], [['no no-such-program'], ['skipped: no no-such-program']]);
  });

  it('fails in CI when a program is missing', (t) => {
    setCi(t, '1');
    const { context } = recordSkips();
    assert.throws(() => requireProgram(context, 'no-such-program'), /no no-such-program: SIGNALBOX_CI=1/);
  });

  it('skips in CI too when the shared data lack a folder', (t) => {
    setCi(t, '1');
    const { skips, printed, context, print } = recordSkips();
    assert.equal(requireSharedData(context, 'no-such-folder', print), undefined);
    assert.deepEqual([skips.length, printed], [1, ['skipped: no ../shared/data/no-such-folder']]);
  });
});
