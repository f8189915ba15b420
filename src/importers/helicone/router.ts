import type { JsonObject } from '#core';
import { addChain, type DraftTarget, retries } from '../add-chain.ts';
import { declareModel } from '../declare-model.ts';
import { declareProvider } from '../declare-provider.ts';
import { addNamed, type Draft, note, shown } from '../draft.ts';
import { numberAt, numberOf, type SourceNode, textAt, textOf } from '../source-node.ts';
import { milliseconds, seconds, spanMs } from '../time-spans.ts';
import { withVersion } from './with-version.ts';

/** What all routers of a file share. */
export interface RouterContext {
  readonly bases: ReadonlyMap<string, string | null>;
  readonly shared: JsonObject;
}

const FALLBACK_ON = ['rate-limit', 'server-error', 'timeout', 'network', 'malformed', 'stream-error'];

/** A router: one chain for each kind of endpoint, behind the path it had. */
export function addRouter(draft: Draft, name: string, node: SourceNode, context: RouterContext): void {
  const own = middleware(draft, node);
  addLimit(draft, node.get('rate-limit'), name, name);
  const retry = retryOf(draft, node.get('retries'));
  const timeout = milliseconds(spanMs(textAt(node, 'request-timeout')));
  for (const [kind, balance] of node.get('load-balance')?.fields() ?? []) {
    const targets = targetsOf(draft, balance, context);
    if (targets.length === 0) {
      note(
        draft,
        'left-out',
        'router',
        balance,
        `the router ${shown(name)} names no provider and no model`,
        'Add targets by hand.',
      );
      continue;
    }
    const strategy = strategyOf(draft, balance);
    const wanted = kind === 'chat' ? name : `${name}-${kind}`;
    const chain = addChain(
      draft,
      wanted,
      {
        description: `The router ${name}`,
        strategy,
        targets,
        fallbackOn: FALLBACK_ON,
        retry,
        timeouts: timeout ? { total: timeout } : undefined,
        maxAttempts: targets.length * (1 + Number(retry?.max ?? 0)),
      },
      balance,
    );
    const paths =
      kind === 'embedding' || kind === 'embeddings'
        ? ['embeddings']
        : kind === 'image'
          ? ['images/generations']
          : ['chat/completions'];
    const match = { paths: paths.flatMap((path) => [`/router/${name}/${path}`, `/router/${name}/v1/${path}`]) };
    addNamed(
      draft,
      'Route',
      wanted,
      { description: `The router ${name}, at the path it had`, spec: { match, chain, ...context.shared, ...own } },
      balance,
    );
  }
}

/** The cache of a router or of the whole gateway, as fields of routes. */
export function middleware(draft: Draft, node: SourceNode): JsonObject {
  const cache = node.get('cache');
  if (cache === undefined || cache.value === false) return {};
  const directive = textAt(cache, 'directive') ?? '';
  const maxAge = /max-age=(\d+)/.exec(directive)?.[1];
  const stale = /max-stale(?:=(\d+))?/.exec(directive)?.[1];
  const ttl = seconds(maxAge === undefined ? undefined : Number(maxAge));
  note(
    draft,
    'differs',
    'cache-scope',
    cache,
    `max-age counts seconds: the cache keeps answers for ${ttl ?? '1h'}; each consumer has answers of its own, and there is one answer, not a bucket of several`,
    'Share across consumers with a `share` block, which names a reason and who approved it.',
  );
  for (const key of ['enabled', 'buckets', 'seed', 'store']) cache.get(key)?.take();
  const staleFor = seconds(stale === undefined ? undefined : Number(stale));
  const name = addNamed(
    draft,
    'Cache',
    `${String(node.path.at(-1) ?? 'router')}-answers`,
    {
      description: 'The cache of the former gateway',
      spec: { mode: 'exact', ttl: ttl ?? '1h', partition: ['consumer'], ...(staleFor && { staleIfError: staleFor }) },
    },
    cache,
  );
  return { cache: name };
}

