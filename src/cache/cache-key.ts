import { canonicalJson, digestOf, type JsonObject, sha256 } from '#core';
import { partitionValues, type RequestFacts } from '#decision';
import type { Cache } from '#snapshot';

/** What a key is made of. */
export interface KeyParts {
  readonly environment: string;
  readonly cache: Cache;
  readonly route: string;
  readonly request: Pick<RequestFacts, 'consumer' | 'labels' | 'metadata' | 'headers'>;
  /** Of `forwardedForm`. */
  readonly form: JsonObject;
  /** Digest of `chainForm` with the route's own prompt: what policy adds on the way. */
  readonly policy: string;
  /** Digest of the caller's own key or host, where a compatibility header brought one; else empty. */
  readonly own: string;
}

// Counted up when the meaning of a key or an entry changes: older entries are never found again.
const LAYOUT = 1;

/**
 * The key of an answer, lower-case hex: digest of partition and of everything that is forwarded. Without the partition's values nobody can form the key of
 * another tenant, so that a store needs no rule of its own to keep tenants apart. Pure.
 */
export function cacheKey(parts: KeyParts): string {
  return sha256(canonicalJson([...scopeOf(parts), parts.form]));
}

/** The digest of what must be equal beside the compared text; `form` without that text. Pure. */
export function scopeKey(parts: KeyParts, language: string): string {
  return sha256(canonicalJson(['scope', language, ...scopeOf(parts), parts.form]));
}

function scopeOf({ environment, cache, route, request, policy, own }: KeyParts): readonly unknown[] {
  return [LAYOUT, environment, cache.name, partitionValues(cache, request, route), policy, own];
}

/** Digest of what policy adds to a request on its way. Pure. */
export function policyDigest(
  chain: unknown,
  prompt: { readonly prepend: string | null; readonly append: string | null },
): string {
  return digestOf([chain, prompt.prepend, prompt.append]);
}
