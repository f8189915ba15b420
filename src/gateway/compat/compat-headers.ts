import { GatewayError, type JsonObject } from '#core';
import type { Project } from '#snapshot';
import type { RequestHeaders } from '../inbound-call.ts';
import { readMetadata } from '../read-metadata.ts';
import { type CompatCache, NO_COMPAT_CACHE, readCompatCache } from './compat-cache.ts';
import { type PortkeyTarget, readPortkeyConfig } from './portkey-config.ts';

/** What the headers of other gateways ask for. */
export interface CompatRequest {
  readonly metadata: Readonly<Record<string, string>>;
  /** Null when the policies route the request. */
  readonly inline: InlineRequest | null;
  readonly cache: CompatCache;
}

/** An inline configuration. */
export interface InlineRequest {
  readonly root: PortkeyTarget;
  /** The provider came by header: then a key that is no consumer key is that provider's own. */
  readonly takesForeignKey: boolean;
}

export const PORTKEY_CONFIG = 'x-portkey-config';
export const PORTKEY_PROVIDER = 'x-portkey-provider';
export const PORTKEY_HOST = 'x-portkey-custom-host';

/** Known headers; `ignored` are for services that are not here, or tell only about the client. */
const PORTKEY: ReadonlySet<string> = new Set([
  PORTKEY_CONFIG,
  PORTKEY_PROVIDER,
  PORTKEY_HOST,
  'x-portkey-virtual-key',
  'x-portkey-cache',
  'x-portkey-cache-force-refresh',
  'x-portkey-metadata',
  'x-portkey-trace-id',
]);
const PORTKEY_IGNORED =
  /^x-portkey-(api-key|package-version|lang|runtime|runtime-version|platform|strict-open-ai-compliance)$/;
const CLOUDFLARE: ReadonlySet<string> = new Set(['cf-aig-metadata', 'cf-aig-cache-ttl', 'cf-aig-skip-cache']);
const CLOUDFLARE_IGNORED = /^cf-aig-(authorization|collect-log)$/;

/**
 * Reads `x-portkey-…` and `cf-aig-…` headers where the environment allows them; elsewhere any of them is refused, since a caller that relies on one must
 * not be answered as if it had an effect. Throws 400 `header_not_allowed`, `invalid_header`. Pure.
 */
export function readCompatHeaders(
  compatibility: Project['compatibility'],
  headers: RequestHeaders,
  environment: string,
): CompatRequest {
  let found = false;
  for (const name of Object.keys(headers)) {
    const isPortkey = name.startsWith('x-portkey-');
    if (!isPortkey && !name.startsWith('cf-aig-')) continue;
    found = true;
    const field = isPortkey ? 'portkeyHeaders' : 'cloudflareHeaders';
    if (!compatibility[field]) {
      throw notAllowed(name, `environment ${environment} does not take ${name} (compatibility.${field} is false)`);
    }
    const isKnown = isPortkey
      ? PORTKEY.has(name) || PORTKEY_IGNORED.test(name)
      : CLOUDFLARE.has(name) || CLOUDFLARE_IGNORED.test(name);
    if (!isKnown) throw notAllowed(name, `${name} has no counterpart in this version`);
  }
  if (!found) return { metadata: {}, inline: null, cache: NO_COMPAT_CACHE };
  const metadata = {
    ...readMetadata('cf-aig-metadata', headers['cf-aig-metadata']),
    ...readMetadata('x-portkey-metadata', headers['x-portkey-metadata']),
  };
  return { metadata, inline: inlineOf(headers), cache: readCompatCache(headers, configOf(headers)) };
}

function inlineOf(headers: RequestHeaders): InlineRequest | null {
  const config = configOf(headers);
  const fromHeaders: Record<string, unknown> = {};
  if (headers[PORTKEY_PROVIDER] !== undefined) fromHeaders.provider = headers[PORTKEY_PROVIDER];
  if (headers['x-portkey-virtual-key'] !== undefined) fromHeaders.virtual_key = headers['x-portkey-virtual-key'];
  if (headers[PORTKEY_HOST] !== undefined) fromHeaders.custom_host = headers[PORTKEY_HOST];
  const namesTarget = ['provider', 'virtual_key', 'targets'].some((key) => config[key] !== undefined);
  const merged = namesTarget ? config : { ...fromHeaders, ...config };
  if (Object.keys(merged).length === 0) return null;
  const root = readPortkeyConfig(merged, headers[PORTKEY_CONFIG] === undefined ? PORTKEY_PROVIDER : PORTKEY_CONFIG);
  return root.kind === 'none' ? null : { root, takesForeignKey: !namesTarget };
}

function configOf(headers: RequestHeaders): JsonObject {
  const text = headers[PORTKEY_CONFIG];
  return text === undefined ? {} : parse(text);
}

function parse(text: string): JsonObject {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    const hint = text.startsWith('pc-')
      ? '; saved configurations (pc-…) live in the policies here: name a Chain in a Route'
      : '';
    throw new GatewayError('invalid_header', `${PORTKEY_CONFIG} is not JSON; expected an inline configuration${hint}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new GatewayError('invalid_header', `${PORTKEY_CONFIG} is not a JSON object`);
}

function notAllowed(name: string, message: string): GatewayError {
  return new GatewayError('header_not_allowed', message, {
    hint: `Leave ${name} out, put the behaviour into a policy, or switch the header on in Project.spec.compatibility.`,
  });
}
