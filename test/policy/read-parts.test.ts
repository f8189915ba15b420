import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Span } from '#core';
import { codeFrame, KINDS, looksSecret, packTree, SCHEMAS, suggest, unpackTree } from '#policy';

describe('suggest', () => {
  const cases: readonly (readonly [string, readonly string[], string | undefined])[] = [
    ['fallbak', ['weighted', 'fallback'], 'fallback'],
    ['modle', ['model', 'mode'], 'model'],
    ['max_attempts', ['maxAttempts', 'maxPrice'], 'maxAttempts'],
    ['Route', ['route'], 'route'],
    ['kind', ['kind'], undefined],
    ['x', ['id'], undefined],
    ['frobnicate', ['strategy', 'deadline'], undefined],
    ['', ['a'], undefined],
  ];
  for (const [word, candidates, expected] of cases) {
    it(`for \`${word}\` among ${candidates.join(', ')} is ${expected ?? 'nothing'}`, () => {
      assert.equal(suggest(word, candidates), expected);
    });
  }

  it('finds any word of four letters or more back after one edit', () => {
    const word = fc.stringMatching(/^[a-z]{4,12}$/);
    fc.assert(
      fc.property(word, fc.nat(), (name, at) => {
        const index = at % name.length;
        assert.equal(suggest(`${name.slice(0, index)}#${name.slice(index + 1)}`, [name]), name);
      }),
    );
  });
});

describe('codeFrame', () => {
  it('marks a span that begins in the middle of a line with tabs and wide characters', () => {
    const text = 'a:\n\tキー: 値 # 😀 x\nb: c\n';
    const start = text.indexOf('x');
    assert.equal(
      codeFrame(text, spanAt(text, start, start + 1)),
      ['  1 | a:', '> 2 |   キー: 値 # 😀 x', '    |                 ^', '  3 | b: c'].join('\n'),
    );
  });

  it('marks the end of a file that lacks something there', () => {
    const text = 'a: [1,\n';
    assert.equal(
      codeFrame(text, spanAt(text, text.length, text.length)),
      ['  1 | a: [1,', '> 2 |', '    | ^'].join('\n'),
    );
  });

  it('marks only the first line of a span over several', () => {
    const text = 'a:\n  b: 1\n  c: 2\n';
    assert.match(codeFrame(text, spanAt(text, 5, text.length)), /> 2 \| {3}b: 1\n {4}\| {3}\^\^\^\^\n/);
  });

  it('cuts a line of a megabyte around the mistake, fast', () => {
    const text = `${'x'.repeat(500_000)}MISTAKE${'y'.repeat(500_000)}`;
    const frame = codeFrame(text, spanAt(text, 500_000, 500_007));
    const [line = '', marker = ''] = frame.split('\n');
    assert.ok(line.length < 120);
    assert.equal(line.indexOf('MISTAKE'), marker.indexOf('^'));
    assert.ok(marker.endsWith('^^^^^^^') && !marker.endsWith('^^^^^^^^'));
  });

  it('shows no escape sequence and no bidirectional override to the terminal', () => {
    const text = 'a: \u001b[31mred\u202e\n';
    assert.equal(codeFrame(text, spanAt(text, 0, 1)), '> 1 | a: \ufffd[31mred\ufffd\n    | ^');
  });

  it('hands every part to the style function', () => {
    const style = (part: string, text: string): string => `<${part}>${text}</>`;
    assert.match(
      codeFrame('a: b', spanAt('a: b', 3, 4), { style }),
      /^<gutter>> 1 \| <\/><source>a: b<\/>\n.*<marker>\^<\/>$/,
    );
  });

  it('never throws and never marks outside of the shown line', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', '\n', '\t', '日', '😀', ' ', '\r\n', 'sk-12345678901234567890', '•'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (source, a, b) => {
        const from = a % (source.length + 1);
        codeFrame(source, spanAt(source, from, from + (b % (source.length + 1 - from))));
      }),
    );
  });
});

describe('what looks like a secret', () => {
  for (const text of [
    'sk-proj-abcdefghijklmnop',
    'AKIAIOSFODNN7EXAMPLE',
    'secret: hunter2',
    'x-api-key: "hunter2"',
    'https://user:pass@example.com',
    'aB3dE5fG7hI9jK1lM3nO5pQ7',
    'AIzaSyA-1234567890abcdefgh',
  ]) {
    it(`is ${text}`, () => assert.ok(looksSecret(text)));
  }
  for (const text of [
    'anthropic/claude-sonnet-4-5-20250929',
    'secret: { env: OPENAI_API_KEY }',
    'secret: null',
    'maxInputTokens: 8000',
    'tokens: 100000',
    'model: openai/gpt-4o',
    `sha256: ${'9f86d081'.repeat(8)}`,
    'https://api.openai.com/v1',
  ]) {
    it(`is not ${text}`, () => assert.ok(!looksSecret(text)));
  }
});

describe('a packed tree', () => {
  it('comes back byte for byte', () => {
    const source = fc.record({
      file: fc.string(),
      bytes: fc.oneof(
        fc.uint8Array({ maxLength: 50 }),
        fc.string().map((text) => new TextEncoder().encode(`\ufeff${text}`)),
      ),
    });
    fc.assert(
      fc.property(fc.array(source, { maxLength: 4 }), (sources) => {
        const back = unpackTree(packTree(sources));
        assert.deepEqual(
          back?.map(({ file, bytes }) => [file, [...bytes]]),
          sources.map(({ file, bytes }) => [file, [...bytes]]),
        );
      }),
    );
  });

  it('is null for a text that is none, or was cut short', () => {
    const packed = packTree([{ file: 'a.yaml', bytes: Uint8Array.of(1) }]);
    for (const text of [
      '',
      '{}',
      'null',
      packed.slice(0, -5),
      '{"format":"signalbox-policies/1","files":[{"file":1}]}',
    ]) {
      assert.equal(unpackTree(text), null, text);
    }
  });
});

describe('the schemas', () => {
  it('are there for every kind of the contract, each for its own kind', () => {
    assert.equal(KINDS.length, 18);
    for (const kind of KINDS) {
      const fields = SCHEMAS[kind]!.properties as { readonly kind: { readonly const: string } };
      assert.equal(fields.kind.const, kind);
    }
  });
});

function spanAt(text: string, start: number, end: number): Span {
  const before = text.slice(0, start).split('\n');
  const whole = text.slice(0, end).split('\n');
  const column = (before.at(-1)?.length ?? 0) + 1;
  return {
    file: 'a.yaml',
    line: before.length,
    column,
    endLine: whole.length,
    endColumn: (whole.at(-1)?.length ?? 0) + 1,
    start,
    end,
  };
}
