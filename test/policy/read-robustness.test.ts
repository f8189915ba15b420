import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { codeFrame, findAnchors, formatPolicies, parsePolicies } from '#policy';

const folder = join(import.meta.dirname, 'cases');
const seeds = readdirSync(folder).map((name) => readFileSync(join(folder, name, 'input.yaml')));

/** Reads bytes and everything a caller does with what was found; returns the rules. */
function readAll(bytes: Uint8Array): readonly string[] {
  const { documents, diagnostics, texts } = parsePolicies([{ file: 'a.yaml', bytes }]);
  const text = texts.get('a.yaml') ?? '';
  for (const { rule, line, column, message, span } of diagnostics) {
    assert.ok(line >= 1 && column >= 1 && message !== '');
    if (rule === 'load/empty') continue;
    assert.ok(span && span.start <= span.end && span.end <= text.length);
    codeFrame(text, span);
  }
  for (const document of documents) document.valueSpan(['spec', 'targets', 0, 'nowhere']);
  return diagnostics.map(({ rule }) => rule);
}

function text(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

describe('reading anything at all', () => {
  // Found by scripts/fuzz-policies.ts: seeds 800048 and 800162 of the policies of 2026-11.
  it('finds the anchors of a file that is nested twenty thousand times', () => {
    const [found] = findAnchors('a.yaml', `a: &x 1\nb: ${'['.repeat(20_000)}*x`);
    assert.equal(found?.start, 3);
  });

  it('never throws on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => void readAll(bytes)),
      { numRuns: 300 },
    );
  });

  it('never throws on text made of what YAML cares about', () => {
    const piece = fc.constantFrom(
      ...':-?,[]{}#&*!|>\'"%@` \n\t\\~<=.',
      'a',
      '1',
      '- ',
      ': ',
      '---\n',
      '...\n',
      '&a ',
      '*a',
      '!!str ',
      '<<',
      '\r\n',
      '日',
      '\ud83d\ude00',
    );
    const texts = fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(texts, (value) => {
        readAll(text(value));
        formatPolicies(value, 'a.yaml');
      }),
      { numRuns: 1000 },
    );
  });

  it('never throws on documents with a part cut out, doubled or overwritten', () => {
    const edit = fc.record({
      seed: fc.constantFrom(...seeds),
      at: fc.nat(400),
      length: fc.nat(20),
      insert: fc.uint8Array({ maxLength: 6 }),
      isDoubled: fc.boolean(),
    });
    fc.assert(
      fc.property(edit, ({ seed, at, length, insert, isDoubled }) => {
        const rest = seed.subarray(isDoubled ? at : at + length);
        const bytes = Buffer.concat([seed.subarray(0, at + (isDoubled ? length : 0)), insert, rest]);
        readAll(bytes);
        formatPolicies(bytes.toString('utf8'), 'a.yaml');
      }),
      { numRuns: 500 },
    );
  });

  const hostile: readonly (readonly [string, Uint8Array, string])[] = [
    ['a million open brackets', text('['.repeat(1_000_000)), 'yaml/syntax'],
    ['a hundred thousand list dashes', text('- '.repeat(100_000)), 'yaml/syntax'],
    ['200 levels of nesting', text(`a: ${'['.repeat(200)}${']'.repeat(200)}`), 'yaml/syntax'],
    ['UTF-16, little-endian', Buffer.from('\ufeffkind: Route\n', 'utf16le'), 'yaml/encoding'],
    ['UTF-16 without a mark', Buffer.from('kind: Route\n', 'utf16le'), 'yaml/encoding'],
    ['UTF-16, big-endian', Buffer.from('\ufeffkind: Route\n', 'utf16le').swap16(), 'yaml/encoding'],
    ['a NUL byte', text('kind: Ro\0ute\n'), 'yaml/encoding'],
    ['an overlong encoding', Uint8Array.of(0x61, 0x3a, 0x20, 0xc0, 0x80), 'yaml/encoding'],
    ['a cut UTF-8 sequence', Uint8Array.of(0x61, 0x3a, 0x20, 0xe3, 0x81), 'yaml/encoding'],
    ['old Macintosh line ends', text('kind: Route\rmetadata: {}\r'), 'yaml/encoding'],
    ['a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), 'yaml/encoding'],
  ];
  for (const [name, bytes, rule] of hostile) {
    it(`answers ${name} with one finding`, () => assert.deepEqual(readAll(bytes), [rule]));
  }

  it('accepts a byte order mark and Windows line ends, and counts columns as without them', () => {
    const bytes = text('\ufeffapiVersion: signalbox/v1\r\nkind: Rout\r\n');
    const [finding] = parsePolicies([{ file: 'a.yaml', bytes }]).diagnostics;
    assert.deepEqual([finding?.rule, finding?.line, finding?.column], ['schema/unknown-kind', 2, 7]);
  });

  it('finds an alias bomb before it goes off', () => {
    const levels = Array.from({ length: 40 }, (_, i) => `x-${i + 1}: &l${i + 1} [*l${i}, *l${i}, *l${i}, *l${i}]`);
    const rules = readAll(text(`x-0: &l0 [lol]\n${levels.join('\n')}\n`));
    assert.equal(rules.filter((rule) => rule === 'yaml/alias-bomb').length, 1);
  });

  it('shares an aliased value and points into the place where it is written', () => {
    const source =
      'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: a }\nspec: { match: { models: &m [gpt-4] }, x-copy: *m }\n';
    const { documents } = parsePolicies([{ file: 'a.yaml', bytes: text(source) }]);
    assert.deepEqual(documents[0]?.value.spec, { match: { models: ['gpt-4'] }, 'x-copy': ['gpt-4'] });
    const { start, end } = documents[0]!.valueSpan(['spec', 'x-copy', 0]);
    assert.equal(source.slice(start, end), 'gpt-4');
  });

  it('keeps `constructor` and its like as ordinary keys', () => {
    const source =
      'apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: a, labels: { constructor: x, toString: y } }\nspec: { match: {} }\n';
    const { documents, diagnostics } = parsePolicies([{ file: 'a.yaml', bytes: text(source) }]);
    assert.deepEqual(diagnostics, []);
    assert.deepEqual(documents[0]?.value.metadata, { name: 'a', labels: { constructor: 'x', toString: 'y' } });
  });
});

