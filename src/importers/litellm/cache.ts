import { addNamed, type Draft, note, shown } from '../draft.ts';
import { isTrueAt, numberAt, type SourceNode, textAt } from '../source-node.ts';
import { seconds } from '../time-spans.ts';

/** LiteLLM's cache as a Cache document; null when it is off. */
export function addCache(draft: Draft, settings: SourceNode | undefined): string | null {
  const params = settings?.get('cache_params');
  const isOn = isTrueAt(settings, 'cache') || (params !== undefined && settings?.get('cache')?.value !== false);
  if (settings === undefined || !isOn) return null;
  const node = params ?? settings.get('cache') ?? settings;
  const type = textAt(params, 'type') ?? 'local';
  const isSemantic = /semantic/.test(type);
  const ttl = seconds(
    numberAt(params, 'ttl') ?? numberAt(params, 'default_in_redis_ttl') ?? numberAt(params, 'default_in_memory_ttl'),
  );
  for (const key of [
    'host',
    'port',
    'password',
    'username',
    'url',
    'ssl',
    'redis_startup_nodes',
    'service_name',
    'sentinel_nodes',
  ])
    params?.get(key)?.take();
  note(
    draft,
    'differs',
    'cache-scope',
    node,
    'LiteLLM gives a kept answer to every caller; here each consumer has answers of its own',
    'Share across consumers with a `share` block, which names a reason and who approved it.',
  );
  if (ttl === undefined)
    note(
      draft,
      'differs',
      'cache-ttl',
      node,
      'LiteLLM keeps answers until its store drops them; here for an hour',
      'Write the `ttl` that is meant.',
    );
  if (type !== 'local' && !isSemantic)
    note(
      draft,
      'differs',
      'cache-store',
      node,
      `answers are kept in the gateway’s own store, not in ${shown(type)}`,
      'Set SIGNALBOX_REDIS_URL where several replicas share a store.',
    );
  const threshold = numberAt(params, 'similarity_threshold');
  const embedder =
    textAt(params, 'redis_semantic_cache_embedding_model') ?? textAt(params, 'qdrant_semantic_cache_embedding_model');
  const canCompare = isSemantic && embedder !== undefined;
  if (isSemantic) {
    const how = canCompare
      ? 'it starts in shadow, where hits are only counted'
      : 'its embedding model is not in the file, so it became an exact cache';
    note(
      draft,
      'differs',
      'cache-semantic',
      node,
      `a semantic cache: ${how}`,
      'Look at the hits before `shadow: false`, and name an `embedder` of the catalogue.',
    );
  }
  return addNamed(
    draft,
    'Cache',
    'answers',
    {
      description: 'The cache of the former gateway',
      spec: {
        mode: canCompare ? 'semantic' : 'exact',
        ttl: ttl ?? '1h',
        partition: ['consumer'],
        // What looks alike may still ask for another tool or show another picture.
        ...(canCompare && { maxTemperature: 1, neverWhen: { hasTools: true, hasImages: true } }),
        ...(canCompare && {
          semantic: {
            embedder: embedderName(draft, embedder),
            ...(threshold !== undefined && threshold >= 0 && threshold <= 1 && { threshold }),
            shadow: true,
          },
        }),
      },
    },
    node,
  );
}

function embedderName(draft: Draft, wanted: string): string {
  if (draft.models.has(wanted)) return wanted;
  const bare = wanted.split('/').at(-1) ?? wanted;
  return draft.models.has(`openai/${bare}`) ? `openai/${bare}` : 'openai/text-embedding-3-small';
}
