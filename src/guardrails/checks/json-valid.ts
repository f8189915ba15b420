import type { Check, CheckOptions, WholeCheck } from '../check.ts';
import { PASS } from '../check.ts';
import { isJson, mendJson } from '../mend-json.ts';

/** Answers that are to be JSON. */
export const jsonValid: Check = {
  name: 'json-valid',
  summary:
    'Answers that are no JSON text. With `repair` and `action: mask`, JSON inside a fence or among words is taken out of it, brackets are closed and trailing commas go.',
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
      const inner = repair ? mendJson(text) : undefined;
      return inner === undefined ? { kind: 'found' } : { kind: 'found', replacement: inner };
    },
  };
}
