import { addNamed, type Draft, note, shown } from '../draft.ts';
import { isTrueAt, numberAt, type SourceNode, textAt } from '../source-node.ts';

const UNITS: Readonly<Record<string, string>> = {
  second: '1s',
  minute: '1m',
  hour: '1h',
  day: '1d',
  week: '7d',
  month: '30d',
};
const LIMIT = /^(model_inferences|tokens|cost)_per_(second|minute|hour|day|week|month)$/;

/** Every limit of every rule as a Budget. */
export function addRateLimits(draft: Draft, root: SourceNode): void {
  const rules = root.get('rate_limiting')?.get('rules')?.items() ?? [];
  root.get('rate_limiting')?.get('enabled')?.take();
  for (const [index, rule] of rules.entries()) addRule(draft, rule, index);
}

function addRule(draft: Draft, rule: SourceNode, index: number): void {
  const metadata: Record<string, readonly string[]> = {};
  const per: string[] = [];
  for (const scope of rule.get('scope')?.items() ?? []) {
    const key = textAt(scope, 'tag_key');
    const value = textAt(scope, 'tag_value');
    if (key === undefined || value === undefined)
      note(draft, 'left-out', 'rate-scope', scope, 'a scope that is no tag', 'Write a Budget with a scope by hand.');
    else if (value === 'tensorzero::each') per.push(`metadata.${key}`);
    else if (value === 'tensorzero::total') metadata[key] = ['*'];
    else metadata[key] = [value];
  }
  if (rule.get('priority') !== undefined && !isTrueAt(rule, 'always')) {
    note(
      draft,
      'differs',
      'rate-priority',
      rule,
      'of several rules TensorZero applies those of the highest priority; here every Budget that fits counts',
      'Leave out from the wider Budget whom the narrower one is for.',
    );
  }
  rule.get('always')?.take();
  for (const [key, node] of rule.fields()) {
    const found = LIMIT.exec(key);
    if (found === null) continue;
    const [, unit = '', period = ''] = found;
    const capacity = numberAt(rule, key) ?? numberAt(node, 'capacity') ?? numberAt(node, 'refill_rate');
    const isBucket = typeof node.value === 'object';
    if (isBucket) node.take();
    if (capacity === undefined || capacity < 0 || (unit !== 'cost' && !Number.isInteger(capacity))) {
      note(draft, 'left-out', 'rate', node, `${shown(key)} is no amount`, 'Write a Budget by hand.');
      continue;
    }
    note(
      draft,
      'differs',
      'rate',
      node,
      `TensorZero fills a bucket bit by bit and starts anew when the rule is changed; the Budget counts a rolling span of ${UNITS[period]} and keeps its count`,
      'Look at the Budget.',
    );
    const limit =
      unit === 'tokens' ? { tokens: capacity } : unit === 'cost' ? { cost: `${capacity} USD` } : { requests: capacity };
    addNamed(
      draft,
      'Budget',
      `limit-${index + 1}-${unit === 'model_inferences' ? 'requests' : unit}`,
      {
        description: `Rule ${index + 1} of the rate limits`,
        spec: {
          scope: Object.keys(metadata).length === 0 ? {} : { metadata },
          ...(per.length > 0 && { per }),
          limit,
          window: { rolling: UNITS[period] },
          onExhausted: 'deny',
          failMode: 'closed',
        },
      },
      node,
    );
  }
}
