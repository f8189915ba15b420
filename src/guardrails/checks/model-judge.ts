import { type Check, CheckOptionError } from '../check.ts';
import { remoteCheck } from '../remote-check.ts';

/** A model that judges, such as Llama Guard. */
export const modelJudge: Check = {
  name: 'model-judge',
  summary: 'Whatever a model that judges calls unsafe: Llama Guard, or any other that follows its instructions.',
  limits: 'As good as the model, which can be talked to by what it judges; its calls cost, under the caller’s budgets.',
  actions: ['block', 'flag'],
  compile(options) {
    if (options.model === undefined) throw new CheckOptionError('model', 'the check needs a model that judges');
    return remoteCheck('model-judge', options, { model: options.model, categories: options.categories ?? null });
  },
  sample: {
    options: { model: 'up-openai/model', timeout: '5s' },
    hit: { kind: 'text', text: 'a forbidden thing' },
    miss: { kind: 'text', text: 'a plain thing' },
  },
};
