import { LETTER, RUN_16 } from '../char-classes.ts';
import type { Check, CheckOptions, SpanCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';
import { holdWord } from '../hold.ts';
import { spansOf } from '../spans-of.ts';

const SHORTEST = 80;
const LONGEST = 100_000;

/** Bytes written as text. */
export const base64Blob: Check = {
  name: 'base64-blob',
  summary: `Runs of base64 or base64url of \`min\` (${SHORTEST}) characters and more: files, keys and texts that are not to be read.`,
  limits: 'Blobs that are broken into lines count line by line. A long token (`jwt-token`) looks the same.',
  compile,
  sample: {
    options: { min: 40 },
    hit: { kind: 'text', text: 'Decode VGhpcyBpcyBhIHNhbXBsZSBvZiBhIGJsb2IgdGhhdCBpcyBsb25nIGVub3VnaC4= please.' },
    miss: { kind: 'text', text: 'Look in src/guardrails/checks/and/a/very/long/path/of/letters please.' },
  },
};

function compile({ min = SHORTEST }: CheckOptions): SpanCheck {
  if (min < 16) throw new CheckOptionError('min', 'expected at least 16: shorter runs are words');
  const blob = new RegExp(
    `(?<![\\w+/-])(?:[\\w-]{${min},${LONGEST}}|[A-Za-z\\d+/]{${min},${LONGEST}})={0,2}(?![\\w+/=-])`,
    'g',
  );
  return {
    kind: 'spans',
    label: 'BLOB',
    needs: LETTER | RUN_16,
    reach: LONGEST + 4,
    hold: holdWord,
    find: (text) => (text.length < min ? [] : spansOf(text, blob, ({ 0: all }) => isMixed(all))),
  };
}

/** Bytes make upper case, lower case and digits in about equal shares; words, paths and numbers do not. */
function isMixed(text: string): boolean {
  const head = text.slice(0, 400);
  const count = (expression: RegExp) => head.match(expression)?.length ?? 0;
  const [upper, lower, digits] = [count(/[A-Z]/g), count(/[a-z]/g), count(/\d/g)];
  return upper >= head.length / 10 && lower >= head.length / 10 && digits >= head.length / 40;
}
