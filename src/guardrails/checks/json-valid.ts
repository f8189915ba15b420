import type { Check, CheckOptions, WholeCheck } from '../check.ts';
import { PASS } from '../check.ts';

/** Answers that are to be JSON. */
export const jsonValid: Check = {
  name: 'json-valid',
  summary:
    'Answers that are no JSON text. With `repair` and `action: mask`, JSON inside a fence or among words is taken out of it.',
  stages: ['output'],
  compile,
  sample: {
    options: {},
    hit: { kind: 'text', text: '{"answer": 42' },
    miss: { kind: 'text', text: '{"answer": 42}' },
  },
};

function compile({ repair = false }: CheckOptions): WholeCheck {
  return {
    kind: 'whole',
    judge({ text }) {
      if (isJson(text)) return PASS;
      const inner = repair ? innerJson(text) : undefined;
      return inner === undefined ? { kind: 'found' } : { kind: 'found', replacement: inner };
    },
  };
}

/** From the first bracket to the last of its kind: one try, so that the time stays linear. */
function innerJson(text: string): string | undefined {
  const start = text.search(/[[{]/);
  if (start < 0) return undefined;
  const inner = text.slice(start, text.lastIndexOf(text[start] === '{' ? '}' : ']') + 1);
  return isJson(inner) ? inner : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