describe('reading many documents', () => {
  it('names the place of every value and key', () => {
    const source =
      'apiVersion: signalbox/v1\nkind: Chain\nmetadata: { name: premium }\nspec:\n  targets:\n    - { id: gpt, model: openai/gpt-4o }\n';
    const [document] = parsePolicies([{ file: 'chains/premium.yaml', bytes: text(source) }]).documents;
    assert.ok(document);
    const { file, line, column, start, end } = document.valueSpan(['spec', 'targets', 0, 'model']);
    assert.deepEqual([file, line, column, source.slice(start, end)], ['chains/premium.yaml', 6, 25, 'openai/gpt-4o']);
    const key = document.keySpan(['spec', 'targets']);
    assert.deepEqual([key.line, key.column, key.endColumn], [5, 3, 10]);
    const missing = document.valueSpan(['spec', 'targets', 0, 'timeouts', 'total']);
    assert.equal(source.slice(missing.start, missing.end), '{ id: gpt, model: openai/gpt-4o }');
  });

  it('takes 2,000 documents well within the two seconds of the whole compile', () => {
    const sources = Array.from({ length: 2000 }, (_, i) => ({
      file: `routes/${i}.yaml`,
      bytes: text(
        `apiVersion: signalbox/v1\nkind: Route\nmetadata: { name: route-${i}, owner: support }\nspec:\n  match:\n    consumers: [bot-${i}]\n    labels: { team: [product] }\n    models: ["gpt-4*", "support/*"]\n  chain: premium\n  limits: { maxInputTokens: 8000, maxRequestCost: "0.05 USD" }\n  tags: [production]\n`,
      ),
    }));
    const startedAt = process.cpuUsage();
    const { documents, diagnostics } = parsePolicies(sources);
    const { user, system } = process.cpuUsage(startedAt);
    const tookMs = (user + system) / 1000;
    assert.deepEqual([documents.length, diagnostics.length], [2000, 0]);
    // Time of the CPU, which other work on the machine hardly lengthens.
    assert.ok(tookMs < 2000, `took ${Math.round(tookMs)} ms`);
  });
});
