import type { Check } from '../check.ts';
import { remoteCheck } from '../remote-check.ts';

/** Azure AI Content Safety. */
export const azureContentSafety: Check = {
  name: 'azure-content-safety',
  summary: 'Hate, sexual content, self-harm and violence, judged by Azure AI Content Safety.',
  limits: 'Text only; a streamed answer waits for the verdict on all of it.',
  actions: ['block', 'flag'],
  compile: (options) =>
    remoteCheck('azure-content-safety', options, {
      url: options.url ?? '',
      secret: options.secret ?? null,
      categories: options.categories ?? null,
      threshold: options.threshold ?? null,
    }),
  sample: {
    options: { url: 'http://127.0.0.1:9/guard' },
    hit: { kind: 'text', text: 'a forbidden thing' },
    miss: { kind: 'text', text: 'a plain thing' },
  },
};
