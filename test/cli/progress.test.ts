import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { progressText, showReplay } from '../../src/cli/dry-run/replay-progress.ts';
import { startProgress } from '../../src/cli/progress.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

/** A terminal that remembers what it was told, on a clock of its own. */
function openTerminal(parts: Partial<Terminal> = {}) {
  const clock = { nowMs: 0 };
  const told: string[] = [];
  const terminal: Terminal = {
    out: () => assert.fail('progress is no output'),
    err: (text) => void told.push(text),
    readInput: async () => Buffer.alloc(0),
    env: {},
    isInputTerminal: true,
    isTerminal: true,
    isErrorTerminal: true,
    hasColours: true,
    columns: 80,
    nowMs: () => clock.nowMs,
    ...parts,
  };
  return { terminal, clock, told };
}

/** What a terminal shows at last: a return goes to the line's start, and `ESC [ K` clears to its end. */
function shown(told: readonly string[]): string {
  return told.join('').split('\r\u001b[K').at(-1) ?? '';
}

describe('progress', () => {
  it('is shown after a second, ten times a second at most, and taken back', () => {
    const { terminal, clock, told } = openTerminal();
    const progress = startProgress(terminal);
    for (; clock.nowMs < 3000; clock.nowMs += 10) progress.step(`at ${clock.nowMs}`);
    assert.equal(told[0], '\r\u001b[Kat 1000');
    assert.equal(told.length, 20);
    assert.equal(shown(told), 'at 2900');
    progress.end();
    assert.equal(shown(told), '');
  });

  it('says nothing where there is no terminal, nor of what takes no second', () => {
    for (const isErrorTerminal of [false, true]) {
      const { terminal, clock, told } = openTerminal({ isErrorTerminal });
      const progress = startProgress(terminal);
      clock.nowMs = isErrorTerminal ? 900 : 9000;
      progress.step('x');
      progress.end();
      assert.deepEqual(told, []);
    }
  });

  it('never wraps: a line that wraps could not be taken back', () => {
    const { terminal, clock, told } = openTerminal({ columns: 30 });
    const progress = startProgress(terminal);
    clock.nowMs = 2000;
    progress.step('x'.repeat(100));
    assert.equal(shown(told), 'x'.repeat(29));
  });
});

describe('the progress of a replay', () => {
  it('is a bar with rate and remaining time, counted from the first report', () => {
    const { terminal, clock, told } = openTerminal();
    const progress = startProgress(terminal);
    const show = showReplay(progress, terminal.nowMs, 1000);
    const lines: string[] = [];
    for (const [atMs, bytes, records] of [
      [5000, 100, 1000],
      [6000, 200, 121_000],
      [9000, 500, 481_000],
      [14_000, 1000, 1_081_000],
    ] as const) {
      clock.nowMs = atMs;
      show(bytes, records);
      lines.push(shown(told));
    }
    assert.deepEqual(lines, [
      '██░░░░░░░░░░░░░░░░░░ 10%  1,000 records',
      '████░░░░░░░░░░░░░░░░ 20%  121,000 records, 120,000 a second, 8 s left',
      '██████████░░░░░░░░░░ 50%  481,000 records, 120,000 a second, 5 s left',
      '████████████████████ 100%  1,081,000 records, 120,000 a second, 0 s left',
    ]);
    for (const line of lines) assert.ok(line.length < 80, line);
  });

  it('counts minutes where there are many, and goes on when a file has grown', () => {
    const first = { atMs: 0, readBytes: 0, lines: 0 };
    assert.match(progressText(first, { atMs: 1000, readBytes: 1, lines: 1 }, 1000), /, 17 min left$/);
    assert.match(progressText(first, { atMs: 1000, readBytes: 2000, lines: 1 }, 1000), /^█{20} 100% .* 0 s left$/);
    assert.match(progressText(first, first, 0), /^█{20} 100% {2}0 records$/);
  });
});
