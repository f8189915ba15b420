import { asNumber, asObject, asString } from '#core';
import type { SecretStore } from '#snapshot';
import { entraToken } from '../auth/entra.ts';
import { createLoggedIn } from './logged-in.ts';
import { hostOf } from './store-call.ts';
import { StoreError } from './store-error.ts';
import type { ReadStore, StoreSources } from './store-reader.ts';

const VERSION = '7.4';

/**
 * Reads the secrets of an Azure Key Vault by a token of Microsoft Entra; a secret that is disabled is withdrawn. Source:
 * learn.microsoft.com/rest/api/keyvault/secrets/get-secret, read 2026-11.
 */
export function createAzureKeyVault(store: SecretStore, sources: StoreSources): ReadStore {
  const { env, nowMs, reach, secretOf } = sources;
  const { secret, cloud } = store.auth;
  const url = store.url ?? '';
  const { tenant, clientId, authority } = cloud;
  const scope = cloud.scope ?? scopeOf(url);
  const token = createLoggedIn(
    () => entraToken({ tenant, clientId, clientSecret: secretOf(secret), scope, authority, env, nowMs, reach }),
    nowMs,
  );

  return async (name, version) => {
    const path = `/secrets/${encodeURIComponent(name)}/${version === null ? '' : encodeURIComponent(version)}`;
    const { status, body } = await sources.call({
      method: 'GET',
      url: `${url}${path}?api-version=${VERSION}`,
      headers: { authorization: `Bearer ${await token.get()}` },
      timeoutMs: store.timeoutMs,
    });
    if (status !== 200) {
      const error = asObject(body.error);
      const code = asString(asObject(error.innererror).code) ?? asString(error.code) ?? '';
      if (status === 404 || code === 'SecretDisabled') {
        throw new StoreError('missing', `${hostOf(url)} has none of that name${status === 404 ? '' : ' in use'}`);
      }
      if (status !== 401 && status !== 403) throw new StoreError('unavailable', `${hostOf(url)} answered ${status}`);
      token.refused();
      throw new StoreError('denied', `${hostOf(url)} denies it (${status})`);
    }
    const { value, id, attributes } = body;
    if (typeof value !== 'string') throw new StoreError('malformed', `the answer of ${hostOf(url)} holds no secret`);
    const { created, exp } = asObject(attributes);
    return {
      content: value,
      version: /\/secrets\/[^/]+\/([^/]+)$/.exec(asString(id) ?? '')?.[1] ?? null,
      createdAtMs: fromSeconds(created),
      endsAtMs: fromSeconds(exp),
    };
  };
}

/** `https://NAME.vault.azure.net` takes tokens for `https://vault.azure.net`; other clouds have other ends. */
function scopeOf(url: string): string {
  const suffix = /^https:\/\/[^./]+\.((?:vault|managedhsm)\.[^/:]+)/.exec(url)?.[1] ?? 'vault.azure.net';
  return `https://${suffix}/.default`;
}

function fromSeconds(value: unknown): number | null {
  const seconds = asNumber(value);
  return seconds === undefined ? null : seconds * 1000;
}
