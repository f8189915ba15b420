import { addChain, type DraftTarget, EVERY_FAILURE, retries } from '../add-chain.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { isRequestParam } from '../request-params.ts';
import { numberAt, numberOf, type SourceNode, textAt, textsAt } from '../source-node.ts';
import { seconds } from '../time-spans.ts';
import type { ModelTargets } from './models.ts';

/** A chain over the variants of every function, and a route for `tensorzero::function_name::NAME`. */
export function addFunctions(draft: Draft, root: SourceNode, targetsFor: ModelTargets): void {
  for (const [name, node] of root.get('functions')?.fields() ?? []) addFunction(draft, name, node, targetsFor);
}

function addFunction(draft: Draft, name: string, node: SourceNode, targetsFor: ModelTargets): void {
  const type = textAt(node, 'type');
  if (type === 'json')
    note(
      draft,
      'left-out',
      'schema',
      node,
      `the function ${shown(name)} answers with JSON of a schema that TensorZero sends`,
      'Send `response_format` with the request.',
    );
  const variants = node.get('variants')?.fields() ?? [];
  const weights = weightsOf(draft, node);
  const targets = variants.flatMap(([variant, each]) =>
    variantTargets(draft, variant, each, targetsFor, weights.get(variant)),
  );
  if (targets.length === 0) {
    if (variants.length > 0)
      note(
        draft,
        'left-out',
        'function',
        node,
        `no variant of ${shown(name)} is a plain call of a model`,
        'Add a chain by hand.',
      );
    return;
  }
  const isWeighted = targets.length > 1;
  if (isWeighted)
    note(
      draft,
      'differs',
      'weights',
      node,
      `TensorZero draws a variant once for an episode; here each request is drawn, in shares that sum to 100${weights.size === 0 ? ', equal ones as none are given' : ''}`,
      'Set `sticky: session` and send x-signalbox-session where an episode has to keep its variant.',
    );
  const chain = addChain(
    draft,
    `${name}-function`,
    {
      description: `The variants of the function ${name}`,
      strategy: 'weighted',
      targets: targets.map((target) => (isWeighted ? target : { ...target, weight: undefined })),
      fallbackOn: EVERY_FAILURE,
    },
    node,
  );
  addNamed(
    draft,
    'Route',
    `${name}-function`,
    { description: `The function ${name}`, spec: { match: { models: [`tensorzero::function_name::${name}`] }, chain } },
    node,
  );
}

function variantTargets(
  draft: Draft,
  name: string,
  node: SourceNode,
  targetsFor: ModelTargets,
  weight: number | undefined,
): readonly DraftTarget[] {
  const type = textAt(node, 'type') ?? 'chat_completion';
  const model = textAt(node, 'model');
  if (type !== 'chat_completion' || model === undefined) {
    note(
      draft,
      'left-out',
      'variant',
      node,
      `the variant ${shown(name)} is made of several calls (${shown(type)})`,
      'Keep such a method in the application.',
    );
    node.take();
    return [];
  }
  const retry = node.get('retries');
  const count = numberAt(retry, 'num_retries');
  const cap = seconds(numberAt(retry, 'max_delay_s'));
  const params = node.fields().filter(([key, each]) => isRequestParam(key) && each.value !== null);
  const own = numberAt(node, 'weight');
  const share = own ?? weight;
  if (share === 0) {
    note(
      draft,
      'left-out',
      'variant',
      node,
      `the variant ${shown(name)} has the weight 0`,
      'Add it when it is to be used.',
    );
    return [];
  }
  const targets = targetsFor(model, node.get('model') ?? node);
  if (count !== undefined && targets.some(({ chain }) => chain !== undefined)) {
    note(
      draft,
      'differs',
      'retry',
      retry ?? node,
      'the model has a chain of its own, and retries belong to its targets: those of the variant were not taken over',
      'Set `retry` in the chain of the model.',
    );
  }
  return targets.map((target) => ({
    ...target,
    label: name,
    ...(share !== undefined && { weight: share }),
    ...(params.length > 0 && { params: Object.fromEntries(params.map(([key, each]) => [key, each.take()])) }),
    ...(count !== undefined && target.chain === undefined && { retry: retries(count, cap ? { cap } : {}) }),
  }));
}

/** Weights of `experimentation`, which is `static`, `uniform` or decided by results. */
function weightsOf(draft: Draft, node: SourceNode): ReadonlyMap<string, number> {
  const experiment = node.get('experimentation');
  const found = new Map<string, number>();
  if (experiment === undefined) return found;
  const type = textAt(experiment, 'type') ?? 'static';
  const candidates = experiment.get('candidate_variants');
  for (const [variant, weight] of candidates?.fields() ?? []) {
    const share = numberOf(weight);
    if (share !== undefined) found.set(variant, share);
  }
  for (const variant of textsAt(experiment, 'candidate_variants')) if (!found.has(variant)) found.set(variant, 1);
  experiment.get('fallback_variants')?.take();
  if (!/^(?:static|static_weights|uniform)$/.test(type)) {
    note(
      draft,
      'left-out',
      'experiment',
      experiment,
      `the experiment learns from results (${shown(type)}); its variants got equal shares`,
      'Set the weights by hand when the experiment has an end.',
    );
    experiment.take();
  }
  return found;
}
