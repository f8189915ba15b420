import assert from 'node:assert/strict';
import { globSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { BUILTIN_FINDINGS, lintPages, RULES, WAIVER_EXPIRED, WAIVER_UNUSED } from '#lint';

const root = join(import.meta.dirname, '..');
const fileOf = (id: string): string => id.replace('/', '-');

describe('the catalogue of lint findings', () => {
  const rules = [...RULES.map(({ meta }) => meta.id), WAIVER_EXPIRED.id, WAIVER_UNUSED.id];
  const builtin = BUILTIN_FINDINGS.map(({ id }) => id);
  const ids = [...rules, ...builtin].sort();

  it('has every id once, as area/name', () => {
    assert.deepEqual(ids, [...new Set(ids)]);
    for (const id of ids) assert.match(id, /^[a-z]+\/[a-z]+(-[a-z]+)*$/);
  });

  it('has a page for every id and an id for every page', () => {
    assert.deepEqual(
      lintPages().map(({ id }) => id),
      ids,
    );
    const pages = readdirSync(join(root, 'docs/lint')).filter((file) => file !== 'README.md');
    assert.deepEqual(pages.sort(), ids.map((id) => `${fileOf(id)}.md`).sort());
  });

  it('has a bad and a good case for every rule and a rule for every case', () => {
    const cases = globSync('test/lint/cases/*/{bad,good}', { cwd: root }).map((path) => path.replaceAll('\\', '/'));
    const wanted = rules.flatMap((id) => ['bad', 'good'].map((side) => `test/lint/cases/${fileOf(id)}/${side}`));
    assert.deepEqual(cases.sort(), wanted.sort());
  });

  it('knows every id that a source names, and every id is named where it is made', () => {
    const text = globSync('src/{policy,lint,cli}/**/*.ts', { cwd: root })
      .filter((path) => !path.endsWith('builtin-findings.ts'))
      .map((path) => readFileSync(join(root, path), 'utf8'))
      .join('\n');
    const areas = new Set(ids.map((id) => id.slice(0, id.indexOf('/'))));
    const named = new Set(
      [...text.matchAll(/'([a-z]+\/[a-z]+(?:-[a-z]+)*)'/g)]
        .map(([, id = '']) => id)
        .filter((id) => areas.has(id.slice(0, id.indexOf('/')))),
    );
    assert.deepEqual([...named].sort(), ids);
  });
});
