import { asArray, asObject, asString, type JsonObject } from '#core';
import type { SecretStore } from '#snapshot';
import { createLoggedIn } from './logged-in.ts';
import { hostOf } from './store-call.ts';
import { StoreError } from './store-error.ts';
import type { ReadStore, StoreSources } from './store-reader.ts';
import { vaultHeaders, vaultLogin } from './vault-login.ts';

/**
 * Reads the KV engine, version 2, of a HashiCorp Vault or an OpenBao. Sources: developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and
 * openbao.org/api-docs/secret/kv/kv-v2, read 2026-11.
 */
export function createVaultKv(store: SecretStore, sources: StoreSources): ReadStore {
  const token = createLoggedIn(vaultLogin(store, sources), sources.nowMs);
  const host = hostOf(store.url ?? '');

  return async (name, version) => {
    const query = version === null ? '' : `?version=${encodeURIComponent(version)}`;
    const { status, body } = await sources.call({
      method: 'GET',
      url: `${store.url}/v1/${store.mount}/data/${pathOf(name)}${query}`,
      headers: { ...vaultHeaders(store), 'x-vault-token': await token.get() },
      timeoutMs: store.timeoutMs,
    });
    const { data } = body;
    if (status === 403) {
      // A token that has ended is answered like one that may not.
      token.refused();
      throw new StoreError('denied', `${host} denies it (403)`);
    }
    if (status === 404 && isGone(body)) throw new StoreError('missing', `${host} has none of that name`);
    if (status !== 200) throw new StoreError('unavailable', `${host} answered ${status}`);
    const { data: content, metadata } = asObject(data);
    if (typeof content !== 'object' || content === null) {
      throw new StoreError(
        'malformed',
        `the answer of ${host} holds no secret: is ${store.mount} a KV engine, version 2?`,
      );
    }
    const { version: current, created_time, deletion_time } = asObject(metadata);
    return {
      content: asObject(content),
      version: current === undefined ? null : String(current),
      createdAtMs: timeOf(created_time),
      endsAtMs: timeOf(deletion_time),
    };
  };
}

/** A secret that never was has no errors, one that was deleted still its metadata; with errors the engine itself is missing. */
function isGone({ errors, data }: JsonObject): boolean {
  return data === undefined || data === null ? asArray(errors).length === 0 : asObject(data).metadata !== undefined;
}

function pathOf(name: string): string {
  const segments = name.split('/').filter((segment) => segment !== '');
  if (segments.some((segment) => segment === '.' || segment === '..')) {
    throw new StoreError('malformed', 'a path of a Vault has no `.` and no `..`');
  }
  return segments.map(encodeURIComponent).join('/');
}

function timeOf(value: unknown): number | null {
  const ms = Date.parse(asString(value) ?? '');
  return Number.isNaN(ms) ? null : ms;
}
