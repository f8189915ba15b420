import type { JsonObject } from '#core';
import { addChain, type DraftTarget, retries } from '../add-chain.ts';
import { declareModel } from '../declare-model.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { numberAt, numberOf, type SourceNode, textAt, textOf } from '../source-node.ts';
import { reasonsOfStatuses, retryReasonsOf } from '../status-reasons.ts';
import { milliseconds, spanMs } from '../time-spans.ts';
import { backendProvider } from './backend-access.ts';
import type { Resource, Resources } from './resources.ts';

/** The header that Envoy AI Gateway fills with the model of the body. */
const MODEL_HEADER = 'x-ai-eg-model';

/** A chain and a route for every rule of every AIGatewayRoute. */
export function addRoutes(draft: Draft, resources: Resources): void {
  for (const route of resources.of('AIGatewayRoute')) {
    for (const key of ['parentRefs', 'targetRefs', 'schema', 'hostnames']) route.spec?.get(key)?.take();
    const costs = route.spec?.get('llmRequestCosts');
    if (costs !== undefined) {
      note(
        draft,
        'differs',
        'token-count',
        costs,
        'tokens are counted for every request, and Budgets name what they limit',
        'Nothing, unless a cost is an expression: those have no counterpart.',
      );
      costs.take();
    }
    const rules = route.spec?.get('rules')?.items() ?? [];
    for (const [index, rule] of rules.entries())
      addRule(draft, resources, route, rule, rules.length > 1 ? `${route.name}-${index + 1}` : route.name);
  }
  for (const { spec } of resources.of('BackendTrafficPolicy')) spec?.get('targetRefs')?.take();
}

function addRule(draft: Draft, resources: Resources, route: Resource, rule: SourceNode, name: string): void {
  const { models, headers } = matchOf(draft, rule);
  const references = rule.get('backendRefs')?.items() ?? [];
  const priorities = references.map((each) => numberAt(each, 'priority') ?? 0);
  const ordered = references
    .map((each, index) => ({ each, priority: priorities[index] ?? 0 }))
    .sort((a, b) => a.priority - b.priority);
  const targets = ordered.flatMap(({ each, priority }) => {
    const backend = textAt(each, 'name') ?? '';
    const provider = backendProvider(draft, resources, backend, each);
    if (provider === null) return [];
    const override = textAt(each, 'modelNameOverride');
    const fixed = override ?? (models.length === 1 && !models[0]?.includes('*') ? models[0] : undefined);
    const weight = numberAt(each, 'weight');
    const target: DraftTarget & { readonly priority: number } = {
      label: backend,
      ...(fixed === undefined
        ? { provider: provider.name }
        : { model: declareModel(draft, provider, fixed, {}, each) }),
      weight,
      priority,
    };
    return [target];
  });
  if (targets.length === 0) {
    note(
      draft,
      'left-out',
      'rule',
      rule,
      'no backend of the rule can be reached from here',
      'Add a provider and a chain by hand.',
    );
    return;
  }
  const policy = policyOf(resources, route);
  const retry = retryOf(draft, policy?.get('retry'));
  const total = milliseconds(spanMs(textAt(rule.get('timeouts'), 'request')));
  const idle = milliseconds(spanMs(textAt(rule, 'streamIdleTimeout')));
  const isFallback = new Set(targets.map(({ priority }) => priority)).size > 1;
  const isWeighted = !isFallback && targets.length > 1;
  if (isFallback && targets.some(({ weight }) => weight !== undefined))
    note(
      draft,
      'differs',
      'weights',
      rule,
      'weights among backends of one priority; here they are tried in order',
      'Nest a weighted chain where the shares matter.',
    );
  if (isWeighted)
    note(
      draft,
      'differs',
      'weights',
      rule,
      'backends of one priority share the requests; the weights became shares that sum to 100',
      'Look at the weights of the chain.',
    );
  if (isFallback) {
    const hasPolicy = policy?.get('retry') !== undefined;
    note(
      draft,
      'differs',
      'fallback-on',
      rule,
      hasPolicy
        ? 'Envoy goes to the next priority after the failures of its BackendTrafficPolicy; the chain names them in `fallbackOn`'
        : 'without a BackendTrafficPolicy in the file nothing makes Envoy go to the next priority; the chain does so after the usual failures',
      'Look at `fallbackOn` of the chain.',
    );
  }
  const chain = addChain(
    draft,
    name,
    {
      description: `A rule of the route ${route.name}`,
      strategy: isWeighted ? 'weighted' : 'fallback',
      targets: targets.map(({ priority: _, ...target }) => target),
      fallbackOn: isWeighted ? [] : isFallback ? retry.fallbackOn : undefined,
      timeouts:
        total || idle || retry.timeouts
          ? { ...(idle && { idle }), ...retry.timeouts, ...(total && { total }) }
          : undefined,
      retry: retry.retry,
      maxAttempts: retry.retry ? Math.max(targets.length, Number(retry.retry.max ?? 0) + 1) : undefined,
    },
    rule,
  );
  const match: JsonObject = {
    ...(models.length > 0 && { models }),
    ...(Object.keys(headers).length > 0 && { headers }),
  };
  for (const key of ['modelsOwnedBy', 'modelsCreatedAt', 'name']) rule.get(key)?.take();
  addNamed(draft, 'Route', name, { description: `A rule of the route ${route.name}`, spec: { match, chain } }, rule);
}

