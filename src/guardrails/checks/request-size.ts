import type { Check, CheckOptions, CompiledCheck } from '../check.ts';
import { CheckOptionError, PASS } from '../check.ts';

/** How large a request may be. */
export const requestSize: Check = {
  name: 'request-size',
  summary: 'Requests whose body has more than `max` bytes.',
  stages: ['input'],
  actions: ['block', 'flag'],
  compile,
  sample: {
    options: { max: 20_000 },
    hit: { kind: 'request', request: { bodyBytes: 20_001 } },
    miss: { kind: 'request', request: { bodyBytes: 1000 } },
  },
};

function compile({ max }: CheckOptions): CompiledCheck {
  if (max === undefined) throw new CheckOptionError('max', 'expected a number of bytes');
  return { kind: 'request', judge: ({ bodyBytes }) => (bodyBytes > max ? { kind: 'found' } : PASS) };
}
