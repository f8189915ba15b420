import type { Capability } from '#core';
import type { RequestFacts } from '#decision';

/** The capabilities a request uses, whether its route insists on them or not. Pure. */
export function capabilitiesUsed(request: RequestFacts): readonly Capability[] {
  const uses: Capability[] = [];
  if (request.toolCount > 0) uses.push('tools');
  if (request.images > 0) uses.push('vision');
  if (request.audio > 0) uses.push('audio-input');
  if (request.documents > 0) uses.push('documents');
  if (request.responseFormat === 'json-object') uses.push('json-mode');
  if (request.responseFormat === 'json-schema') uses.push('json-schema');
  if (request.stream) uses.push('streaming');
  if (request.hasReasoning) uses.push('reasoning');
  return uses;
}
