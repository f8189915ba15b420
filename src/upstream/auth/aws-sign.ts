import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import type { SendRequest } from '../transport.ts';
import type { AwsKeys } from './aws-credentials.ts';

/** A call by POST that is to be signed. */
export interface Unsigned {
  /** Scheme, host and port. */
  readonly origin: string;
  /** Path with query. */
  readonly path: string;
  /** Signed besides the host. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
}

/** What a signature is good for. */
export interface AwsScope {
  /** Such as `bedrock`. */
  readonly service: string;
  readonly region: string;
}

/** The headers that sign a call with Signature Version 4, its host and content type aside. The library is loaded when first needed. */
export async function awsSignature(
  call: Unsigned,
  keys: AwsKeys,
  { service, region }: AwsScope,
  nowMs: number,
): Promise<Readonly<Record<string, string>>> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signer = new SignatureV4({ service, region, credentials: keys, sha256: Sha256 });
  const url = new URL(call.origin);
  const [path = '/', search = ''] = call.path.split('?');
  const { headers } = await signer.sign(
    {
      method: 'POST',
      protocol: url.protocol,
      hostname: url.hostname,
      path,
      query: Object.fromEntries(new URLSearchParams(search)),
      headers: { host: url.host, ...call.headers },
      body: call.body,
    },
    { signingDate: new Date(nowMs) },
  );
  return Object.fromEntries(
    Object.entries(headers).filter(([name]) => name !== 'host' && call.headers[name] === undefined),
  );
}

/**
 * Signs a call to Bedrock and returns it with the headers of the signature. Only host and content type are signed besides: what the caller's tracing adds is
 * nobody's proof.
 */
export async function signAws(
  request: SendRequest,
  keys: AwsKeys,
  region: string,
  nowMs: number,
): Promise<SendRequest> {
  const headers = { 'content-type': headerOf(request.headers, 'content-type') };
  // Calls to Bedrock have their body at hand.
  const body = request.body as Uint8Array;
  const own = await awsSignature({ ...request, headers, body }, keys, { service: 'bedrock', region }, nowMs);
  return { ...request, headers: [...request.headers, ...Object.entries(own).flat()] };
}

function headerOf(headers: readonly string[], name: string): string {
  const at = headers.findIndex((each, index) => index % 2 === 0 && each === name);
  return at < 0 ? '' : (headers[at + 1] ?? '');
}

/** The regions stand in Bedrock's addresses; elsewhere the environment's counts, then the one that AWS began with. Pure. */
export function awsRegion(
  named: string | null,
  baseUrl: string,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const inAddress = /\/\/bedrock(?:-runtime)?(?:-fips)?\.([a-z0-9-]+)\./.exec(baseUrl)?.[1];
  return named ?? inAddress ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION ?? 'us-east-1';
}

type Data = string | ArrayBuffer | ArrayBufferView;

/** Node's own hash in the form that the library asks for: a class, because the library makes them. */
class Sha256 {
  readonly #secret: Data | undefined;
  #hash: Hash | Hmac;

  constructor(secret?: Data) {
    this.#secret = secret;
    this.#hash = this.#create();
  }

  update(data: Data): void {
    this.#hash.update(typeof data === 'string' ? data : bytesOf(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.#hash.digest()));
  }

  reset(): void {
    this.#hash = this.#create();
  }

  #create(): Hash | Hmac {
    const secret = this.#secret;
    if (secret === undefined) return createHash('sha256');
    return createHmac('sha256', typeof secret === 'string' ? secret : bytesOf(secret));
  }
}

function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return ArrayBuffer.isView(data)
    ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    : new Uint8Array(data);
}
