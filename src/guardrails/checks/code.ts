import type { Check, CheckOptions, WholeCheck } from '../check.ts';
import { PASS } from '../check.ts';

const THRESHOLD = 0.3;
const FENCE = /^ {0,3}(?:```|~~~)/;
// One line of a program, in the C family, Python, shells, SQL, markup and styles.
const LINE =
  /^\s{0,80}(?:(?:import|from|package|using|#include|require|use)\s[\w.{"'<@*]|(?:public|private|protected|static|async|export|final|abstract|override)\s+\w|(?:function|def|class|fn|func|interface|struct|enum|impl|type|let|const|var|val)\s+[\w$]+\s*[=({:<;]|(?:if|for|while|switch|catch|elif|else if|foreach)\s*\(.{0,200}\)\s*[{:]?|(?:if|for|while|elif|with|try|except)\b.{0,200}:\s*$|return\b.{0,200};?\s*$|[\w$.[\]]{1,64}\s*(?:=|\+=|:=|=>|->)\s*\S.{0,200}[;{)]?\s*$|[\w$.]{1,64}\(.{0,200}\)\s*[;{]\s*$|[{}()[\];]{1,4}\s*$|\/\/|\/\*|#!|<\/?[a-z][\w-]{0,20}(?:\s[^>]{0,200})?>|[.#]?[\w-]{1,40}\s*\{|\$\s\w|(?:sudo|git|npm|pip|docker|curl|cd|rm|chmod)\s+[-\w./])/;
const STRONG = /[;{}]\s*$|=>|==|\(\)|::|->|^\s{2,}\S/;

/** Program code. */
export const code: Check = {
  name: 'code',
  summary:
    'Program code: fenced blocks, and lines that look like code in the common languages, from the share `threshold` (0.3) of all lines on.',
  limits:
    'By the look of lines: a single expression in a sentence is not found, and configuration files count as code.',
  actions: ['block', 'flag'],
  compile: ({ threshold = THRESHOLD }: CheckOptions): WholeCheck => ({
    kind: 'whole',
    judge({ text }) {
      const score = shareOfCode(text);
      return score > 0 && score >= threshold ? { kind: 'found', score } : PASS;
    },
  }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'function add(a, b) {\n  return a + b;\n}' },
    miss: { kind: 'text', text: 'We add both figures\nand return the sum to you.' },
  },
};

function shareOfCode(text: string): number {
  let lines = 0;
  let coded = 0;
  let isFenced = false;
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    if (FENCE.test(line)) {
      isFenced = !isFenced;
      continue;
    }
    lines += 1;
    if (isFenced) coded += 1;
    else if (line.length < 400 && LINE.test(line)) coded += STRONG.test(line) ? 1 : 0.5;
  }
  return lines === 0 ? 0 : coded / lines;
}