/** A bucket for each key. */
export function addLimit(draft: Draft, node: SourceNode | undefined, wanted: string, route: string | null): void {
  const limit = node?.get('per-api-key') ?? node?.get('per-user');
  const capacity = numberAt(limit, 'capacity');
  node?.get('store')?.take();
  const window = milliseconds(spanMs(textAt(limit, 'refill-frequency')));
  if (
    node === undefined ||
    limit === undefined ||
    capacity === undefined ||
    !Number.isInteger(capacity) ||
    capacity < 0 ||
    window === undefined
  )
    return;
  note(
    draft,
    'differs',
    'rate',
    limit,
    `Helicone fills a bucket of ${capacity} evenly; the Budget counts a rolling span of ${window} for each consumer`,
    'Look at the Budget.',
  );
  addNamed(
    draft,
    'Budget',
    `${wanted}-requests`,
    {
      description: 'A rate limit of the former gateway',
      spec: {
        scope: route === null ? {} : { routes: [`${route}*`] },
        per: ['consumer'],
        limit: { requests: capacity },
        window: { rolling: window },
        onExhausted: 'deny',
        failMode: 'open',
      },
    },
    limit,
  );
}

function retryOf(draft: Draft, node: SourceNode | undefined): JsonObject | undefined {
  const max = numberAt(node, 'max-retries');
  if (node === undefined || max === undefined) return undefined;
  const initial = milliseconds(spanMs(textAt(node, 'min-delay') ?? textAt(node, 'delay')));
  const cap = milliseconds(spanMs(textAt(node, 'max-delay')));
  const factor = numberAt(node, 'factor');
  const isConstant = textAt(node, 'strategy') === 'constant';
  note(
    draft,
    'differs',
    'retry',
    node,
    'Helicone tries again on 5xx alone; the failures are named in `retry.on`, and waits get jitter',
    'Look at `retry` of the chain.',
  );
  return retries(max, {
    on: ['server-error', 'network'],
    ...(initial && { initial }),
    ...(isConstant ? { factor: 1 } : factor !== undefined && factor >= 1 && { factor }),
    ...(cap && { cap }),
  });
}

function strategyOf(draft: Draft, node: SourceNode): 'weighted' | 'latency' | 'cost' | 'fallback' {
  const text = textAt(node, 'strategy') ?? 'latency';
  if (/weighted/.test(text)) return 'weighted';
  if (/latency/.test(text)) {
    note(
      draft,
      'differs',
      'strategy',
      node,
      'Helicone measures latency by a moving peak; here the fastest target lately comes first, and the others are its fallbacks',
      'Nothing, unless an order is meant.',
    );
    return 'latency';
  }
  if (/cost/.test(text)) return 'cost';
  note(
    draft,
    'differs',
    'strategy',
    node,
    `the strategy ${shown(text)} is not known here; targets are tried in order`,
    'Choose a `strategy`.',
  );
  return 'fallback';
}

function targetsOf(draft: Draft, balance: SourceNode, { bases }: RouterContext): readonly DraftTarget[] {
  const providers = balance.get('providers')?.items() ?? [];
  const models = balance.get('models')?.items() ?? balance.get('targets')?.items() ?? [];
  const byProvider = providers.flatMap((item): readonly DraftTarget[] => {
    const type = textOf(item) ?? textAt(item, 'provider');
    if (type === undefined) return [];
    const provider = declareProvider(draft, access(type, bases), item);
    note(
      draft,
      'differs',
      'model',
      item,
      `the requested model is sent to ${shown(provider.name)} by its own name; Helicone puts an equivalent in its place`,
      'Name models in the chain where providers offer different ones.',
    );
    return [{ label: type, provider: provider.name, weight: numberOf(item.get('weight')) }];
  });
  const byModel = models.flatMap((item): readonly DraftTarget[] => {
    const text = textOf(item) ?? textAt(item, 'model');
    const slash = text?.indexOf('/') ?? -1;
    if (text === undefined || slash <= 0) return [];
    const type = text.slice(0, slash);
    const provider = declareProvider(draft, access(type, bases), item);
    return [
      {
        label: text.slice(slash + 1),
        model: declareModel(draft, provider, text.slice(slash + 1), {}, item),
        weight: numberOf(item.get('weight')),
      },
    ];
  });
  return [...byProvider, ...byModel];
}

function access(type: string, bases: ReadonlyMap<string, string | null>) {
  const base = bases.get(type);
  return { type, ...(base !== undefined && { baseUrl: base === null ? null : withVersion(base) }) };
}
