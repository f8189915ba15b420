import { asNumber, GatewayError, isObject, type JsonObject } from '#core';
import type { RequestHeaders } from '../inbound-call.ts';

/** What the headers of other gateways ask of a cache. */
export interface CompatCache {
  /** A cache is asked for, also where no policy names one. */
  readonly isAsked: boolean;
  /** How long the answer may be given again; null leaves it to the policy. */
  readonly ttlMs: number | null;
  readonly wish: 'refresh' | 'bypass' | null;
}

export const NO_COMPAT_CACHE: CompatCache = Object.freeze({ isAsked: false, ttlMs: null, wish: null });

// Cloudflare's own bounds: a minute to a month.
const MAX_TTL_S = 31 * 86_400;
const MODES: ReadonlySet<unknown> = new Set(['simple', 'semantic']);

/** Reads `x-portkey-cache…`, `cache` of an inline configuration, and `cf-aig-…`; times are in seconds. Throws 400 `invalid_header`. Pure. */
export function readCompatCache(headers: RequestHeaders, config: JsonObject): CompatCache {
  const asked = [headerCache(headers['x-portkey-cache']), configCache(config.cache), cloudflareTtl(headers)];
  const found = asked.filter((each) => each !== null);
  const isRefresh = isTrue('x-portkey-cache-force-refresh', headers);
  return {
    isAsked: found.length > 0,
    ttlMs: found.find(({ ttlMs }) => ttlMs !== null)?.ttlMs ?? null,
    wish: isTrue('cf-aig-skip-cache', headers) ? 'bypass' : isRefresh ? 'refresh' : null,
  };
}

type Asked = Pick<CompatCache, 'ttlMs'> | null;

function headerCache(value: string | undefined): Asked {
  if (value === undefined) return null;
  if (MODES.has(value)) return { ttlMs: null };
  const match = /^max-age=(\d{1,8})$/.exec(value.trim());
  if (match === null) throw invalid('x-portkey-cache', 'simple, semantic or max-age=SECONDS');
  return { ttlMs: seconds('x-portkey-cache', Number(match[1])) };
}

function configCache(cache: unknown): Asked {
  if (cache === undefined || cache === null) return null;
  const { mode, max_age: maxAge } = isObject(cache) ? cache : { mode: cache };
  if (!MODES.has(mode)) throw invalid('x-portkey-config: cache.mode', 'simple or semantic');
  if (maxAge === undefined) return { ttlMs: null };
  const age = asNumber(maxAge);
  if (age === undefined) throw invalid('x-portkey-config: cache.max_age', 'a number of seconds');
  return { ttlMs: seconds('x-portkey-config: cache.max_age', age) };
}

function cloudflareTtl(headers: RequestHeaders): Asked {
  const text = headers['cf-aig-cache-ttl'];
  if (text === undefined) return null;
  if (!/^\d{1,8}$/.test(text)) throw invalid('cf-aig-cache-ttl', 'a whole number of seconds');
  return { ttlMs: seconds('cf-aig-cache-ttl', Number(text)) };
}

function seconds(name: string, value: number): number {
  if (value > 0 && value <= MAX_TTL_S) return value * 1000;
  throw invalid(name, `more than 0 and at most ${MAX_TTL_S} seconds`);
}

function isTrue(name: string, headers: RequestHeaders): boolean {
  const value = headers[name]?.toLowerCase();
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  throw invalid(name, 'true or false');
}

function invalid(name: string, expected: string): GatewayError {
  return new GatewayError('invalid_header', `${name} is not ${expected}`);
}
