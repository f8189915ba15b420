import { RE2JS } from 're2js';
import type { Check, CheckOptions, Span, SpanCheck } from '../check.ts';
import { CheckOptionError } from '../check.ts';

const REACH = 256;

/** Expressions of one's own. */
export const pattern: Check = {
  name: 'pattern',
  summary:
    'Whatever an expression of your own finds, in the syntax of RE2: linear in time, without look-around and back-references.',
  limits: `In a stream a finding of more than ${REACH} characters may be missed when it is cut; \`stream: buffer\` finds it.`,
  compile,
  sample: {
    options: { pattern: '\\bEMP-[0-9]{6}\\b' },
    hit: { kind: 'text', text: 'Ask for EMP-004711 at the desk.' },
    miss: { kind: 'text', text: 'Ask for EMP-4711 at the desk.' },
  },
};

function compile({ pattern: source = '' }: CheckOptions): SpanCheck {
  const expression = compileExpression(source);
  return {
    kind: 'spans',
    label: 'PATTERN',
    reach: REACH,
    find(text) {
      const spans: Span[] = [];
      const matcher = expression.matcher(text);
      while (matcher.find()) {
        const [start, end] = [matcher.start(), matcher.end()];
        if (end > start) spans.push({ start, end });
      }
      return spans;
    },
  };
}

/** An expression of a policy. Throws CheckOptionError. Pure. */
export function compileExpression(source: string): RE2JS {
  if (source === '') throw new CheckOptionError('pattern', 'expected an expression');
  try {
    return RE2JS.compile(source);
  } catch (error) {
    const reason = error instanceof Error ? error.message : 'unknown';
    throw new CheckOptionError('pattern', `no expression of RE2: ${reason}`);
  }
}
