import type { Check, CheckOptions, CompiledCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';

/** Metadata that a request must carry. */
export const metadataRequired: Check = {
  name: 'metadata-required',
  summary: 'Requests in whose metadata one of `keys` is missing or empty.',
  stages: ['input'],
  actions: ['block', 'flag'],
  compile,
  sample: {
    options: { keys: ['ticket'] },
    hit: { kind: 'request', request: { metadata: {} } },
    miss: { kind: 'request', request: { metadata: { ticket: 'T-1' } } },
  },
};

function compile({ keys = [] }: CheckOptions): CompiledCheck {
  if (keys.length === 0) throw new CheckOptionError('keys', 'expected at least one name');
  return {
    kind: 'request',
    judge({ metadata }) {
      const count = keys.filter((key) => !Object.hasOwn(metadata, key) || metadata[key] === '').length;
      return count === 0 ? PASS : { kind: 'found', count };
    },
  };
}
