import { addNamed, type Draft, note, shown } from '../draft.ts';
import { numberAt, type SourceNode, textAt } from '../source-node.ts';
import type { Resources } from './resources.ts';

const UNITS: Readonly<Record<string, string>> = {
  Second: '1s',
  Minute: '1m',
  Hour: '1h',
  Day: '1d',
  Month: '30d',
  Year: '365d',
};

/** Rules of global and local rate limits as Budgets; a response cost names what is counted. */
export function addTrafficLimits(draft: Draft, resources: Resources): void {
  for (const policy of resources.of('BackendTrafficPolicy')) {
    const limits = policy.spec?.get('rateLimit');
    limits?.get('type')?.take();
    const rules = [
      ...(limits?.get('global')?.get('rules')?.items() ?? []),
      ...(limits?.get('local')?.get('rules')?.items() ?? []),
    ];
    for (const [index, rule] of rules.entries()) addRule(draft, rule, `${policy.name}-${index + 1}`);
  }
}

function addRule(draft: Draft, rule: SourceNode, name: string): void {
  const limit = rule.get('limit');
  const count = numberAt(limit, 'requests');
  const window = UNITS[textAt(limit, 'unit') ?? ''];
  const response = rule.get('cost')?.get('response');
  const key = textAt(response?.get('metadata'), 'key');
  rule.get('cost')?.take();
  rule.get('shared')?.take();
  if (count === undefined || window === undefined || !Number.isInteger(count) || count < 0) return;
  const unit = unitOf(key);
  if (unit === null) {
    note(
      draft,
      'left-out',
      'rate',
      rule,
      `a limit on ${shown(key ?? 'an expression')}, which is no count of tokens that Budgets know`,
      'Write a Budget on cost or tokens.',
    );
    rule.take();
    return;
  }
  const { models, metadata, per } = selectors(draft, rule);
  const routes = draft.documents.flatMap(({ kind, name: route, spec }) => {
    const match = spec.match as { readonly models?: readonly string[] };
    return kind === 'Route' && models.some((model) => match.models?.includes(model)) ? [route] : [];
  });
  if (models.length > 0 && routes.length === 0) {
    note(
      draft,
      'left-out',
      'rate',
      rule,
      'a limit for a model that no rule of the file names',
      'Write a Budget with the routes or models it is for.',
    );
    rule.take();
    return;
  }
  note(
    draft,
    'differs',
    'rate',
    rule,
    `Envoy counts a fixed window of one ${textAt(limit, 'unit')?.toLowerCase() ?? ''} and lets the last request overrun it; the Budget holds each request’s worst case first, in a rolling span`,
    'Look at the Budget.',
  );
  addNamed(
    draft,
    'Budget',
    name,
    {
      description: 'A rate limit of the former gateway',
      spec: {
        scope: { ...(routes.length > 0 && { routes }), ...(Object.keys(metadata).length > 0 && { metadata }) },
        ...(per.length > 0 && { per }),
        limit: { [unit]: count },
        window: { rolling: window },
        onExhausted: 'deny',
        failMode: 'closed',
      },
    },
    rule,
  );
}

/** The keys are free words of the file; those of the documentation say what they count. */
function unitOf(key: string | undefined): 'requests' | 'inputTokens' | 'outputTokens' | 'tokens' | null {
  if (key === undefined) return 'requests';
  if (/cach|cel/i.test(key)) return null;
  if (/input/i.test(key)) return 'inputTokens';
  if (/output/i.test(key)) return 'outputTokens';
  return /total|token/i.test(key) ? 'tokens' : null;
}

function selectors(draft: Draft, rule: SourceNode) {
  const models: string[] = [];
  const metadata: Record<string, string[]> = {};
  const per: string[] = [];
  for (const selector of rule.get('clientSelectors')?.items() ?? []) {
    for (const header of selector.get('headers')?.items() ?? []) {
      const name = textAt(header, 'name')?.toLowerCase() ?? '';
      const value = textAt(header, 'value');
      const isDistinct = textAt(header, 'type') === 'Distinct';
      if (name === 'x-ai-eg-model' && value !== undefined) models.push(value);
      else {
        const key = name.replace(/^x-/, '').replace(/[^a-z0-9_-]/g, '');
        if (isDistinct || value === undefined) per.push(`metadata.${key}`);
        else metadata[key] = [...(metadata[key] ?? []), value];
        note(
          draft,
          'needs-you',
          'rate-scope',
          header,
          `the limit is for a header (${shown(name)}); Budgets see consumers and metadata, not headers`,
          `Send x-signalbox-metadata: {"${key}": …}, or better make each of them a consumer and split \`per: [consumer]\`.`,
        );
      }
    }
    selector.get('sourceCIDR')?.take();
  }
  return { models: [...new Set(models)], metadata, per: [...new Set(per)] };
}
