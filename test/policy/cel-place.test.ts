import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Document, isScalar, parseDocument, Scalar } from 'yaml';
import { spanWithinScalar } from '../../src/policy/scalar-span.ts';

describe('the place of a character within a scalar', () => {
  const styles = fc.constantFrom(Scalar.PLAIN, Scalar.QUOTE_SINGLE, Scalar.QUOTE_DOUBLE);

  it('is that character in the file, whatever the quotes', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 20, unit: 'binary' }),
        styles,
        fc.nat(19),
        (value, style, at) => {
          const scalar = new Scalar(value);
          scalar.type = style;
          const document = new Document({ when: scalar });
          const text = document.toString({ lineWidth: 0 });
          const node = parseDocument(text).get('when', true);
          if (!isScalar(node) || node.value !== value || !node.range) return;
          const [start, end] = node.range;
          const whole = { file: 'x', line: 1, column: start + 1, endLine: 1, endColumn: end + 1, start, end };
          const span = spanWithinScalar({ text, span: whole, value }, at, at + 1);
          if (at >= value.length || span === whole) return;
          const written = text.slice(span.start, span.end);
          const isItself = written === value[at];
          assert.ok(
            isItself || written.startsWith('\\') || written === "''",
            `${written} is not ${value[at]} in ${text}`,
          );
          assert.ok(span.start >= start && span.end <= end);
        },
      ),
    );
  });

  it('is the whole scalar when it is folded over lines', () => {
    const text = 'when: "a\n  b"\n';
    const whole = { file: 'x', line: 1, column: 7, endLine: 2, endColumn: 5, start: 6, end: 13 };
    assert.equal(spanWithinScalar({ text, span: whole, value: 'a b' }, 2, 3), whole);
  });
});
