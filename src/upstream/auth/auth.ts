import type { PlanTarget } from '#decision';
import { azureHeaders } from './azure.ts';
import { bearerHeaders } from './bearer.ts';
import { keyHeaders } from './header.ts';

/** How a provider is told who calls. */
export type Auth = PlanTarget['provider']['auth'];

/** The headers that carry the key. */
const HEADERS_BY_KIND: Readonly<Record<Auth['kind'], (auth: Auth, key: string) => readonly string[]>> = Object.freeze({
  bearer: bearerHeaders,
  header: keyHeaders,
  azure: azureHeaders,
  none: () => [],
  // Their own proof is made of credentials that end (cloud.ts); a caller's key for one call is a bearer token there too.
  entra: bearerHeaders,
  aws: bearerHeaders,
  google: bearerHeaders,
});

/** The auth kinds this version can use: all of the contract. Pure. */
export function supportedAuthKinds(): readonly Auth['kind'][] {
  return Object.keys(HEADERS_BY_KIND) as Auth['kind'][];
}

/** The headers that prove who calls by a key, as a flat list; empty without one. Pure. */
export function authHeaders(auth: Auth, key: string | null): readonly string[] {
  return key === null ? [] : HEADERS_BY_KIND[auth.kind](auth, key);
}
