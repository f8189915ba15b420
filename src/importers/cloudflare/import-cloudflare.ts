import { isObject } from '#core';
import type { Draft } from '../draft.ts';
import type { SourceNode } from '../source-node.ts';
import { addDynamicRoute } from './dynamic-route.ts';
import { addGatewaySettings } from './gateway-settings.ts';
import { addUniversal } from './universal.ts';

/** Cloudflare's universal arrays, dynamic routes and the settings of a gateway, as its API gives them. */
export function importCloudflare(draft: Draft, documents: readonly SourceNode[]): void {
  for (const root of documents) importOne(draft, root);
}

function importOne(draft: Draft, root: SourceNode): void {
  const result = root.get('result') ?? root.get('route') ?? root;
  for (const key of ['success', 'errors', 'messages', 'result_info']) if (result !== root) root.get(key)?.take();
  if (Array.isArray(result.value)) {
    const isSteps = result.value.some((item) => isObject(item) && 'provider' in item);
    if (isSteps) addUniversal(draft, result, result.items());
    else for (const item of result.items()) importOne(draft, item);
    return;
  }
  if (result.get('elements') !== undefined) addDynamicRoute(draft, result);
  else if (result.get('provider') !== undefined) addUniversal(draft, result, [result]);
  else addGatewaySettings(draft, result);
}
