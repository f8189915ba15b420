import type { PlanTarget } from '#decision';
import { azureHeaders } from './azure.ts';
import { bearerHeaders } from './bearer.ts';
import { keyHeaders } from './header.ts';

/** How a provider is told who calls. */
export type Auth = PlanTarget['provider']['auth'];

/** The headers that carry the key; kinds that are not here cannot be called in this version. */
const HEADERS_BY_KIND: Readonly<Record<Auth['kind'], ((auth: Auth, key: string) => readonly string[]) | null>> =
  Object.freeze({
    bearer: bearerHeaders,
    header: keyHeaders,
    azure: azureHeaders,
    none: () => [],
    entra: null,
    aws: null,
    google: null,
  });

/** The auth kinds this version can use; a target of another kind is skipped with a reason. Pure. */
export function supportedAuthKinds(): readonly Auth['kind'][] {
  const kinds = Object.keys(HEADERS_BY_KIND) as Auth['kind'][];
  return kinds.filter((kind) => HEADERS_BY_KIND[kind] !== null);
}

/** The headers that prove who calls, as a flat list; null for a kind this version cannot use. Pure. */
export function authHeaders(auth: Auth, key: string | null): readonly string[] | null {
  const make = HEADERS_BY_KIND[auth.kind];
  if (make === null) return null;
  return key === null ? [] : make(auth, key);
}
