import type { Capability, Endpoint } from '#core';
import type { Route } from '#snapshot';
import type { RequestFacts } from './types.ts';

const NEEDED_BY_ENDPOINT: Readonly<Partial<Record<Endpoint, Capability>>> = {
  embeddings: 'embeddings',
  images: 'images',
  moderations: 'moderation',
  rerank: 'rerank',
};

/**
 * The capabilities that a request needs of whatever model answers it. Reasoning settings are a parameter as well: where the route says
 * `unsupportedParams: drop` they may be left out, so they are no need there. Pure.
 */
export function needsOf(request: RequestFacts, route: Pick<Route, 'unsupportedParams'>): readonly Capability[] {
  const needs: Capability[] = [];
  const byEndpoint = NEEDED_BY_ENDPOINT[request.endpoint];
  if (byEndpoint !== undefined) needs.push(byEndpoint);
  if (request.toolCount > 0) needs.push('tools');
  if (request.images > 0) needs.push('vision');
  if (request.audio > 0) needs.push('audio-input');
  if (request.documents > 0) needs.push('documents');
  if (request.responseFormat === 'json-object') needs.push('json-mode');
  if (request.responseFormat === 'json-schema') needs.push('json-schema');
  if (request.stream) needs.push('streaming');
  if (request.hasReasoning && route.unsupportedParams !== 'drop') needs.push('reasoning');
  return needs;
}

/** The first need that a model's declared capabilities leave open; a model that can follow a schema can also write plain JSON. Pure. */
export function missingCapability(
  needs: readonly Capability[],
  capabilities: ReadonlySet<Capability> | null,
): Capability | null {
  if (capabilities === null) return null;
  for (const need of needs) {
    if (capabilities.has(need) || (need === 'json-mode' && capabilities.has('json-schema'))) continue;
    return need;
  }
  return null;
}
