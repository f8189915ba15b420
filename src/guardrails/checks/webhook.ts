import type { Check } from '../check.ts';
import { remoteCheck } from '../remote-check.ts';

/** A service of one’s own. */
export const webhook: Check = {
  name: 'webhook',
  summary: 'Whatever a service of your own finds; the call is signed.',
  limits: 'A streamed answer waits for the verdict on all of it.',
  actions: ['block', 'flag'],
  compile: (options) => remoteCheck('webhook', options, { url: options.url ?? '', secret: options.secret ?? null }),
  sample: {
    options: { url: 'http://127.0.0.1:9/guard' },
    hit: { kind: 'text', text: 'a forbidden thing' },
    miss: { kind: 'text', text: 'a plain thing' },
  },
};
