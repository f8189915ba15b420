import { parseJson } from '#core';
import type { Check, CheckOptions, WholeCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';
import { compileSchema } from '../compile-schema.ts';
import { mendJson } from '../mend-json.ts';

/** Answers that are to meet a schema. */
export const jsonSchema: Check = {
  name: 'json-schema',
  summary:
    'Answers that are no JSON text or do not meet `schema` (JSON Schema 2020-12). With `repair` and `action: mask` one repair is tried: JSON is taken out of a fence or from among words, brackets are closed, trailing commas go, `"42"` becomes a number, defaults are filled in; what meets the schema then is the answer.',
  limits: 'References to other documents are refused. `pattern` is read as RE2; formats are checked by their outline.',
  stages: ['output'],
  compile,
  sample: {
    options: { schema: { type: 'object', required: ['answer'], properties: { answer: { type: 'integer' } } } },
    hit: { kind: 'text', text: '{"answer": "many"}' },
    miss: { kind: 'text', text: '{"answer": 42}' },
  },
};

function compile({ schema, repair = false }: CheckOptions): WholeCheck {
  if (schema === undefined) throw new CheckOptionError('schema', 'expected a JSON Schema');
  const meets = compileSchema(schema);
  const mends = repair ? compileSchema(schema, true) : null;
  return {
    kind: 'whole',
    judge({ text }) {
      const value = parseJson(text);
      if (value !== undefined && meets(value)) return PASS;
      const inner = mends === null ? undefined : value === undefined ? mendJson(text) : text;
      if (inner === undefined) return { kind: 'found' };
      const mended = parseJson(inner);
      if (mends?.(mended) !== true || !meets(mended)) return { kind: 'found' };
      return { kind: 'found', replacement: JSON.stringify(mended) };
    },
  };
}
