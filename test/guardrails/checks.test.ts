import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { CHECKS } from '#guardrails';
import { findSpans } from '../../src/guardrails/check-text.ts';
import { slowness } from '../support/linear-time.ts';
import { compiledOf, findingsIn, isSampleFound, spansIn } from '../support/run-check.ts';

const CONTEXT = { stage: 'input' as const, instructions: [] };
const GUARDED = { guardrail: 'safe', id: 'it', action: 'flag', restore: false, onError: 'block' } as const;
const root = join(import.meta.dirname, '../..');

describe('the checks', () => {
  it('are one file each, named as policies name them', () => {
    const files = globSync('src/guardrails/checks/*.ts', { cwd: root }).map((file) =>
      file.replace(/.*[\\/]|\.ts$/g, ''),
    );
    assert.deepEqual(files.sort(), [...CHECKS.keys()].sort());
  });

  it('are those that the schema knows', () => {
    const schema = JSON.parse(readFileSync(join(root, 'schemas/guardrail.schema.json'), 'utf8'));
    const known: string[] = schema.properties.spec.properties.checks.items.properties.check.enum;
    assert.deepEqual([...CHECKS.keys()].sort(), [...known].sort());
  });

  for (const check of CHECKS.values()) {
    it(`${check.name} finds its sample and leaves the other alone`, () => {
      const compiled = compiledOf(check, check.sample.options);
      if (compiled.every(({ kind }) => kind === 'remote')) return;
      assert.equal(isSampleFound(compiled, check.sample.hit), true, 'the sample to find');
      assert.equal(isSampleFound(compiled, check.sample.miss), false, 'the sample to leave');
    });
  }

  for (const check of CHECKS.values()) {
    const spans = compiledOf(check, check.sample.options).filter((compiled) => compiled.kind === 'spans');
    if (spans.length === 0) continue;
    it(`${check.name} finds the same where it looks only at stretches of a text`, () => {
      const { hit } = check.sample;
      if (hit.kind !== 'text') return;
      const guarded = spans.map((compiled) => ({ ...GUARDED, compiled }));
      const filler = fc.constantFrom(
        'Words that say nothing, at all. ',
        '日本語の文です。',
        '12 of 1,204 ',
        '\n\n',
        'my card number: ',
      );
      const pieces = fc.oneof(filler, fc.constantFrom(hit.text, ...(hit.text.match(/.{1,7}/gsu) ?? [])));
      fc.assert(
        fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
          const text = parts.join('');
          const found = findSpans(guarded, text, CONTEXT).map(({ start, end }) => [start, end]);
          const whole = guarded
            .flatMap(({ compiled }) => spansIn(compiled, text))
            .map(({ start, end }) => [start, end]);
          assert.deepEqual(found, whole);
        }),
        { numRuns: 40 },
      );
    });

    it(`${check.name} finds places in order, apart, within the text and no longer than its reach, and the same ones again`, () => {
      const { hit, miss } = check.sample;
      const pieces = [hit, miss].flatMap((sample) =>
        sample.kind === 'text' ? (sample.text.match(/.{1,9}/gsu) ?? []) : [],
      );
      const text = fc
        .array(
          fc.oneof(
            fc.constantFrom(...pieces, hit.kind === 'text' ? hit.text : ''),
            fc.string({ unit: 'binary', maxLength: 8 }),
          ),
          {
            maxLength: 12,
          },
        )
        .map((parts) => parts.join(''));
      fc.assert(
        fc.property(text, (given) => {
          for (const compiled of spans) {
            const found = spansIn(compiled, given);
            let end = 0;
            for (const span of found) {
              assert.ok(span.start >= end && span.end > span.start && span.end <= given.length, JSON.stringify(span));
              assert.ok(span.end - span.start <= compiled.reach, `${span.end - span.start} > ${compiled.reach}`);
              end = span.end;
            }
            assert.deepEqual(spansIn(compiled, given), found);
            const hold = compiled.hold?.(given) ?? given.length;
            assert.ok(hold >= 0 && hold <= given.length, `hold ${hold} of ${given.length}`);
          }
        }),
        { numRuns: 60 },
      );
    });
  }
});

describe('hostile texts of 100,000 characters', () => {
  const hostile = readFileSync(join(import.meta.dirname, 'hostile.txt'), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(`"${line}"`) as string);
  for (const check of CHECKS.values()) {
    it(`are read in linear time by ${check.name}`, () => {
      const compiled = compiledOf(check, check.sample.options);
      for (const unit of hostile) {
        const make = (size: number) => unit.repeat(Math.ceil(size / unit.length)).slice(0, size);
        const slow = slowness((text) => findingsIn(compiled, text), make, 100_000);
        assert.equal(slow, null, `${JSON.stringify(unit)}: ${slow}`);
      }
    });
  }
});
