import { createSign } from 'node:crypto';
import type { AuthClient } from 'google-auth-library';
import { asObject, asString, type JsonObject } from '#core';
import type { Reach } from '#network';
import { fetchToken, type Token, TokenError } from './fetch-token.ts';
import { inTime } from './in-time.ts';

/** What a Google access token is asked for with. */
export interface GoogleOptions {
  /** The JSON of a key file: a service account, or a workload identity. Null for what the machine provides. */
  readonly keyFile: string | null;
  readonly scope: string | null;
  readonly nowMs: () => number;
  readonly reach: Reach;
}

const SCOPE = 'https://www.googleapis.com/auth/cloud-platform';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const GRANT = 'urn:ietf:params:oauth:grant-type:jwt-bearer';
const LIFE_S = 3600;
// The library waits for an address as long as the address likes.
const TIMEOUT_MS = 15_000;

/**
 * Asks Google for an access token. A service account signs for itself, at the token address that its key file names, which
 * Google's library passes over; workload identities, user credentials and the metadata of machines are the library's,
 * loaded when first needed. Rejects with TokenError or the library's own error. Source:
 * developers.google.com/identity/protocols/oauth2/service-account, read 2026-11.
 */
export async function googleToken({ keyFile, scope, nowMs, reach }: GoogleOptions): Promise<Token> {
  const credentials = keyFile === null ? null : parse(keyFile);
  if (credentials?.type === 'service_account')
    return serviceAccountToken(credentials, { scope: scope ?? SCOPE, nowMs, reach });
  const place = placeOf(credentials);
  return inTime(
    libraryToken(credentials, { scope: scope ?? SCOPE, nowMs, place }),
    TIMEOUT_MS,
    `no token: ${place} did not answer in time`,
  );
}

async function libraryToken(
  credentials: JsonObject | null,
  { scope, nowMs, place }: Pick<GoogleOptions, 'nowMs'> & { readonly scope: string; readonly place: string },
): Promise<Token> {
  const client = await libraryClient(credentials, scope);
  let token: string | null | undefined;
  try {
    ({ token } = await client.getAccessToken());
  } catch (error) {
    throw new TokenError(`no token: ${place} ${failureOf(error)}`);
  }
  if (!token) throw new TokenError(`no token: the answer of ${place} holds none`);
  return { value: token, expiresMs: client.credentials.expiry_date ?? nowMs() + 300_000 };
}

/** Who is asked, as far as the key file tells. Pure. */
function placeOf(credentials: JsonObject | null): string {
  if (credentials === null) return 'the metadata of the machine';
  const url = asString(credentials.token_url) ?? TOKEN_URL;
  return URL.canParse(url) ? new URL(url).host : 'the token address of the key file';
}

/** The messages of the library repeat what was sent and answered: only a status or a code is told. */
function failureOf(error: unknown): string {
  const { status, code, name } = error as {
    readonly status?: unknown;
    readonly code?: unknown;
    readonly name?: unknown;
  };
  if (typeof status === 'number') return `answered ${status}`;
  return `gave none (${typeof code === 'string' && /^[A-Z_]{1,40}$/.test(code) ? code : String(name ?? 'error')})`;
}

async function libraryClient(credentials: JsonObject | null, scope: string): Promise<AuthClient> {
  const { AwsClient, GoogleAuth, IdentityPoolClient, UserRefreshClient } = await import('google-auth-library');
  if (credentials === null) return new GoogleAuth({ scopes: [scope] }).getClient();
  switch (credentials.type) {
    case 'external_account': {
      const isAws = asString(asObject(credentials.credential_source).environment_id)?.startsWith('aws') === true;
      const options = { ...credentials, scopes: [scope] } as never;
      return isAws ? new AwsClient(options) : new IdentityPoolClient(options);
    }
    case 'authorized_user':
      return new UserRefreshClient({
        clientId: asString(credentials.client_id) ?? '',
        clientSecret: asString(credentials.client_secret) ?? '',
        refreshToken: asString(credentials.refresh_token) ?? '',
      });
    default:
      throw new TokenError('no token: the key file is neither of a service account, a workload identity nor a user');
  }
}

function serviceAccountToken(
  account: JsonObject,
  { scope, nowMs, reach }: Pick<GoogleOptions, 'nowMs' | 'reach'> & { readonly scope: string },
): Promise<Token> {
  const email = asString(account.client_email);
  const key = asString(account.private_key);
  if (!email || !key) throw new TokenError('no token: the key file lacks client_email or private_key');
  const url = asString(account.token_uri) ?? TOKEN_URL;
  const issued = Math.floor(nowMs() / 1000);
  const header = { alg: 'RS256', typ: 'JWT', kid: asString(account.private_key_id) };
  const claims = { iss: email, scope, aud: url, iat: issued, exp: issued + LIFE_S };
  const signed = `${encode(header)}.${encode(claims)}`;
  let signature: string;
  try {
    signature = createSign('RSA-SHA256').update(signed).sign(key, 'base64url');
  } catch {
    // The error of OpenSSL may quote the key.
    throw new TokenError('no token: the private key of the key file cannot sign');
  }
  return fetchToken({ url, form: { grant_type: GRANT, assertion: `${signed}.${signature}` }, nowMs, reach });
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

function parse(text: string): JsonObject {
  try {
    return asObject(JSON.parse(text));
  } catch {
    throw new TokenError('no token: the key file is not JSON');
  }
}
