import type { Check } from '../check.ts';
import { remoteCheck } from '../remote-check.ts';

/** OpenAI’s moderation. */
export const moderation: Check = {
  name: 'moderation',
  summary: 'Hate, violence, self-harm and the like, judged by OpenAI’s moderation or a server that speaks its form.',
  limits: 'The model’s own categories; a streamed answer waits for the verdict on all of it.',
  actions: ['block', 'flag'],
  compile: (options) =>
    remoteCheck('moderation', options, {
      model: options.model ?? 'openai/omni-moderation-latest',
      categories: options.categories ?? null,
      threshold: options.threshold ?? null,
    }),
  sample: {
    options: {},
    hit: { kind: 'text', text: 'a forbidden thing' },
    miss: { kind: 'text', text: 'a plain thing' },
  },
};
