import type { PlanTarget } from '#decision';
import { authHeaders } from './auth.ts';
import type { CloudCredentials } from './cloud.ts';
import { TokenError } from './fetch-token.ts';
import type { KeyPool } from './key-pool.ts';

type Provider = PlanTarget['provider'];

/** A call by POST to a provider that asks none of its models. */
export interface OwnCall {
  readonly url: string;
  readonly contentType: string;
  readonly body: string;
}

/** The headers of such a call, its content type and what proves who calls. Rejects with TokenError where nothing does. */
export type Authorize = (provider: Provider, call: OwnCall) => Promise<Readonly<Record<string, string>>>;

const NO_TIMEOUTS = { connectMs: null, firstTokenMs: null, idleMs: null, totalMs: null };

/** Creates it over the keys and credentials that calls of models use. Effects: reads secrets, asks for tokens. */
export function createAuthorize(keys: KeyPool, cloud: CloudCredentials): Authorize {
  return async (provider, { url, contentType, body }) => {
    const asked = cloud.ready(provider);
    if (asked !== null) await asked;
    const own = ['content-type', contentType];
    const proof = cloud.proofFor(provider);
    switch (proof?.kind) {
      case 'missing':
        throw new TokenError(proof.problem);
      case 'headers':
        return headersOf([...own, ...proof.headers]);
      case 'sign': {
        const { origin, pathname, search } = new URL(url);
        const call = { origin, path: `${pathname}${search}`, headers: own, body: Buffer.from(body) };
        return headersOf((await proof.sign({ ...call, timeouts: NO_TIMEOUTS })).headers);
      }
      default: {
        const key = keys.next(provider.auth);
        if (key === null && provider.auth.kind !== 'none') throw new TokenError(`no key of ${provider.name} is set`);
        return headersOf([...own, ...authHeaders(provider.auth, key?.value ?? null)]);
      }
    }
  };
}

function headersOf(flat: readonly string[]): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  for (let at = 0; at < flat.length; at += 2) headers[flat[at] ?? ''] = flat[at + 1] ?? '';
  return headers;
}
