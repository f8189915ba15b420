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
      assert.ok(
        text.split('\n').some((line) => isTitle(line, title)),
        `${file} has no case "${title}"`,
      );
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

/** Where a case is named: as the first argument of a test, first in a row of a table, or as `name` of a case in YAML. */
const TITLED = /^(?:(?:it|test|describe)\(|\[?['"`]|- name: |\{? ?(?:name|title): )/;

/** Whether a line names a case so: a comment or a value that holds the words does not. */
function isTitle(line: string, title: string): boolean {
  const text = line.trim();
  return TITLED.test(text) && text.includes(title);
}

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
