import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { RULES } from '#lint';
import { lintFiles } from './cases.ts';

const folder = join(import.meta.dirname, 'seeded');
type Files = Readonly<Record<string, string>>;

/** A replacement of text in one file of the tree: all of its kind differ in nothing else. */
interface Edit {
  readonly in: string;
  readonly from: string;
  readonly to: string;
}

/** One change of the tree. A defect names the rule that must find it, and the line by a text that stands there and nowhere above. */
interface Variant extends Partial<Edit> {
  readonly name?: string;
  readonly rule?: string;
  readonly at?: string;
  /** File of the finding, where it is another one than that of the edit. */
  readonly on?: string;
  readonly also?: readonly Edit[];
  /** New files, without their first line. */
  readonly add?: Files;
  readonly remove?: readonly string[];
}

const tree: Files = Object.fromEntries(
  globSync('**/*.yaml', { cwd: join(folder, 'tree') }).map((file) => [
    file.replaceAll('\\', '/'),
    readFileSync(join(folder, 'tree', file), 'utf8'),
  ]),
);
const variantsOf = (file: string): readonly Variant[] => parse(readFileSync(join(folder, file), 'utf8'));
const defects = variantsOf('defects.yaml');
const correct = variantsOf('correct.yaml');

function apply({ in: file, from, to, also = [], add = {}, remove = [] }: Variant): Files {
  const files: Record<string, string> = { ...tree };
  const edits = file !== undefined && from !== undefined && to !== undefined ? [{ in: file, from, to }, ...also] : also;
  for (const edit of edits) {
    const text = files[edit.in] ?? assert.fail(`no file ${edit.in}`);
    assert.equal(text.split(edit.from).length, 2, `${edit.in} holds ${JSON.stringify(edit.from)} once`);
    files[edit.in] = text.replace(edit.from, () => edit.to);
  }
  for (const name of remove) delete files[name];
  for (const [name, text] of Object.entries(add)) files[name] = `apiVersion: signalbox/v1\n${text}`;
  return files;
}

/** What this version does not do yet is said of every tree. */
function placesIn(files: Files): readonly string[] {
  const found = lintFiles(files).findings.filter(({ rule }) => rule !== 'runtime/not-enforced');
  return [...new Set(found.map(({ rule, file, line }) => `${rule} ${file}:${line}`))];
}

function expectedPlace({ rule, at, on, in: file, add = {} }: Variant, files: Files): string {
  const name = on ?? file ?? Object.keys(add)[0] ?? '';
  const line = (files[name] ?? '').split('\n').findIndex((text) => text.includes(at ?? '')) + 1;
  assert.ok(line > 0, `${name} holds ${JSON.stringify(at)}`);
  return `${rule} ${name}:${line}`;
}

describe('one planted mistake', () => {
  it('stands in each of a hundred trees, for every rule that one tree can break', () => {
    assert.ok(defects.length >= 100);
    const planted = new Set(defects.map(({ rule }) => rule));
    const left = RULES.filter(({ meta }) => meta.needs === undefined)
      .map(({ meta }) => meta.id)
      .filter((id) => !planted.has(id));
    assert.deepEqual(left, ['runtime/not-enforced']);
  });

  for (const [at, defect] of defects.entries()) {
    it(`${at + 1}: ${defect.rule}${defect.name ? `, ${defect.name}` : ''} is found on its line, and nothing else`, () => {
      const files = apply(defect);
      assert.deepEqual(placesIn(files), [expectedPlace(defect, files)]);
    });
  }
});

describe('a correct tree', () => {
  it('comes in fifty variants', () => assert.ok(correct.length >= 50));

  it('has no finding', () => assert.deepEqual(placesIn(tree), []));

  for (const [at, variant] of correct.entries()) {
    it(`${at + 1}: ${variant.name} has no finding`, () => assert.deepEqual(placesIn(apply(variant)), []));
  }
});
