import { type Check, CheckOptionError } from '../check.ts';
import { remoteCheck } from '../remote-check.ts';

/** Guardrails of Amazon Bedrock. */
export const bedrockGuardrail: Check = {
  name: 'bedrock-guardrail',
  summary: 'Whatever a guardrail of Amazon Bedrock intervenes on: topics, content, words, personal data, grounding.',
  limits:
    'Texts that the guardrail would mask count as found: they are blocked or flagged, not replaced. A streamed answer waits for the verdict on all of it.',
  actions: ['block', 'flag'],
  compile(options) {
    if (options.guardrailId === undefined) throw new CheckOptionError('guardrailId', 'the check needs a guardrail');
    return remoteCheck('bedrock-guardrail', options, {
      guardrailId: options.guardrailId,
      guardrailVersion: options.guardrailVersion ?? 'DRAFT',
      provider: options.provider ?? 'bedrock',
      categories: options.categories ?? null,
    });
  },
  sample: {
    options: { guardrailId: 'gr-sample', provider: 'up-openai', timeout: '5s' },
    hit: { kind: 'text', text: 'a forbidden thing' },
    miss: { kind: 'text', text: 'a plain thing' },
  },
};
