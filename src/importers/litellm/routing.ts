import type { JsonObject } from '#core';
import { retries } from '../add-chain.ts';
import { type Draft, note, shown } from '../draft.ts';
import { isTrueAt, numberAt, numberOf, type SourceNode, textAt, textOf, textsAt } from '../source-node.ts';
import { seconds } from '../time-spans.ts';

/** What LiteLLM's router does with every group. */
export interface Routing {
  readonly strategy: 'weighted' | 'latency' | 'cost' | 'least-busy';
  /** Whether `rpm` and `tpm` of a deployment are limits and not only weights. */
  readonly enforcesRates: boolean;
  readonly retryCount: number;
  readonly retry: JsonObject | undefined;
  readonly timeouts: JsonObject | undefined;
  readonly breaker: JsonObject;
  /** Group → groups tried after it. */
  readonly fallbacks: ReadonlyMap<string, readonly string[]>;
  readonly contextFallbacks: ReadonlyMap<string, readonly string[]>;
  readonly contentFallbacks: ReadonlyMap<string, readonly string[]>;
  readonly defaultFallbacks: readonly string[];
  /** Further name → group. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly fallbackNode: SourceNode | undefined;
}

/** LiteLLM's own: two retries, three failures a minute, five seconds of rest (Router of the proxy, 2026). */
const RETRIES = 2;
const ALLOWED_FAILS = 3;
const COOLDOWN_S = 5;

/** Reads what stands in `router_settings`, and in `litellm_settings` under the same names. */
export function readRouting(draft: Draft, settings: SourceNode | undefined, router: SourceNode | undefined): Routing {
  const either = (key: string): SourceNode | undefined => router?.get(key) ?? settings?.get(key);
  const strategyNode = router?.get('routing_strategy');
  const strategyText = textOf(strategyNode) ?? 'simple-shuffle';
  const strategy = strategyOf(draft, strategyText, strategyNode);
  const checks = textsAt(router, 'optional_pre_call_checks');
  const retryNode = either('num_retries');
  const policyNode = either('retry_policy');
  const retryCount = numberOf(retryNode) ?? policyRetries(draft, policyNode) ?? RETRIES;
  const timeoutNode = either('timeout') ?? settings?.get('request_timeout');
  const total = seconds(numberOf(timeoutNode));
  const firstToken = seconds(numberOf(either('stream_timeout')));
  if (timeoutNode !== undefined && total !== undefined) {
    note(
      draft,
      'differs',
      'timeout',
      timeoutNode,
      `LiteLLM counts seconds: ${numberOf(timeoutNode)} became ${total} for each attempt`,
      'Look whether every attempt may take that long.',
    );
  }
  const fallbackNode = either('fallbacks') ?? either('default_fallbacks') ?? either('context_window_fallbacks');
  if (isTrueAt(router, 'enable_pre_call_checks')) {
    note(
      draft,
      'differs',
      'context-check',
      router?.get('enable_pre_call_checks') ?? null,
      'models whose window is too small are always skipped here',
      'Nothing; context windows come from the Model documents.',
    );
  }
  return {
    strategy,
    enforcesRates: /^usage-based/.test(strategyText) || checks.includes('enforce_model_rate_limits'),
    retryCount,
    retry: retries(retryCount),
    timeouts:
      total === undefined && firstToken === undefined
        ? undefined
        : { ...(firstToken && { firstToken }), ...(total && { total }) },
    breaker: {
      failures: Math.max(1, Math.round(numberOf(either('allowed_fails')) ?? ALLOWED_FAILS) + 1),
      within: '1m',
      openFor: seconds(numberOf(either('cooldown_time')) ?? COOLDOWN_S) ?? '5s',
    },
    fallbacks: pairs(draft, either('fallbacks')),
    contextFallbacks: pairs(draft, either('context_window_fallbacks')),
    contentFallbacks: pairs(draft, either('content_policy_fallbacks')),
    defaultFallbacks: names(either('default_fallbacks')),
    aliases: aliasesOf(draft, router?.get('model_group_alias') ?? settings?.get('model_alias_map')),
    fallbackNode,
  };
}

function strategyOf(draft: Draft, text: string, node: SourceNode | undefined): Routing['strategy'] {
  switch (text) {
    case 'simple-shuffle':
      return 'weighted';
    case 'latency-based-routing':
      return 'latency';
    case 'cost-based-routing':
      return 'cost';
    case 'least-busy':
      return 'least-busy';
    default:
      note(
        draft,
        'differs',
        'strategy',
        node ?? null,
        `the strategy ${shown(text)} became least-busy: the target with the fewest calls in flight, not the one with the least usage of the minute`,
        'Look whether weights (`strategy: weighted`) come nearer to what is meant.',
      );
      return 'least-busy';
  }
}

function policyRetries(draft: Draft, node: SourceNode | undefined): number | undefined {
  if (node === undefined) return undefined;
  const counts = node.fields().flatMap(([, each]) => numberOf(each) ?? []);
  note(
    draft,
    'differs',
    'retry',
    node,
    'LiteLLM counts retries for each class of error; here one number holds for all that are retried',
    'Name the failures in `retry.on`.',
  );
  return counts.length === 0 ? undefined : Math.max(...counts);
}

/** `[{a: [b, c]}]` or `{a: [b, c]}`. */
function pairs(draft: Draft, node: SourceNode | undefined): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  if (node === undefined) return found;
  const maps = Array.isArray(node.value) ? node.items() : [node];
  for (const map of maps) {
    if (textOf(map) !== undefined) {
      found.set('*', [...(found.get('*') ?? []), ...names(map)]);
      continue;
    }
    for (const [group, list] of map.fields()) {
      for (const item of Array.isArray(list.value) ? list.items() : [list]) {
        if (typeof item.value === 'object' && item.value !== null && textAt(item, 'model') !== undefined) {
          note(
            draft,
            'differs',
            'fallback-params',
            item,
            'a fallback with parameters of its own; only its model was taken over',
            'Put the parameters into `params` of the target.',
          );
        }
      }
      found.set(group, [...(found.get(group) ?? []), ...names(list)]);
    }
  }
  return found;
}

function names(node: SourceNode | undefined): readonly string[] {
  if (node === undefined) return [];
  const items = Array.isArray(node.value) ? node.items() : [node];
  return items.flatMap((item) => textOf(item) ?? textAt(item, 'model') ?? []);
}

function aliasesOf(draft: Draft, node: SourceNode | undefined): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const [alias, target] of node?.fields() ?? []) {
    const group = textOf(target) ?? textAt(target, 'model');
    if (group === undefined) continue;
    if (isTrueAt(target, 'hidden'))
      note(
        draft,
        'differs',
        'alias',
        target,
        'a hidden alias is offered like any other',
        'Nothing, unless the list of models matters.',
      );
    found.set(alias, group);
  }
  return found;
}

/** Whether a number stands under any of the keys. */
export function anyNumber(node: SourceNode | undefined, keys: readonly string[]): number | undefined {
  return keys.map((key) => numberAt(node, key)).find((each) => each !== undefined);
}
