import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAllDocuments, stringify } from 'yaml';
import { formatPolicies } from '#policy';

const folder = join(import.meta.dirname, 'fmt-cases');
const isUpdate = process.env.UPDATE_CASES === '1';

describe('formatting a policy file', () => {
  for (const name of readdirSync(folder).sort()) {
    it(`gives the canonical layout of ${name}, and leaves that alone`, () => {
      const formatted = format(readFileSync(join(folder, name, 'input.yaml'), 'utf8'));
      const expectedFile = join(folder, name, 'expected.yaml');
      if (isUpdate) writeFileSync(expectedFile, formatted);
      assert.equal(formatted, readFileSync(expectedFile, 'utf8'));
      assert.deepEqual(formatPolicies(formatted, 'a.yaml'), { kind: 'formatted', text: formatted, changed: false });
    });
  }

  it('keeps every value, settles at once and keeps every comment, whatever the layout', () => {
    fc.assert(
      fc.property(commentedDocuments(), (text) => {
        const formatted = formatPolicies(text, 'a.yaml');
        // To refuse is allowed, to damage is not; how often it refuses is the next test's question.
        if (formatted.kind === 'refused') return;
        assert.deepEqual(valuesOf(formatted.text), valuesOf(text));
        assert.deepEqual(commentsOf(formatted.text), commentsOf(text));
        assert.equal(format(formatted.text), formatted.text);
      }),
      { numRuns: 500 },
    );
  });

  it('refuses next to none of the files that people could have written', () => {
    const texts = fc.sample(commentedDocuments(), { numRuns: 500, seed: 7 });
    const refused = texts.filter((text) => formatPolicies(text, 'a.yaml').kind === 'refused');
    assert.ok(refused.length <= 5, `${refused.length} refused, such as:\n${refused[0]}`);
  });

  it('formats the built-in catalogue without refusing', () => {
    const catalogue = join(import.meta.dirname, '../../src/catalog/providers');
    for (const file of readdirSync(catalogue)) format(readFileSync(join(catalogue, file), 'utf8'));
  });

  const refusals: readonly (readonly [string, string, string])[] = [
    ['invalid YAML', 'a: "b\n', 'yaml/syntax'],
    ['duplicate keys', 'a: 1\na: 2\n', 'yaml/duplicate-key'],
    ['unknown tags', 'a: !x 1\n', 'yaml/tag'],
    ['explicit tags', 'a: !!str 1\n', 'fmt/unsafe'],
    ['keys that are no text', '? [a]\n: 1\n', 'schema/type'],
  ];
  for (const [name, text, rule] of refusals) {
    it(`refuses ${name} and says why`, () => {
      const formatted = formatPolicies(text, 'a.yaml');
      assert.equal(formatted.kind, 'refused');
      assert.deepEqual(
        formatted.diagnostics.map((diagnostic) => [diagnostic.rule, diagnostic.file]),
        [[rule, 'a.yaml']],
      );
    });
  }

  it('keeps anchors and aliases, and then the order of the keys as well', () => {
    const text = 'kind: Chain\napiVersion: signalbox/v1\nspec:\n  targets: &t [a]\n  x-t: *t\n';
    assert.equal(format(text), text);
  });

  it('makes an empty file of one that holds nothing', () => {
    assert.equal(format('\n\n'), '');
    assert.equal(format('# only a comment'), '# only a comment\n');
  });
});

function format(text: string): string {
  const formatted = formatPolicies(text, 'a.yaml');
  assert.equal(formatted.kind, 'formatted', JSON.stringify(formatted));
  return formatted.kind === 'formatted' ? formatted.text : '';
}

function valuesOf(text: string): readonly unknown[] {
  return parseAllDocuments(text)
    .map((document) => document.toJS() as unknown)
    .filter((value) => value !== null);
}

function commentsOf(text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line) => /(?:^|\s)(#c\d+)$/.exec(line)?.[1] ?? [])
    .sort();
}

/** Policies in every style the YAML library can write, with comments strewn between and behind their lines. */
function commentedDocuments(): fc.Arbitrary<string> {
  const word = fc.oneof(
    fc.constantFrom(
      'yes',
      'null',
      '1.10',
      '0x1F',
      '-',
      '*',
      '&a',
      'a: b',
      'a #b',
      "it's",
      '"',
      '\\',
      'a\nb',
      ' a',
      'a ',
      '',
      '2026-01-01',
      '#',
      '<<x',
      '日本',
    ),
    fc.string({ maxLength: 8 }),
  );
  const leaf = fc.oneof(word, fc.integer({ min: -99, max: 99 }), fc.boolean(), fc.constant(null));
  const key = fc.constantFrom('targets', 'id', 'model', 'strategy', 'deadline', 'x-a', 'x-b', 'defaults', 'a b', '日');
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      leaf,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(key, tie('value'), { maxKeys: 4 }),
    ),
  }));
  return fc
    .record({
      spec: fc.dictionary(key, value, { maxKeys: 4 }),
      isFlow: fc.boolean(),
      indent: fc.constantFrom(2, 3, 4),
      indentSeq: fc.boolean(),
      comments: fc.array(fc.nat(40), { maxLength: 4 }),
      isBehind: fc.boolean(),
    })
    .map(({ spec, isFlow, indent, indentSeq, comments, isBehind }) => {
      const document = { kind: 'Chain', spec, metadata: { owner: 'platform', name: 'x' }, apiVersion: 'signalbox/v1' };
      const options = {
        indent,
        indentSeq,
        lineWidth: 0,
        collectionStyle: isFlow ? ('flow' as const) : ('any' as const),
      };
      const lines = stringify(document, options).trimEnd().split('\n');
      comments.forEach((at, number) => {
        const index = at % lines.length;
        const line = lines[index] ?? '';
        // Only after a plain key: elsewhere the # could be a part of a string.
        if (/^ *[\w-]+:$/.test(line) && isBehind) lines[index] = `${line} #c${number}`;
        else if (/^ *(?:- )?[\w-]+: /.test(line) && !/[|>]/.test(line))
          lines.splice(index, 0, `${/^ */.exec(line)?.[0] ?? ''}#c${number}`);
      });
      return `${lines.join('\n')}\n`;
    })
    .filter((text) =>
      parseAllDocuments(text).every((document) => !('errors' in document) || document.errors.length === 0),
    );
}
