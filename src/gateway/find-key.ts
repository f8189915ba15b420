import type { RequestHeaders } from './inbound-call.ts';

/** The keys of a call: a consumer's own, and one that is for somebody else. Values are secret. */
export interface FoundKeys {
  /** The first that begins with `sbx_`; null when there is none. */
  readonly consumerKey: string | null;
  /** The first other one, such as a provider's key or a placeholder; null when there is none. */
  readonly foreignKey: string | null;
}

const KEY_HEADERS = ['authorization', 'x-api-key', 'x-goog-api-key', 'api-key'] as const;
const CONSUMER_PREFIX = 'sbx_';

/**
 * Looks for keys in the headers, in the order of the contract. `queryKey` is Gemini's `?key=`: it counts only as a consumer
 * key and only where no header holds one. Pure.
 */
export function findKeys(headers: RequestHeaders, queryKey: string | null): FoundKeys {
  let consumerKey: string | null = null;
  let foreignKey: string | null = null;
  for (const name of KEY_HEADERS) {
    const value = headers[name];
    if (value === undefined) continue;
    const key = name === 'authorization' ? authorizationOf(value) : value.trim();
    if (key === '') continue;
    if (!key.startsWith(CONSUMER_PREFIX)) foreignKey ??= key;
    else consumerKey ??= key;
  }
  if (consumerKey === null && queryKey?.startsWith(CONSUMER_PREFIX)) consumerKey = queryKey;
  return { consumerKey, foreignKey };
}

/**
 * A bearer token, or the access key id of an AWS signature: clients of Bedrock that know no bearer tokens are given the consumer
 * key as that. Their signature is not looked at; the key alone proves who calls, as it does in every other header.
 */
function authorizationOf(value: string): string {
  if (/^bearer\s/i.test(value)) return value.slice(7).trim();
  return /^AWS4-HMAC-SHA256 Credential=(sbx_[^/,\s]+)\//.exec(value)?.[1] ?? '';
}
