import { compileGlob, fitsGlob, isObject } from '#core';
import type { Check, CheckOptions, ToolCallCheck, Verdict } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';
import { compileSchema } from '../compile-schema.ts';
import { compilePhrases } from '../phrases.ts';
import { compileExpression } from './pattern.ts';

/** What tools may be called with. */
export const toolArguments: Check = {
  name: 'tool-arguments',
  summary:
    'Calls of tools (those in `tools`, absent: all) whose arguments do not meet `schema`, hold one of `words`, or hold what `pattern` finds; arguments that are no JSON too.',
  actions: ['block', 'flag'],
  compile,
  sample: {
    options: {
      tools: ['transfer'],
      schema: { type: 'object', required: ['amount'], properties: { amount: { type: 'number', maximum: 100 } } },
    },
    hit: { kind: 'tool-call', name: 'transfer', arguments: { amount: 5000 } },
    miss: { kind: 'tool-call', name: 'transfer', arguments: { amount: 50 } },
  },
};

function compile({ tools, schema, words, pattern }: CheckOptions): ToolCallCheck {
  if (schema === undefined && words === undefined && pattern === undefined)
    throw new CheckOptionError('schema', 'expected `schema`, `words`, `pattern` or several of them');
  const globs = tools?.map(compileGlob);
  const meets = schema === undefined ? null : compileSchema(schema);
  const phrases = words === undefined ? null : compilePhrases('words', words, 'spaces');
  const expression = pattern === undefined ? null : compileExpression(pattern);

  function isWrong(value: unknown): boolean {
    if (value === undefined || meets?.(value) === false) return true;
    return (phrases !== null || expression !== null) && holds(value);
  }

  function holds(value: unknown): boolean {
    if (typeof value === 'string')
      return (phrases?.find(value).length ?? 0) > 0 || expression?.matcher(value).find() === true;
    if (Array.isArray(value)) return value.some(holds);
    return isObject(value) && Object.entries(value).some(([key, item]) => holds(key) || holds(item));
  }

  return {
    kind: 'tool-call',
    judge({ name, arguments: value }): Verdict {
      if (globs?.some((glob) => fitsGlob(glob, name)) === false) return PASS;
      return isWrong(value) ? { kind: 'found' } : PASS;
    },
  };
}
