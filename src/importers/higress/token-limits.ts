import { addNamed, type Draft, note, shown } from '../draft.ts';
import { slug } from '../names.ts';
import { numberAt, type SourceNode, textAt } from '../source-node.ts';

const SPANS = { token_per_second: '1s', token_per_minute: '1m', token_per_hour: '1h', token_per_day: '1d' } as const;

/** ai-token-ratelimit: a Budget on tokens for each key of each rule. */
export function addTokenLimits(draft: Draft, config: SourceNode): void {
  for (const key of ['rule_name', 'redis', 'rejected_code', 'rejected_msg', 'show_limit_quota_header'])
    config.get(key)?.take();
  const global = config.get('global_threshold');
  if (global !== undefined) add(draft, global, 'global-tokens', {}, []);
  for (const item of config.get('rule_items')?.items() ?? []) {
    const [kind, by] = item.fields().find(([key]) => key.startsWith('limit_by_')) ?? [];
    by?.take();
    if (kind === undefined) continue;
    const field = String(by?.value ?? '');
    for (const [index, key] of (item.get('limit_keys')?.items() ?? []).entries()) {
      const value = textAt(key, 'key') ?? '*';
      addKey(draft, key, kind, field, value, index);
    }
  }
}

function addKey(draft: Draft, node: SourceNode, kind: string, field: string, value: string, index: number): void {
  const isEach = kind.includes('_per_');
  const glob = /^regexp:\^?([\w-]*)\.\*$/.exec(value)?.[1];
  const pattern = glob === undefined ? value : `${glob}*`;
  if (value.startsWith('regexp:') && glob === undefined) {
    note(
      draft,
      'left-out',
      'rate',
      node,
      `a limit for keys by regular expression (${shown(value)})`,
      'Write a Budget with a glob.',
    );
    node.take();
    return;
  }
  if (/ip$/.test(kind)) {
    note(
      draft,
      'left-out',
      'rate',
      node,
      'a limit for addresses: Budgets count consumers and metadata',
      'Write a Budget with `per: [consumer]`.',
    );
    node.take();
    return;
  }
  const per = isEach ? (/consumer/.test(kind) ? ['consumer'] : [`metadata.${wordOf(field)}`]) : [];
  const scope =
    pattern === '*'
      ? {}
      : /consumer/.test(kind)
        ? { consumers: [pattern.includes('*') ? pattern : slug(pattern, 'consumer')] }
        : { metadata: { [wordOf(field)]: [pattern] } };
  if (
    /consumer/.test(kind) &&
    !pattern.includes('*') &&
    draft.names.get('Consumer')?.has(slug(pattern, 'consumer')) !== true
  ) {
    addNamed(
      draft,
      'Consumer',
      pattern,
      { description: `The consumer ${pattern} of the former gateway`, spec: {} },
      node,
    );
  }
  if (!/consumer/.test(kind)) {
    note(
      draft,
      'needs-you',
      'rate-scope',
      node,
      `the limit is for a ${/header/.test(kind) ? 'header' : /cookie/.test(kind) ? 'cookie' : 'parameter'}; Budgets see consumers and metadata`,
      `Send x-signalbox-metadata: {"${wordOf(field)}": …}, or better make each key a consumer.`,
    );
  }
  add(draft, node, `tokens-${index + 1}`, scope, per);
}

function wordOf(field: string): string {
  return (
    field
      .toLowerCase()
      .replace(/[^a-z0-9_-]+/g, '-')
      .replace(/^-+|-+$/g, '') || 'key'
  );
}

function add(draft: Draft, node: SourceNode, wanted: string, scope: object, per: readonly string[]): void {
  for (const [key, span] of Object.entries(SPANS)) {
    const limit = numberAt(node, key);
    if (limit === undefined || !Number.isInteger(limit) || limit < 0) continue;
    note(
      draft,
      'differs',
      'rate',
      node,
      `Higress counts a fixed window and lets the last request overrun it; the Budget holds each request’s worst case first, in a rolling span of ${span}`,
      'Look at the Budget.',
    );
    addNamed(
      draft,
      'Budget',
      wanted,
      {
        description: 'A token limit of the former gateway',
        spec: {
          scope,
          ...(per.length > 0 && { per }),
          limit: { tokens: limit },
          window: { rolling: span },
          onExhausted: 'deny',
          failMode: 'open',
        },
      },
      node,
    );
  }
}
