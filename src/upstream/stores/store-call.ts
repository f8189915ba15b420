import { asObject, type JsonObject, parseJson } from '#core';
import { createGuardedAgent, forbiddenAddress, type Reach } from '#network';
import { StoreError } from './store-error.ts';

/** One call to a store. */
export interface StoreCall {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs: number;
}

/** What a store answered, of any status. */
export interface StoreAnswer {
  readonly status: number;
  /** Empty for a body that is no JSON object. */
  readonly body: JsonObject;
}

/** Calls a store. Rejects with StoreError. */
export type CallStore = (call: StoreCall) => Promise<StoreAnswer>;

// Secrets are 64 KiB at most in every one of the stores, and travel in base64 at the longest.
const MAX_BYTES = 256 * 1024;

/**
 * Creates the way to secret stores: no redirect is followed, no name leads where the policies do not let it, no message holds anything of
 * what was sent or answered. The client is loaded with the first call.
 */
export function createCallStore(reach: Reach): CallStore {
  const agent = createGuardedAgent(reach);
  return async ({ method, url, headers, body, timeoutMs }) => {
    const { request } = await import('undici');
    const dispatcher = await agent.current();
    try {
      const answer = await request(url, {
        ...{ method, dispatcher, headers: { accept: 'application/json', ...headers }, body: body ?? null },
        signal: AbortSignal.timeout(timeoutMs),
      });
      const text = await readText(answer.body);
      return { status: answer.statusCode, body: asObject(parseJson(text)) };
    } catch (error) {
      if (error instanceof StoreError) throw error;
      const refusal = forbiddenAddress(error);
      throw new StoreError('unavailable', refusal?.message ?? `${hostOf(url)} cannot be reached (${codeOf(error)})`);
    }
  };
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    size += piece.length;
    if (size > MAX_BYTES) throw new StoreError('malformed', 'the answer is too long');
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/** The host of an address, for messages. Pure. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the address';
}

function codeOf(error: unknown): string {
  const { code, name } = error as { readonly code?: unknown; readonly name?: unknown };
  return typeof code === 'string' ? code : String(name ?? 'error');
}