function matchOf(
  draft: Draft,
  rule: SourceNode,
): { readonly models: readonly string[]; readonly headers: Record<string, string[]> } {
  const models: string[] = [];
  const headers: Record<string, string[]> = {};
  for (const match of rule.get('matches')?.items() ?? []) {
    for (const header of match.get('headers')?.items() ?? []) {
      const name = textAt(header, 'name')?.toLowerCase();
      const value = textAt(header, 'value');
      const type = textAt(header, 'type') ?? 'Exact';
      if (name === undefined || value === undefined) continue;
      const pattern = type === 'RegularExpression' ? globOf(value) : value;
      if (pattern === null) {
        note(
          draft,
          'left-out',
          'match',
          header,
          `a regular expression in a match (${shown(value)}) is no glob`,
          'Write the names as globs, or a CEL `when` with re2().',
        );
        continue;
      }
      if (name === MODEL_HEADER) models.push(pattern);
      else headers[name] = [...(headers[name] ?? []), pattern];
    }
  }
  return { models: [...new Set(models)], headers };
}

/** `gpt-.*` and its like as globs. */
function globOf(expression: string): string | null {
  const plain = expression
    .replace(/^\^|\$$/g, '')
    .replaceAll('.*', '*')
    .replaceAll('\\.', '.');
  return /[\\[\](){}+?|^$]/.test(plain) ? null : plain;
}

function policyOf(resources: Resources, route: Resource): SourceNode | undefined {
  return resources
    .of('BackendTrafficPolicy')
    .find(({ spec }) =>
      (spec?.get('targetRefs')?.items() ?? []).some(
        (each) => textAt(each, 'name') === route.name && textAt(each, 'kind') !== 'Gateway',
      ),
    )?.spec;
}

function retryOf(draft: Draft, node: SourceNode | undefined) {
  const none = { retry: undefined, fallbackOn: undefined, timeouts: undefined };
  if (node === undefined) return none;
  const count = numberAt(node, 'numRetries') ?? 2;
  node.get('numAttemptsPerPriority')?.take();
  const statuses =
    node
      .get('retryOn')
      ?.get('httpStatusCodes')
      ?.items()
      .flatMap((each) => numberOf(each) ?? []) ?? [];
  const triggers =
    node
      .get('retryOn')
      ?.get('triggers')
      ?.items()
      .flatMap((each) => textOf(each) ?? []) ?? [];
  const extra = triggers.flatMap((trigger) =>
    /5xx|gateway-error/.test(trigger)
      ? ['server-error']
      : /connect|reset|refused/.test(trigger)
        ? ['network', 'timeout']
        : [],
  );
  const fallbackOn = [...new Set([...reasonsOfStatuses(statuses), ...extra])];
  const on = [...new Set([...retryReasonsOf(statuses), ...extra])];
  const backoff = node.get('perRetry')?.get('backOff');
  const initial = milliseconds(spanMs(textAt(backoff, 'baseInterval')));
  const cap = milliseconds(spanMs(textAt(backoff, 'maxInterval')));
  const total = milliseconds(spanMs(textAt(node.get('perRetry'), 'timeout')));
  note(
    draft,
    'differs',
    'retry',
    node,
    `numRetries counts all priorities together: it became the attempts of the whole request; statuses and triggers became ${fallbackOn.join(', ') || 'the usual failures'}`,
    'Look at `retry` and `maxAttempts` of the chain.',
  );
  return {
    retry: retries(count, { ...(on.length > 0 && { on }), ...(initial && { initial }), ...(cap && { cap }) }),
    fallbackOn: fallbackOn.length > 0 ? fallbackOn : undefined,
    timeouts: total ? { total } : undefined,
  };
}
