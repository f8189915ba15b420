import { addNamed, type Draft, note } from '../draft.ts';
import { isTrueAt, numberAt, type SourceNode, textAt } from '../source-node.ts';
import { seconds } from '../time-spans.ts';

/** The settings of a gateway (`GET …/ai-gateway/gateways/ID`): its cache and its rate limit. */
export function addGatewaySettings(draft: Draft, root: SourceNode): void {
  for (const key of [
    'id',
    'account_id',
    'account_tag',
    'internal_id',
    'created_at',
    'modified_at',
    'is_default',
    'cache_invalidate_on_update',
  ])
    root.get(key)?.take();
  const ttlNode = root.get('cache_ttl');
  const ttl = seconds(numberAt(root, 'cache_ttl'));
  if (ttlNode !== undefined && ttl !== undefined) {
    note(
      draft,
      'differs',
      'cache-scope',
      ttlNode,
      `cache_ttl counts seconds: it became ${ttl}; Cloudflare gives a kept answer to everyone, here each consumer has answers of its own`,
      'Name the cache in the routes that it is for; share it with a `share` block.',
    );
    addNamed(
      draft,
      'Cache',
      'answers',
      { description: 'The cache of the former gateway', spec: { mode: 'exact', ttl, partition: ['consumer'] } },
      ttlNode,
    );
  }
  const limitNode = root.get('rate_limiting_limit');
  const limit = numberAt(root, 'rate_limiting_limit');
  const interval = seconds(numberAt(root, 'rate_limiting_interval'));
  const technique = textAt(root, 'rate_limiting_technique');
  if (
    limitNode !== undefined &&
    limit !== undefined &&
    limit > 0 &&
    Number.isInteger(limit) &&
    interval !== undefined
  ) {
    note(
      draft,
      'differs',
      'rate',
      limitNode,
      `requests are counted in a rolling span of ${interval}${technique === 'fixed' ? '; Cloudflare’s window was fixed' : ''}, and answers from the cache count nothing`,
      'Look at the Budget.',
    );
    addNamed(
      draft,
      'Budget',
      'requests',
      {
        description: 'The rate limit of the former gateway',
        spec: {
          scope: {},
          limit: { requests: limit },
          window: { rolling: interval },
          onExhausted: 'deny',
          failMode: 'open',
        },
      },
      limitNode,
    );
  }
  const authentication = root.get('authentication');
  if (isTrueAt(root, 'authentication') && authentication)
    note(
      draft,
      'differs',
      'access',
      authentication,
      'callers show a Cloudflare token; here each consumer has a key',
      'Make keys with `signalbox keys create`.',
    );
}
