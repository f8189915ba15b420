import { carriedSignature, expectedSignature } from '../../upstream/cloud-harness.ts';
import type { Script, SeenRequest } from '../scripted-upstream.ts';
import type { Cleanup } from '../temp-directory.ts';
import { Shelf, type StoreServer, startStore } from './store-server.ts';

const KEYS: Readonly<Record<string, string>> = { AKIASTORE: 'aws-store-secret-key' };

/**
 * AWS Secrets Manager's GetSecretValue, for callers whose Signature Version 4 is right for this region and this very call. Written after
 * docs.aws.amazon.com/secretsmanager/latest/apireference, read 2026-11.
 */
export async function startAwsSecrets(t: Cleanup): Promise<StoreServer> {
  const shelf = new Shelf();
  return startStore(
    t,
    shelf,
    (seen) => {
      const refusal = refuse(seen);
      if (refusal !== null) return refusal;
      const { SecretId, VersionId, VersionStage } = seen.json;
      if (shelf.denied.has(SecretId)) return failed('AccessDeniedException');
      if (shelf.removed.has(SecretId)) return failed('InvalidRequestException');
      const newest = shelf.find(SecretId, null);
      const wanted = VersionStage === 'AWSPREVIOUS' ? (newest?.number ?? 0) - 1 : numberOf(VersionId);
      const found = shelf.find(SecretId, wanted);
      if (found === undefined) return failed('ResourceNotFoundException');
      const { content, createdAtMs } = found.at;
      const value =
        content instanceof Uint8Array
          ? { SecretBinary: Buffer.from(content).toString('base64') }
          : { SecretString: typeof content === 'string' ? content : JSON.stringify(content) };
      return { body: { Name: SecretId, VersionId: idOf(found.number), CreatedDate: createdAtMs / 1000, ...value } };
    },
    (url) => ({
      spec: {
        ...{ kind: 'aws-secrets-manager', url, region: 'eu-central-1' },
        auth: { accessKeyId: { env: 'STORE_KEY_ID' }, secret: { env: 'STORE_KEY' } },
      },
      env: { STORE_KEY_ID: 'AKIASTORE', STORE_KEY: KEYS.AKIASTORE ?? '' },
    }),
  );
}

function refuse(seen: SeenRequest): Script | null {
  const [, id = '', scope = ''] = /Credential=([^/]+)\/\d{8}\/([^,]+),/.exec(String(seen.headers.authorization)) ?? [];
  const secret = KEYS[id];
  if (secret === undefined) return failed('UnrecognizedClientException');
  if (scope !== 'eu-central-1/secretsmanager/aws4_request') return failed('InvalidSignatureException');
  if (carriedSignature(seen) !== expectedSignature(seen, secret)) return failed('InvalidSignatureException');
  const ageMs = Date.now() - Date.parse(stampOf(String(seen.headers['x-amz-date'])));
  if (Math.abs(ageMs) > 900_000) return failed('InvalidSignatureException');
  const isCall =
    seen.headers['x-amz-target'] === 'secretsmanager.GetSecretValue' &&
    seen.headers['content-type'] === 'application/x-amz-json-1.1';
  return isCall ? null : failed('UnknownOperationException');
}

function failed(type: string): Script {
  return { status: 400, headers: { 'x-amzn-errortype': type }, body: { __type: type, Message: 'told by the store' } };
}

/** `20260105T000000Z` as other dates are written. */
function stampOf(text: string): string {
  return text.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z');
}

function idOf(number: number): string {
  return `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
}

function numberOf(id: string | undefined): number | null {
  return id === undefined ? null : Number(id.slice(-12));
}
