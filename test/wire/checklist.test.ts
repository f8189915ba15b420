import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, test } from 'node:test';
import { POINTS } from './checklist/points.ts';

const folder = join(import.meta.dirname, '..');

describe('the checklist of the wire', () => {
  for (const [says, file, title] of POINTS) {
    it(`${says}: ${title}`, () => {
      const text = readFileSync(join(folder, file), 'utf8');
      assert.ok(text.includes(title), `${file} has no case "${title}"`);
    });
  }

  test('has a case for every sentence', (t) => {
    const path = join(import.meta.dirname, '../../../shared/design/wire.md');
    let text: string;
    try {
      text = readFileSync(path, 'utf8');
    } catch {
      t.skip('skipped: no ../shared/design/wire.md');
      process.stdout.write('skipped: no ../shared/design/wire.md\n');
      return;
    }
    const missing = sentencesOf(text).filter((sentence) => !POINTS.some(([says]) => sentence.includes(says)));
    assert.deepEqual(missing, []);
    const plain = text.replaceAll('**', '').replaceAll(/\s+/g, ' ');
    const strange = POINTS.filter(([says]) => !plain.includes(says)).map(([says]) => says);
    assert.deepEqual(strange, [], 'points that the checklist does not have');
  });
});

/** What stands between full stops and semicolons of the lists, without emphasis. */
function sentencesOf(text: string): string[] {
  return text
    .split(/^### /m)
    .slice(1)
    .flatMap((section) => section.split(/^- /m).slice(1))
    .flatMap((point) =>
      point
        .replaceAll('**', '')
        .replaceAll(/\s+/g, ' ')
        .trim()
        .split(/(?<=[.;])\s+/),
    )
    .filter((sentence) => sentence !== '' && !CONTINUED.some((part) => sentence.startsWith(part)));
}

/** Ends of sentences that an abbreviation or a quotation cut: they belong to the point before. */
const CONTINUED: readonly string[] = ['cached (gap for anthropic'];
