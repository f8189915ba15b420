import { isObject } from '#core';

/** Whose configuration a file is. */
export type ForeignConfig = 'Portkey' | 'LiteLLM' | 'Cloudflare AI Gateway' | null;

/** Tells whose configuration a text is by the keys that only one of them has; null when none is recognised. Pure. */
export function recogniseConfig(text: string): ForeignConfig {
  if (/^\s*(model_list|litellm_settings|router_settings)\s*:/m.test(text)) return 'LiteLLM';
  const value = parse(text);
  if (Array.isArray(value))
    return value.every((step) => isObject(step) && 'provider' in step && 'endpoint' in step)
      ? 'Cloudflare AI Gateway'
      : null;
  if (!isObject(value)) return null;
  if ('strategy' in value || 'targets' in value || 'virtual_key' in value || 'override_params' in value)
    return 'Portkey';
  return 'cache_ttl' in value || 'rate_limiting_interval' in value ? 'Cloudflare AI Gateway' : null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
