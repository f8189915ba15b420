import { asNumber, asString, isObject, type JsonObject } from '#core';
import { forbiddenAddress, type Reach } from '#network';

/** A token and when it ends, in milliseconds since 1970. */
export interface Token {
  readonly value: string;
  readonly expiresMs: number;
}

/** Why there is no token, in words that hold no secret: for the record, the caller's answer and the log. */
export class TokenError extends Error {}

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024;

export interface TokenCall {
  readonly url: string;
  /** Sent as a form; null asks by GET. */
  readonly form: Readonly<Record<string, string>> | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly nowMs: () => number;
  readonly reach: Reach;
}

/**
 * Asks an OAuth token endpoint (RFC 6749 §5.1). Redirects are not followed: a secret must not travel to an address that no
 * policy names. Rejects with TokenError, which tells the status and the endpoint's own code and nothing that was sent.
 */
export async function fetchToken({ url, form, headers = {}, nowMs, reach }: TokenCall): Promise<Token> {
  const { Agent, request } = await import('undici');
  // Asked for once an hour: a connection is not worth keeping.
  const dispatcher = new Agent({ connect: { lookup: reach.lookup } });
  const host = hostOf(url);
  const askedMs = nowMs();
  let status: number;
  let text: string;
  try {
    const answer = await request(url, {
      dispatcher,
      method: form === null ? 'GET' : 'POST',
      headers: {
        accept: 'application/json',
        ...(form === null ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...headers,
      },
      body: form === null ? null : new URLSearchParams(form).toString(),
      headersTimeout: TIMEOUT_MS,
      bodyTimeout: TIMEOUT_MS,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    status = answer.statusCode;
    text = await readText(answer.body);
  } catch (error) {
    const why = forbiddenAddress(error)?.message ?? `${host} cannot be reached (${codeOf(error)})`;
    throw new TokenError(`no token: ${why}`);
  } finally {
    void dispatcher.close().catch(() => undefined);
  }
  const body = parse(text);
  if (status !== 200) throw new TokenError(`no token: ${host} answered ${status}${tellCode(body)}`);
  const value = asString(body.access_token);
  if (!value || !/^[\x21-\x7e]+$/.test(value)) throw new TokenError(`no token: the answer of ${host} holds none`);
  const seconds = asNumber(Number(body.expires_in)) ?? 0;
  return { value, expiresMs: askedMs + (seconds > 0 ? seconds : 300) * 1000 };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > MAX_BYTES) throw new Error('too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

function parse(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

/** Only the closed word of RFC 6749 §5.2 (`invalid_client`): descriptions repeat what was sent. */
function tellCode({ error }: JsonObject): string {
  const code = asString(error);
  return code !== undefined && /^[a-z_]{1,40}$/.test(code) ? ` (${code})` : '';
}

function hostOf(url: string): string {
  try {
    return new URL(url).host;
  } catch {
    throw new TokenError('no token: the address of the token endpoint is not valid');
  }
}

function codeOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : String(name ?? 'error');
}
