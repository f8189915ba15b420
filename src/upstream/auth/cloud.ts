import type { PlanTarget } from '#decision';
import type { Reach } from '#network';
import type { Secrets } from '../secrets.ts';
import type { SendRequest } from '../transport.ts';
import { type AwsKeys, awsKeys } from './aws-credentials.ts';
import { awsRegion, signAws } from './aws-sign.ts';
import { bearerHeaders } from './bearer.ts';
import { entraToken } from './entra.ts';
import { type Token, TokenError } from './fetch-token.ts';
import { googleToken } from './google.ts';
import { createRefreshing, type Expiring, type Refreshing } from './refreshing.ts';

type Provider = PlanTarget['provider'];
type SecretRef = Provider['auth']['secrets'][number];

/** The identities that clouds know: tokens and keys that end, are kept, and are had anew. */
export interface CloudCredentials {
  /** Null when nothing has to be waited for; else resolves when the provider's credentials were asked for, had or not. Never rejects. */
  readonly ready: (provider: Provider) => Promise<void> | null;
  /** What proves who calls, or why nothing does; null for a provider whose key is its own proof. */
  readonly proofFor: (provider: Provider) => CloudProof | null;
  /** The provider refused the credentials. */
  readonly refused: (provider: Provider) => void;
}

export type CloudProof =
  | { readonly kind: 'headers'; readonly headers: readonly string[] }
  /** For what is signed whole: sends on the call with its signature. */
  | { readonly kind: 'sign'; readonly sign: (request: SendRequest) => Promise<SendRequest> }
  | { readonly kind: 'missing'; readonly problem: string };

export interface CloudSources {
  readonly secrets: Secrets;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  readonly reach: Reach;
}

/** Creates them; what is asked for once serves all providers that ask the same. Effects: reads secrets and files, calls token endpoints. */
export function createCloudCredentials({ secrets, env, nowMs, reach }: CloudSources): CloudCredentials {
  const known = new Map<string, Refreshing<string> | Refreshing<AwsKeys>>();
  // Weak: they go with the snapshot whose provider they belong to, while a token outlives a reload.
  const ids = new WeakMap<Provider, string>();

  function keeperOf<T>(provider: Provider, load: () => Promise<Expiring<T>>): Refreshing<T> {
    let id = ids.get(provider);
    if (id === undefined) {
      const { auth, baseUrl } = provider;
      id = JSON.stringify([auth.kind, auth.cloud, auth.secrets.map((ref) => ref.id), regionOf(auth, baseUrl)]);
      ids.set(provider, id);
    }
    const found = known.get(id) as Refreshing<T> | undefined;
    if (found !== undefined) return found;
    const made = createRefreshing(load, nowMs);
    known.set(id, made as Refreshing<string> | Refreshing<AwsKeys>);
    return made;
  }

  function regionOf({ kind, cloud }: Provider['auth'], baseUrl: string): string | null {
    return kind === 'aws' ? awsRegion(cloud?.region ?? null, baseUrl, env) : null;
  }

  function tokenOf(provider: Provider): Refreshing<string> {
    return keeperOf(provider, async () => {
      const { value, expiresMs } = await askToken(provider.auth);
      return { value, expiresMs };
    });
  }

  function askToken({ kind, cloud, secrets: [ref] }: Provider['auth']): Promise<Token> {
    const secret = ref === undefined ? null : secretOf(ref);
    const scope = cloud?.scope ?? null;
    if (kind === 'google') return googleToken({ keyFile: secret, scope, nowMs, reach });
    const { tenant = null, clientId = null, authority = null } = cloud ?? {};
    return entraToken({ tenant, clientId, clientSecret: secret, scope, authority, env, nowMs, reach });
  }

  function keysOf(provider: Provider): Refreshing<AwsKeys> {
    return keeperOf(provider, () => {
      const { cloud, secrets: own } = provider.auth;
      const { profile = null, role = null, externalId = null } = cloud ?? {};
      const region = regionOf(provider.auth, provider.baseUrl) ?? '';
      return awsKeys({ keys: namedKeys(own[0], cloud), profile, role, externalId, region });
    });
  }

  function namedKeys(secret: SecretRef | undefined, cloud: Provider['auth']['cloud']): AwsKeys | null {
    const secretAccessKey = secret === undefined ? null : secretOf(secret);
    const accessKeyId = cloud?.accessKeyId ? secretOf(cloud.accessKeyId) : null;
    const sessionToken = cloud?.sessionToken ? secretOf(cloud.sessionToken) : null;
    if (secretAccessKey === null || accessKeyId === null) return null;
    return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
  }

  /** Null only for what may be missing. */
  function secretOf(ref: SecretRef): string | null {
    const value = secrets.resolve(ref);
    if (value === null && !ref.optional) throw new TokenError(secrets.problem(ref) ?? ref.id);
    return value;
  }

  function keeper(provider: Provider): Refreshing<string> | Refreshing<AwsKeys> | null {
    switch (provider.auth.kind) {
      case 'aws':
        return keysOf(provider);
      case 'entra':
      case 'google':
        return tokenOf(provider);
      default:
        return null;
    }
  }

  function proofFor(provider: Provider): CloudProof | null {
    const { kind } = provider.auth;
    if (kind === 'aws') {
      const keys = keysOf(provider);
      const value = keys.current();
      if (value === null) return missing(keys.problem());
      const region = regionOf(provider.auth, provider.baseUrl) ?? '';
      return { kind: 'sign', sign: (request) => signAws(request, value, region, nowMs()) };
    }
    if (kind !== 'entra' && kind !== 'google') return null;
    const token = tokenOf(provider);
    const value = token.current();
    if (value === null) return missing(token.problem());
    return { kind: 'headers', headers: bearerHeaders(null, value) };
  }

  return {
    ready: (provider) => keeper(provider)?.ready() ?? null,
    proofFor,
    refused: (provider) => keeper(provider)?.refused(),
  };
}

function missing(problem: string | null): CloudProof {
  return { kind: 'missing', problem: problem ?? 'no credentials yet' };
}
