import type { JsonObject } from '#core';
import { addChain, type DraftTarget, EVERY_FAILURE, retries } from '../add-chain.ts';
import { declareModel } from '../declare-model.ts';
import { declareProvider } from '../declare-provider.ts';
import { type Draft, note, shown } from '../draft.ts';
import { isRequestParam } from '../request-params.ts';
import { numberAt, numberOf, type SourceNode, textAt, textOf } from '../source-node.ts';
import { reasonsOfStatuses, retryReasonsOf } from '../status-reasons.ts';
import { milliseconds } from '../time-spans.ts';
import { accessOf } from './access.ts';
import type { PortkeyReader } from './reader.ts';

/** What a group hands down to targets that say nothing of their own. */
export interface Inherited {
  readonly params?: JsonObject | undefined;
  readonly retry?: JsonObject | undefined;
  readonly timeouts?: JsonObject | undefined;
}

/** The mode of a node; without one, what its targets ask for. */
export function modeOf(node: SourceNode): string {
  const strategy = node.get('strategy');
  const mode = textAt(strategy, 'mode') ?? textOf(strategy);
  if (mode !== undefined) return mode.toLowerCase();
  const count = node.get('targets')?.items().length ?? 0;
  return count > 1 ? 'fallback' : 'single';
}

/** Portkey's own list (2026-11). */
const RETRY_STATUSES = [429, 500, 502, 503, 504];
const MAX_DEPTH = 5;

/** Adds the chain of a node, nested groups as chains of their own; null when nothing in it can be reached. */
export function addGroup(
  reader: PortkeyReader,
  node: SourceNode,
  name: string,
  inherited: Inherited,
  depth = 0,
): string | null {
  const { draft } = reader;
  const own = settingsOf(draft, node, inherited);
  // Weights say something under `loadbalance` alone.
  for (const each of node.get('targets')?.items() ?? []) each.get('weight')?.take();
  const list = node.get('targets');
  const mode = modeOf(node);
  const nodes = list === undefined ? [node] : mode === 'single' ? list.items().slice(0, 1) : list.items();
  if (mode === 'single' && list !== undefined && list.items().length > 1) {
    note(
      draft,
      'left-out',
      'targets',
      list,
      'the mode is single: Portkey uses the first target alone',
      'Remove the others, or choose a mode.',
    );
    for (const item of list.items().slice(1)) item.take();
  }
  const targets = nodes.flatMap((each, index) => {
    const isGroup = each !== node && each.get('targets') !== undefined;
    const label = textAt(each, 'name') ?? `${name}-${index + 1}`;
    if (!isGroup)
      return each === node ? targetOf(reader, each, own) : targetOf(reader, each, settingsOf(draft, each, own));
    if (depth >= MAX_DEPTH) {
      note(draft, 'left-out', 'targets', each, 'targets are nested too deeply', 'Flatten them.');
      return [];
    }
    const picked = modeOf(each) === 'conditional' ? defaultOf(draft, each) : each;
    if (picked !== each && picked.get('targets') === undefined)
      return targetOf(reader, picked, settingsOf(draft, picked, own));
    const chain = addGroup(reader, picked, label, settingsOf(draft, each, own), depth + 1);
    return chain === null ? [] : [{ label, chain, weight: numberAt(each, 'weight') }];
  });
  if (targets.length === 0) return null;
  return addChain(
    draft,
    name,
    {
      description: `Imported from ${draft.file}`,
      ...strategyOf(draft, node, mode, targets.length),
      targets,
      maxAttempts: attemptsOf(targets),
    },
    node,
  );
}

/** A nested condition cannot be decided within a chain: its default stands for it. */
function defaultOf(draft: Draft, node: SourceNode): SourceNode {
  const strategy = node.get('strategy');
  const wanted = textAt(strategy, 'default');
  strategy?.get('conditions')?.take();
  note(
    draft,
    'left-out',
    'condition',
    strategy ?? node,
    'a condition inside of a target; only its default was taken over',
    'Write a route with the condition in `match`, and a chain for it.',
  );
  const targets = node.get('targets')?.items() ?? [];
  return targets.find((target) => textAt(target, 'name') === wanted) ?? targets[0] ?? node;
}

