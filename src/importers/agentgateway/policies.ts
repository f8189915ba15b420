import type { JsonObject } from '#core';
import { retries } from '../add-chain.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { addCheck, type DraftCheck } from '../guardrail-checks.ts';
import { numberAt, numberOf, type SourceNode, textAt, textOf } from '../source-node.ts';
import { retryReasonsOf } from '../status-reasons.ts';
import { milliseconds, spanMs } from '../time-spans.ts';

/** What the policies of a route come to: fields of the route, and settings of its chain. */
export interface RoutePolicies {
  readonly route: JsonObject;
  readonly timeouts: JsonObject | undefined;
  readonly retry: JsonObject | undefined;
}

/** Reads `policies` of a route, a backend or a model. What it does not read is reported as left out. */
export function policiesOf(draft: Draft, node: SourceNode | undefined): RoutePolicies {
  if (node === undefined) return { route: {}, timeouts: undefined, retry: undefined };
  const ai = node.get('ai');
  const guard = addGuard(draft, ai?.get('promptGuard') ?? node.get('promptGuard') ?? node.get('guardrails'));
  const prompt = promptOf(draft, ai?.get('prompts') ?? node.get('prompts'));
  ai?.get('routes')?.take();
  for (const [index, limit] of (node.get('localRateLimit')?.items() ?? []).entries()) addLimit(draft, limit, index);
  const total = milliseconds(
    spanMs(textAt(node.get('timeout'), 'requestTimeout') ?? textAt(node.get('timeout'), 'backendRequestTimeout')),
  );
  return {
    route: { ...(guard !== null && { guardrails: [guard] }), ...(prompt && { prompt }) },
    timeouts: total ? { total } : undefined,
    retry: retryOf(draft, node.get('retry')),
  };
}

function retryOf(draft: Draft, node: SourceNode | undefined): JsonObject | undefined {
  const attempts = numberAt(node, 'attempts');
  if (node === undefined || attempts === undefined) return undefined;
  const codes =
    node
      .get('codes')
      ?.items()
      .flatMap((each) => numberOf(each) ?? []) ?? [];
  const on = retryReasonsOf(codes);
  note(
    draft,
    'differs',
    'retry',
    node,
    `statuses became failures (${on.join(', ') || 'the usual ones'}); waits grow and get jitter`,
    'Look at `retry` of the chain.',
  );
  const initial = milliseconds(spanMs(textAt(node, 'backoff')));
  return retries(attempts, { ...(on.length > 0 && { on }), ...(initial && { initial }) });
}

function promptOf(draft: Draft, node: SourceNode | undefined): JsonObject | undefined {
  if (node === undefined) return undefined;
  const texts = (key: string): string | undefined => {
    const parts = (node.get(key)?.items() ?? []).flatMap((each) => {
      const role = textAt(each, 'role') ?? 'system';
      const content = textAt(each, 'content');
      if (role !== 'system' && role !== 'SYSTEM') {
        note(
          draft,
          'left-out',
          'prompt',
          each,
          `a message of the role ${shown(role)}; a route adds to the instructions alone`,
          'Add the message in the application.',
        );
        return [];
      }
      return content ?? [];
    });
    return parts.length === 0 ? undefined : parts.join('\n');
  };
  const prepend = texts('prepend');
  const append = texts('append');
  if (prepend === undefined && append === undefined) return undefined;
  return { ...(prepend && { prepend }), ...(append && { append }) };
}

const BUILTINS: Readonly<Record<string, string>> = {
  email: 'email-address',
  phonenumber: 'phone-number',
  ssn: 'us-ssn',
  creditcard: 'credit-card',
};

function addGuard(draft: Draft, node: SourceNode | undefined): string | null {
  if (node === undefined) return null;
  const stages: string[] = [];
  const checks: DraftCheck[] = [];
  for (const [key, stage] of [
    ['request', 'input'],
    ['response', 'output'],
  ] as const) {
    const rules = node.get(key);
    for (const rule of Array.isArray(rules?.value) ? (rules?.items() ?? []) : rules === undefined ? [] : [rules]) {
      const before = checks.length;
      readGuard(draft, rule, checks);
      if (checks.length > before && !stages.includes(stage)) stages.push(stage);
    }
  }
  if (checks.length === 0) return null;
  if (stages.length > 1)
    note(
      draft,
      'differs',
      'guardrail-stage',
      node,
      'the checks of requests and of answers became one guardrail that looks at both',
      'Split it where one side should be looked at alone.',
    );
  return addNamed(
    draft,
    'Guardrail',
    'prompt-guard',
    { description: 'The prompt guard of the former gateway', spec: { stage: stages, checks } },
    node,
  );
}

