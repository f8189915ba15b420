import { readFile } from 'node:fs/promises';
import { asNumber, asObject, asString, type JsonObject } from '#core';
import type { SecretStore } from '#snapshot';
import { TokenError } from '../auth/fetch-token.ts';
import type { Expiring } from '../auth/refreshing.ts';
import { hostOf } from './store-call.ts';
import { StoreError } from './store-error.ts';
import type { StoreSources } from './store-reader.ts';

// A token that another program renews is looked at as often, so that a new one is noticed.
const TOKEN_MS = 60_000;

/**
 * How a Vault is logged in to: by a token that is there already, an AppRole, or the service account of a pod. What it was lent ends with its lease and is had
 * anew before. Sources: developer.hashicorp.com/vault/api-docs/auth/approle and auth/kubernetes, read 2026-11.
 */
export function vaultLogin(store: SecretStore, sources: StoreSources): () => Promise<Expiring<string>> {
  const { auth } = store;
  const { secretOf, nowMs } = sources;

  async function login(mount: string, body: JsonObject): Promise<Expiring<string>> {
    const askedMs = nowMs();
    const host = hostOf(store.url ?? '');
    const answer = await sources
      .call({
        method: 'POST',
        url: `${store.url}/v1/auth/${auth.mount ?? mount}/login`,
        headers: { ...vaultHeaders(store), 'content-type': 'application/json' },
        body: JSON.stringify(body),
        timeoutMs: store.timeoutMs,
      })
      .catch((error: unknown) => {
        throw error instanceof StoreError ? new TokenError(`no token: ${error.message}`) : error;
      });
    const { client_token, lease_duration } = asObject(answer.body.auth);
    if (answer.status !== 200) throw new TokenError(`no token: ${host} answered the login with ${answer.status}`);
    const value = asString(client_token);
    if (!value) throw new TokenError(`no token: the answer of ${host} holds none`);
    const leaseS = asNumber(lease_duration) ?? 0;
    return { value, expiresMs: leaseS > 0 ? askedMs + leaseS * 1000 : null };
  }

  return async () => {
    switch (auth.kind) {
      case 'approle':
        return login('approle', { role_id: secretOf(auth.roleId) ?? '', secret_id: secretOf(auth.secret) ?? '' });
      case 'kubernetes':
        return login('kubernetes', { role: auth.role ?? '', jwt: await readPodToken(auth.tokenFile) });
      default: {
        const value = secretOf(auth.secret);
        if (value === null) throw new TokenError('no token: none is set');
        return { value, expiresMs: nowMs() + TOKEN_MS };
      }
    }
  };
}

/** The headers that every call to a Vault carries. Pure. */
export function vaultHeaders({ namespace }: SecretStore): Readonly<Record<string, string>> {
  return { 'x-vault-request': 'true', ...(namespace === null ? {} : { 'x-vault-namespace': namespace }) };
}

/** Kubernetes replaces it every hour or so: read each time. */
async function readPodToken(path: string): Promise<string> {
  try {
    return (await readFile(path, 'utf8')).trim();
  } catch (error) {
    const code = (error as { readonly code?: string }).code ?? 'error';
    throw new TokenError(`no token: the file ${path} cannot be read (${code})`);
  }
}
