import { timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { GatewayError, sha256 } from '#core';
import { addressOfCaller } from '../caller-address.ts';
import type { GatewayParts } from '../gateway-parts.ts';
import { noteStranger, tooManyFailures } from '../refuse-strangers.ts';

const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);
const LOCAL_HOST = /^(localhost|127\.0\.0\.1|\[::1\])(:\d+)?$/i;

/**
 * Lets an admin call pass: with the token, or without any from this machine in `development`. Throws 401 for a wrong token, 429 for too many of them, 403 where none
 * is set. Called before anything is read.
 */
export function checkAdmin(parts: GatewayParts, request: FastifyRequest): void {
  refuseOtherSites(request);
  const given = bearerToken(request);
  const isToken = parts.adminToken !== null && given !== undefined;
  if (isToken && isSame(given, parts.adminToken)) return;
  // Who sends a wrong token is told so everywhere: it would be wrong elsewhere too.
  if (!isToken && parts.policies.current().snapshot.environment === 'development' && isLocal(request)) return;
  const ip = addressOfCaller(request.raw, parts.policies.current().trustedProxies);
  if (parts.adminToken === null) {
    throw new GatewayError('route_denied', 'admin calls are closed: no admin token is set', {
      hint: 'Set SIGNALBOX_ADMIN_TOKEN and send it as a bearer token; without one only loopback in `development` is let in.',
    });
  }
  const waitMs = parts.failedKeys.waitMs(ip);
  if (waitMs > 0) throw tooManyFailures(waitMs);
  const refusal = new GatewayError('invalid_api_key', 'the admin token is missing or wrong', {
    hint: 'Send SIGNALBOX_ADMIN_TOKEN as `Authorization: Bearer TOKEN`.',
  });
  noteStranger(parts, ip, refusal);
  throw refusal;
}

/** What is sent as `Authorization: Bearer …`. Pure. */
export function bearerToken({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  return /^bearer\s+(.+)$/i.exec(headers.authorization ?? '')?.[1]?.trim();
}

/**
 * A browser says which page made it send a request. One of another site has no business here, whatever it carries: a token that a browser adds by itself, or the address of
 * the machine. Throws 403 `route_denied`.
 */
function refuseOtherSites({ headers }: FastifyRequest): void {
  const site = headers['sec-fetch-site'];
  const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (!isForeign && (headers.origin === undefined || isOwn(headers.origin, headers.host))) return;
  throw new GatewayError('route_denied', 'admin calls are not taken from pages of other sites', {
    hint: 'Call from a program, or from a page of the gateway itself.',
  });
}

function isOwn(origin: string, host: string | undefined): boolean {
  return host !== undefined && origin.replace(/^https?:\/\//i, '').toLowerCase() === host.toLowerCase();
}

/** Digests have one length, so the comparison tells nothing about the token's. */
function isSame(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(sha256(a)), Buffer.from(sha256(b)));
}

/**
 * A call of a program on this machine. Not one that a proxy passed on, nor one that a web page made the browser send: that has an `origin`, or after DNS
 * rebinding a foreign `host`.
 */
function isLocal({ socket, headers }: FastifyRequest): boolean {
  if (!LOOPBACK.has(socket.remoteAddress ?? '')) return false;
  if (headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined) return false;
  if (!LOCAL_HOST.test(headers.host ?? '')) return false;
  return headers.origin === undefined || LOCAL_HOST.test(headers.origin.replace(/^https?:\/\//, ''));
}