function strategyOf(
  draft: Draft,
  node: SourceNode,
  mode: string,
  count: number,
): { readonly strategy: 'fallback' | 'weighted'; readonly fallbackOn?: readonly string[] } {
  const strategy = node.get('strategy');
  const statusNode = strategy?.get('on_status_codes') ?? node.get('on_status_codes');
  const statuses = statusNode?.items().flatMap((each) => numberOf(each) ?? []);
  if (mode === 'loadbalance') {
    if (count > 1) {
      note(
        draft,
        'differs',
        'weights',
        strategy ?? node,
        'weights became shares that sum to 100; as in Portkey, a target that fails is not replaced by another',
        'Add failures to `fallbackOn` where the next target should answer instead.',
      );
    }
    return { strategy: 'weighted', fallbackOn: [] };
  }
  if (mode !== 'fallback') return { strategy: 'fallback' };
  if (statuses !== undefined) {
    const fallbackOn = reasonsOfStatuses(statuses);
    note(
      draft,
      'differs',
      'fallback-on',
      statusNode ?? node,
      `a chain knows failures and not statuses: ${statuses.join(', ')} became ${fallbackOn.join(', ') || 'nothing'}; timeouts and broken connections count where Portkey’s list holds 5xx`,
      'Look at `fallbackOn` of the chain.',
    );
    return { strategy: 'fallback', fallbackOn };
  }
  note(
    draft,
    'differs',
    'fallback-on',
    strategy ?? node,
    'without on_status_codes Portkey falls back on every answer that is no success, a wrong key (401) and a refused request (400) included; the chain says so',
    'Take `invalid-request` and `content-filter` out of `fallbackOn` where a bad request should fail at once.',
  );
  return { strategy: 'fallback', fallbackOn: EVERY_FAILURE };
}

function attemptsOf(targets: readonly DraftTarget[]): number {
  return targets.reduce((sum, { retry }) => sum + 1 + Number(retry?.max ?? 0), 0);
}

function settingsOf(draft: Draft, node: SourceNode, inherited: Inherited): Inherited {
  const params = node.get('override_params');
  const found = (params?.fields() ?? []).filter(([key, each]) => isRequestParam(key) && each.value !== null);
  const own = Object.fromEntries(found.map(([key, each]) => [key, each.take()]));
  const model = textAt(params, 'model');
  const merged = { ...inherited.params, ...own, ...(model !== undefined && { model }) };
  return {
    params: Object.keys(merged).length === 0 ? undefined : merged,
    retry: retryOf(draft, node.get('retry')) ?? inherited.retry,
    timeouts: timeoutsOf(draft, node.get('request_timeout')) ?? inherited.timeouts,
  };
}

function retryOf(draft: Draft, node: SourceNode | undefined): JsonObject | undefined {
  if (node === undefined) return undefined;
  const attempts = numberAt(node, 'attempts') ?? numberAt(node, 'count') ?? 0;
  const listed = node
    .get('on_status_codes')
    ?.items()
    .flatMap((each) => numberOf(each) ?? []);
  const on = retryReasonsOf(listed ?? RETRY_STATUSES);
  const respects = node.get('use_retry_after_header') ?? node.get('use_retry_after_headers');
  note(
    draft,
    'differs',
    'retry',
    node,
    `statuses became failures (${on.join(', ') || 'none'}); waits grow from 200 ms with full jitter, and a wrong key (401) is never tried again on the same target`,
    'Look at `retry` of the targets.',
  );
  return retries(attempts, {
    on,
    respectRetryAfter: respects?.value === true,
    ...(respects?.value === true && { maxRetryAfter: '1m' }),
  });
}

function timeoutsOf(draft: Draft, node: SourceNode | undefined): JsonObject | undefined {
  const total = milliseconds(numberOf(node));
  if (node === undefined || total === undefined) return undefined;
  note(
    draft,
    'differs',
    'timeout',
    node,
    `request_timeout counts milliseconds and ends with the head of the answer: it became ${total} until the first content`,
    'Set `total` as well where a stream must not run longer.',
  );
  return { firstToken: total };
}

function targetOf(reader: PortkeyReader, node: SourceNode, settings: Inherited): readonly DraftTarget[] {
  const { draft } = reader;
  if (node.get('passthrough')?.value === true) {
    note(
      draft,
      'left-out',
      'passthrough',
      node,
      'a target that goes wherever the request’s headers say',
      'Name the provider.',
    );
    return [];
  }
  if (
    node.get('prompt_id') !== undefined &&
    node.get('provider') === undefined &&
    node.get('virtual_key') === undefined
  ) {
    note(
      draft,
      'left-out',
      'prompt',
      node,
      'a target that is a prompt kept by Portkey',
      'Keep the prompt in the application and name its model here.',
    );
    node.get('prompt_id')?.take();
    return [];
  }
  const { model: modelParam, ...params } = settings.params ?? {};
  const wanted = typeof modelParam === 'string' ? modelParam : undefined;
  const found = accessOf(reader, node, wanted);
  const label = textAt(node, 'name') ?? wanted ?? found.access.type;
  const provider = declareProvider(draft, found.access, node);
  const rest = {
    label: label.replace(/^@/, ''),
    weight: numberAt(node, 'weight'),
    ...(Object.keys(params).length > 0 && { params }),
    ...(settings.retry && { retry: settings.retry }),
    ...(settings.timeouts && { timeouts: settings.timeouts }),
  };
  if (found.model === undefined) {
    note(
      draft,
      'differs',
      'model',
      node,
      `no model is named: the one that a request asks for is sent to ${shown(provider.name)}`,
      'Name a model where the requested one is not offered there.',
    );
    return [{ ...rest, provider: provider.name }];
  }
  return [{ ...rest, model: declareModel(draft, provider, found.model, {}, node) }];
}