function readGuard(draft: Draft, node: SourceNode, checks: DraftCheck[]): void {
  const regex = node.get('regex');
  const webhook = node.get('webhook');
  node.get('rejection')?.take();
  node.get('response')?.take();
  const action = /mask/i.test(textAt(regex, 'action') ?? '') ? 'mask' : 'block';
  for (const each of regex?.get('rules')?.items() ?? regex?.get('matches')?.items() ?? []) {
    const builtin =
      textAt(each, 'builtin') ??
      (typeof each.value === 'string' && Object.hasOwn(BUILTINS, each.value.toLowerCase()) ? each.value : undefined);
    const pattern = textAt(each, 'pattern') ?? (builtin === undefined ? textOf(each) : undefined);
    const check = BUILTINS[(builtin ?? '').toLowerCase().replace(/[^a-z]/g, '')];
    each.get('name')?.take();
    if (check !== undefined) addCheck(checks, { check, action });
    else if (pattern !== undefined) addCheck(checks, { check: 'pattern', action, pattern }, draft, each);
    else
      note(
        draft,
        'left-out',
        'guardrail',
        each,
        `no check of the name ${shown(builtin ?? '')} is built in`,
        'Write it as a `pattern` check.',
      );
  }
  for (const builtin of regex?.get('builtins')?.items() ?? []) {
    const check = BUILTINS[(textOf(builtin) ?? '').toLowerCase().replace(/[^a-z]/g, '')];
    if (check !== undefined) addCheck(checks, { check, action });
    else
      note(
        draft,
        'left-out',
        'guardrail',
        builtin,
        `no check of the name ${shown(textOf(builtin) ?? '')} is built in`,
        'Write it as a `pattern` check.',
      );
  }
  const host = textAt(webhook?.get('target'), 'host') ?? textAt(webhook, 'host');
  if (webhook !== undefined) {
    note(
      draft,
      'left-out',
      'guardrail',
      webhook,
      `a webhook guard${host === undefined ? '' : ` at ${shown(host)}`} speaks agentgateway’s own form`,
      'Offer a `webhook` check, which docs/kinds/guardrail.md describes.',
    );
    webhook.take();
  }
  if (node.get('openAIModeration') !== undefined) {
    node.get('openAIModeration')?.take();
    addCheck(checks, { check: 'moderation', action: 'block' });
  }
}

function addLimit(draft: Draft, node: SourceNode, index: number): void {
  const capacity = numberAt(node, 'maxTokens');
  const fill = numberAt(node, 'tokensPerFill') ?? capacity;
  const interval = spanMs(textAt(node, 'fillInterval'));
  const type = textAt(node, 'type') ?? 'requests';
  if (capacity === undefined || fill === undefined || interval === undefined || fill <= 0) return;
  const isTokens = type === 'tokens';
  // A bucket of 10 that gets 1 a minute lets ten pass at once and sixty an hour: its rate is what holds in the long run.
  const window = milliseconds(interval * Math.max(1, Math.round(capacity / fill)));
  if (window === undefined || !Number.isInteger(capacity) || capacity < 0) return;
  note(
    draft,
    'differs',
    'rate',
    node,
    `a bucket of ${capacity} that gets ${fill} every ${textAt(node, 'fillInterval')}, in each replica alone; the Budget lets ${capacity} pass in a rolling span of ${window}, over all replicas`,
    'Look at the Budget.',
  );
  addNamed(
    draft,
    'Budget',
    `limit-${index + 1}`,
    {
      description: 'A rate limit of the former gateway',
      spec: {
        scope: {},
        limit: isTokens ? { tokens: capacity } : { requests: capacity },
        window: { rolling: window },
        onExhausted: 'deny',
        failMode: 'open',
      },
    },
    node,
  );
}
