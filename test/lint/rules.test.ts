import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { RULES, type RuleMeta, WAIVER_EXPIRED, WAIVER_UNUSED } from '#lint';
import { caseNames, caseTrees, EVIDENCE, expectedIn, lintFiles, placesOf } from './cases.ts';

const metas: readonly RuleMeta[] = [...RULES.map(({ meta }) => meta), WAIVER_EXPIRED, WAIVER_UNUSED];

describe('lint rules', () => {
  for (const name of caseNames()) {
    const { id: rule, needs } =
      metas.find(({ id }) => id.replace('/', '-') === name) ?? assert.fail(`no rule for case ${name}`);
    for (const side of ['bad', 'good'] as const) {
      for (const files of caseTrees(name, side)) {
        const [file = ''] = Object.keys(files);
        it(`${rule} ${side === 'bad' ? 'fires where it should' : 'stays silent'} in ${side}/${file}`, () => {
          const { findings } = lintFiles(files, undefined, needs && EVIDENCE);
          const found = findings.filter((finding) => finding.rule === rule);
          assert.deepEqual(placesOf(found), expectedIn(files));
          assert.equal(found.length > 0, side === 'bad');
          const builtin = findings.filter(
            ({ severity, rule: id }) => severity === 'error' && /^(yaml|schema|ref|cel|model\/unknown)/.test(id),
          );
          assert.deepEqual(builtin, [], 'the case itself is well-formed');
        });
      }
    }
  }

  for (const { id, bad, good, needs } of metas) {
    it(`${id}: the examples of its page are what they claim to be`, () => {
      const found = (text: string): boolean =>
        lintFiles({ 'page.yaml': text }, undefined, needs && EVIDENCE).findings.some(({ rule }) => rule === id);
      assert.deepEqual([found(bad), found(good)], [true, false]);
    });
  }

  it('give each finding a message in words, a hint and a column', () => {
    for (const { bad } of metas) {
      for (const finding of lintFiles({ 'page.yaml': bad }).findings) {
        assert.match(finding.message, /^[\p{L}`\d]/u);
        assert.ok(finding.hint && /[.!?]$/.test(finding.hint), `${finding.rule}: ${finding.hint}`);
        assert.ok(finding.line >= 1 && finding.column >= 1);
      }
    }
  });
});
