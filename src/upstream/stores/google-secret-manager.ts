import { asObject, asString } from '#core';
import type { SecretStore } from '#snapshot';
import { googleToken } from '../auth/google.ts';
import { crc32c } from './crc32c.ts';
import { createLoggedIn } from './logged-in.ts';
import { hostOf } from './store-call.ts';
import { StoreError, type StoreFailure } from './store-error.ts';
import type { ReadStore, StoreSources } from './store-reader.ts';

// A version that is disabled or destroyed does not meet the call's precondition.
const FAILURES: Readonly<Record<string, StoreFailure>> = {
  NOT_FOUND: 'missing',
  FAILED_PRECONDITION: 'missing',
  PERMISSION_DENIED: 'denied',
  UNAUTHENTICATED: 'denied',
  INVALID_ARGUMENT: 'malformed',
};

/**
 * Reads Google Secret Manager by `versions.access`, global or of a location; the checksum that comes with a value is compared. Source:
 * cloud.google.com/secret-manager/docs/reference/rest/v1/projects.secrets.versions/access, read 2026-11.
 */
export function createGoogleSecretManager(store: SecretStore, sources: StoreSources): ReadStore {
  const { nowMs, reach, secretOf } = sources;
  const { secret, cloud } = store.auth;
  const token = createLoggedIn(
    () => googleToken({ keyFile: secretOf(secret), scope: cloud.scope, nowMs, reach }),
    nowMs,
  );
  const { location, project } = store;
  const url = store.url ?? `https://secretmanager.${location === null ? '' : `${location}.rep.`}googleapis.com`;
  const parent = `projects/${project}${location === null ? '' : `/locations/${location}`}`;

  return async (name, version) => {
    const path = `${parent}/secrets/${encodeURIComponent(name)}/versions/${encodeURIComponent(version ?? 'latest')}`;
    const { status, body } = await sources.call({
      method: 'GET',
      url: `${url}/v1/${path}:access`,
      headers: { authorization: `Bearer ${await token.get()}` },
      timeoutMs: store.timeoutMs,
    });
    if (status !== 200) {
      const said = asString(asObject(body.error).status) ?? '';
      const failure = FAILURES[said] ?? 'unavailable';
      if (failure === 'denied') token.refused();
      throw new StoreError(failure, `${hostOf(url)} answered ${FAILURES[said] === undefined ? status : said}`);
    }
    const { data, dataCrc32c } = asObject(body.payload);
    if (typeof data !== 'string') throw new StoreError('malformed', `the answer of ${hostOf(url)} holds no secret`);
    const bytes = Buffer.from(data, 'base64');
    if (dataCrc32c !== undefined && String(dataCrc32c) !== String(crc32c(bytes))) {
      throw new StoreError('malformed', `the answer of ${hostOf(url)} does not match its checksum`);
    }
    const current = /\/versions\/([^/]+)$/.exec(asString(body.name) ?? '')?.[1] ?? null;
    // When a version was made needs a permission that reading it does not.
    return { content: bytes.toString('utf8'), version: current, createdAtMs: null, endsAtMs: null };
  };
}
