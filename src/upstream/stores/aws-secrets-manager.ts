import { asNumber, asString } from '#core';
import type { SecretStore } from '#snapshot';
import { type AwsKeys, awsKeys } from '../auth/aws-credentials.ts';
import { awsSignature } from '../auth/aws-sign.ts';
import { createLoggedIn } from './logged-in.ts';
import { hostOf } from './store-call.ts';
import { StoreError, type StoreFailure } from './store-error.ts';
import type { ReadStore, StoreSources } from './store-reader.ts';

// Of the errors of GetSecretValue; others are the store's own trouble. One that is marked for deletion is a state that does not fit the call.
const FAILURES: Readonly<Record<string, StoreFailure>> = {
  ResourceNotFoundException: 'missing',
  InvalidRequestException: 'missing',
  AccessDeniedException: 'denied',
  DecryptionFailure: 'denied',
  ...{ UnrecognizedClientException: 'denied', InvalidSignatureException: 'denied', ExpiredTokenException: 'denied' },
  ...{ InvalidParameterException: 'malformed', ValidationException: 'malformed' },
};

/**
 * Reads AWS Secrets Manager by GetSecretValue, signed for its region. A version is an id, or a stage such as `AWSPREVIOUS`. Source:
 * docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html, read 2026-11.
 */
export function createAwsSecretsManager(store: SecretStore, sources: StoreSources): ReadStore {
  const { env, nowMs, secretOf } = sources;
  const { cloud, secret } = store.auth;
  const region = cloud.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
  const url = store.url ?? `https://secretsmanager.${region}.amazonaws.com`;
  const keys = createLoggedIn(() => {
    const { profile, role, externalId } = cloud;
    return awsKeys({ keys: namedKeys(), profile, role, externalId, region });
  }, nowMs);

  function namedKeys(): AwsKeys | null {
    const secretAccessKey = secretOf(secret);
    const accessKeyId = secretOf(cloud.accessKeyId);
    const sessionToken = secretOf(cloud.sessionToken);
    if (secretAccessKey === null || accessKeyId === null) return null;
    return { accessKeyId, secretAccessKey, ...(sessionToken === null ? {} : { sessionToken }) };
  }

  return async (name, version) => {
    const body = JSON.stringify({ SecretId: name, ...versionOf(version) });
    const headers = { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'secretsmanager.GetSecretValue' };
    const signature = await awsSignature(
      { origin: url, path: '/', headers, body },
      await keys.get(),
      { service: 'secretsmanager', region },
      nowMs(),
    );
    const { timeoutMs } = store;
    const answer = await sources.call({ method: 'POST', url, headers: { ...headers, ...signature }, body, timeoutMs });
    if (answer.status !== 200) {
      const type = (asString(answer.body.__type) ?? '').replace(/^.*#/, '');
      const failure = FAILURES[type] ?? 'unavailable';
      if (failure === 'denied') keys.refused();
      throw new StoreError(failure, `${hostOf(url)} answered ${FAILURES[type] === undefined ? answer.status : type}`);
    }
    const { SecretString, SecretBinary, VersionId, CreatedDate } = answer.body;
    const content = asString(SecretString) ?? fromBase64(asString(SecretBinary));
    if (content === null) throw new StoreError('malformed', `the answer of ${hostOf(url)} holds no secret`);
    const createdS = asNumber(CreatedDate);
    const createdAtMs = createdS === undefined ? null : Math.round(createdS * 1000);
    return { content, version: asString(VersionId) ?? null, createdAtMs, endsAtMs: null };
  };
}

function versionOf(version: string | null) {
  if (version === null) return {};
  return /^[0-9a-fA-F-]{32,64}$/.test(version) ? { VersionId: version } : { VersionStage: version };
}

function fromBase64(text: string | undefined): string | null {
  return text === undefined ? null : Buffer.from(text, 'base64').toString('utf8');
}
