import { createHash, createHmac } from 'node:crypto';
import type { PlanTarget } from '../../src/decision/index.ts';
import type { SeenRequest } from '../support/scripted-upstream.ts';

type Auth = PlanTarget['provider']['auth'];
type Cloud = NonNullable<Auth['cloud']>;

const NOTHING: Cloud = {
  region: null,
  accessKeyId: null,
  sessionToken: null,
  profile: null,
  role: null,
  externalId: null,
  scope: null,
  tenant: null,
  clientId: null,
  authority: null,
};

/** A reference to an environment variable. */
export function envRef(name: string, isText = false): Auth['secrets'][number] {
  return { id: `env:${name}`, source: 'env', name, optional: false, ...(isText ? { isText } : {}) };
}

/** Authentication at a cloud, with some fields set. */
export function cloudAuth(kind: 'aws' | 'entra' | 'google', cloud: Partial<Cloud>, secret?: string): Auth {
  const secrets = secret === undefined ? [] : [envRef(secret, kind === 'google')];
  return { kind, header: null, secrets, cloud: { ...NOTHING, ...cloud } };
}

/**
 * The Signature Version 4 that a request should carry, computed by hand from what arrived: the method, the path encoded once
 * more, the signed headers, the body (docs.aws.amazon.com/IAM, "Create a signed request", read 2026-11).
 */
export function expectedSignature(request: SeenRequest, secretAccessKey: string): string {
  const authorization = String(request.headers.authorization);
  const [, scope = '', signedHeaders = ''] = /Credential=[^/]+\/(\S+), SignedHeaders=([^,]+)/.exec(authorization) ?? [];
  const [date = '', region = '', service = ''] = scope.split('/');
  const path = request.path
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
  const canonical = [
    request.method,
    path,
    '',
    ...signedHeaders.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}`),
    '',
    signedHeaders,
    createHash('sha256').update(request.bytes).digest('hex'),
  ].join('\n');
  const toSign = [
    'AWS4-HMAC-SHA256',
    request.headers['x-amz-date'],
    scope,
    createHash('sha256').update(canonical).digest('hex'),
  ].join('\n');
  const hmac = (key: string | Buffer, data: string) => createHmac('sha256', key).update(data).digest();
  const key = [date, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return createHmac('sha256', key).update(toSign).digest('hex');
}

/** The signature that a request carries. */
export function carriedSignature(request: SeenRequest): string {
  return /Signature=([0-9a-f]+)$/.exec(String(request.headers.authorization))?.[1] ?? '';
}

/** Sets variables of the process for one test: AWS's and Google's libraries read them there. */
export function setEnvironment(
  t: { readonly after: (fn: () => void) => void },
  variables: Readonly<Record<string, string>>,
): void {
  const names = Object.keys(process.env).filter((name) => /^(AWS|GOOGLE|GCE|GCLOUD)_/.test(name));
  const before = Object.fromEntries([...names, ...Object.keys(variables)].map((name) => [name, process.env[name]]));
  for (const name of names) delete process.env[name];
  Object.assign(process.env, variables);
  t.after(() => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}
