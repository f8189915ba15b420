import { GatewayError } from '#core';
import type { RequestHeaders } from './inbound-call.ts';
import { readMetadata } from './read-metadata.ts';

const MAX_SESSION_LENGTH = 256;

/** The contract's own request headers. */
export interface OwnHeaders {
  readonly metadata: Readonly<Record<string, string>>;
  readonly session: string | null;
  readonly cache: 'refresh' | 'bypass' | null;
}

/** Reads `x-signalbox-…`; a value that cannot be meant is a 400 `invalid_header`. Pure. */
export function readRequestHeaders(headers: RequestHeaders): OwnHeaders {
  const cache = headers['x-signalbox-cache'];
  if (cache !== undefined && cache !== 'refresh' && cache !== 'bypass') {
    throw new GatewayError('invalid_header', 'x-signalbox-cache is neither refresh nor bypass');
  }
  const session = headers['x-signalbox-session'] ?? null;
  if (session !== null && session.length > MAX_SESSION_LENGTH) {
    throw new GatewayError('invalid_header', `x-signalbox-session is longer than ${MAX_SESSION_LENGTH} characters`);
  }
  return {
    metadata: readMetadata('x-signalbox-metadata', headers['x-signalbox-metadata']),
    session,
    cache: cache ?? null,
  };
}
