import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import { isIpAllowed } from '#decision';
import type { RequestHeaders } from './inbound-call.ts';

/** `callerAddress` of a request, behind the proxies that the policies trust. Pure. */
export function addressOfCaller(request: IncomingMessage, trusted: readonly string[] | null): string | null {
  return callerAddress(
    request.socket.remoteAddress ?? null,
    (request.headers as RequestHeaders)['x-forwarded-for'],
    trusted,
  );
}

/**
 * The address a call comes from: the connection's own, or, where a trusted proxy has passed it on, the nearest address in `x-forwarded-for` that is none of
 * them. Read from the right, since everything left of what a trusted proxy wrote can be the caller's invention. Null when a trusted proxy wrote no address. Pure.
 */
export function callerAddress(
  peer: string | null,
  forwardedFor: string | undefined,
  trusted: readonly string[] | null,
): string | null {
  if (trusted === null || forwardedFor === undefined || peer === null) return peer;
  const hops = forwardedFor.split(',');
  let address = peer;
  while (hops.length > 0 && isIpAllowed(trusted, address)) {
    const next = addressOf(hops.pop() ?? '');
    if (next === null) return null;
    address = next;
  }
  return address;
}

/** Some proxies write the port as well, and brackets around IPv6. */
function addressOf(text: string): string | null {
  const written = text.trim().replace(/^"|"$/g, '');
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(written)?.[1] ?? /^([\d.]+):\d+$/.exec(written)?.[1] ?? written;
  return isIP(bare.split('%')[0] ?? '') === 0 ? null : bare;
}
