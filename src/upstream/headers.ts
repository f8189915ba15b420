import type { DialectName } from '#core';
import type { PlanTarget } from '#decision';
import type { Secrets } from './secrets.ts';
import type { ResponseHeaders } from './transport.ts';

type Provider = PlanTarget['provider'];

/** Of the caller's headers, only these go upstream: never a key, a cookie or an address. */
const FORWARDED: readonly string[] = Object.freeze(['traceparent', 'tracestate', 'idempotency-key']);

/** Forwarded besides when caller and provider speak the same dialect. */
const FORWARDED_TO: Readonly<Partial<Record<DialectName, readonly string[]>>> = Object.freeze({
  'openai-chat': Object.freeze(['openai-beta', 'x-client-request-id']),
  'openai-responses': Object.freeze(['openai-beta', 'x-client-request-id']),
  'anthropic-messages': Object.freeze(['anthropic-version', 'anthropic-beta']),
});

/** Lists: what the caller asks for is added to what policy asks for, not put in its place. */
const LISTS: ReadonlySet<string> = new Set(['anthropic-beta', 'openai-beta']);

const RETURNED: ReadonlySet<string> = new Set([
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'x-request-id',
  'request-id',
  'apim-request-id',
  'x-amzn-requestid',
  'openai-processing-ms',
  'openai-version',
  'openai-model',
]);
const RETURNED_PREFIXES: readonly string[] = Object.freeze(['x-ratelimit-', 'anthropic-ratelimit-', 'ratelimit-']);

/** What a provider's calls have in common, made once when its snapshot is first used. */
export interface ProviderHeaders {
  /** Flat list of headers that never change. */
  readonly fixed: readonly string[];
  /** Headers whose value is a secret reference. */
  readonly secret: Provider['headers'];
  readonly names: ReadonlySet<string>;
}

/** Prepares the provider's headers. Pure. */
export function compileHeaders(provider: Provider): ProviderHeaders {
  const plain = provider.headers.filter(({ value }) => typeof value === 'string');
  return {
    fixed: [
      ...['content-type', 'application/json', 'accept-encoding', 'identity', 'user-agent', 'signalbox'],
      ...plain.flatMap(({ name, value }) => [name.toLowerCase(), String(value)]),
    ],
    secret: provider.headers.filter(({ value }) => typeof value !== 'string'),
    names: new Set(provider.headers.map(({ name }) => name.toLowerCase())),
  };
}

export interface OutboundHeaders {
  readonly provider: ProviderHeaders;
  readonly secrets: Secrets;
  readonly auth: readonly string[];
  /** What the dialect asks for, such as `anthropic-version`. */
  readonly dialect: Readonly<Record<string, string>>;
  /** The caller's, lower-case names. */
  readonly caller: Readonly<Record<string, string>>;
  /** The upstream's dialect when the caller speaks it too, else null. */
  readonly sameDialect: DialectName | null;
  /** What the answer may be: the dialect's own framing for a stream. */
  readonly accept: string;
  /** Of a body that is no JSON, with the boundary of its form. */
  readonly contentType?: string | null;
}

/**
 * The flat list of headers of one call. On a clash the caller's wins over the provider document's, and that over the
 * dialect's; lists are joined; the key comes from policy alone. Effects: reads secrets.
 */
export function outboundHeaders(from: OutboundHeaders): readonly string[] {
  const { provider, secrets } = from;
  const asked = forwardedHeaders(from.caller, from.sameDialect);
  const { contentType = null } = from;
  if (contentType !== null) asked.set('content-type', contentType);
  const headers: string[] = ['accept', from.accept];
  pushUnlessAsked(headers, provider.fixed, asked);
  for (const { name, value } of provider.secret) {
    const resolved = typeof value === 'string' ? value : secrets.resolve(value);
    if (resolved !== null && !asked.has(name.toLowerCase())) headers.push(name.toLowerCase(), resolved);
  }
  for (const [name, value] of Object.entries(from.dialect)) {
    if (!provider.names.has(name) && !asked.has(name)) headers.push(name, value);
  }
  for (const [name, value] of asked) headers.push(name, value);
  headers.push(...from.auth);
  return headers;
}

function forwardedHeaders(
  caller: Readonly<Record<string, string>>,
  sameDialect: DialectName | null,
): Map<string, string> {
  const asked = new Map<string, string>();
  for (const name of FORWARDED) {
    const value = caller[name];
    if (value !== undefined) asked.set(name, value);
  }
  for (const name of (sameDialect === null ? undefined : FORWARDED_TO[sameDialect]) ?? []) {
    const value = caller[name];
    if (value !== undefined) asked.set(name, value);
  }
  return asked;
}

function pushUnlessAsked(headers: string[], fixed: readonly string[], asked: Map<string, string>): void {
  for (let i = 0; i < fixed.length; i += 2) {
    const name = fixed[i] ?? '';
    const value = fixed[i + 1] ?? '';
    const wanted = asked.get(name);
    if (wanted === undefined) headers.push(name, value);
    else if (LISTS.has(name)) asked.set(name, joinLists(value, wanted));
  }
}

function joinLists(...lists: readonly string[]): string {
  const items = lists.flatMap((list) => list.split(',').map((item) => item.trim()));
  return [...new Set(items.filter((item) => item !== ''))].join(',');
}

/** The provider's headers that the caller may see: request ids, rate limits, advice on retries. Pure. */
export function returnedHeaders(headers: ResponseHeaders): Readonly<Record<string, string>> {
  const returned: Record<string, string> = {};
  for (const name of Object.keys(headers)) {
    if (RETURNED.has(name) || RETURNED_PREFIXES.some((prefix) => name.startsWith(prefix))) {
      returned[name] = String(headers[name]);
    }
  }
  return returned;
}

/** Every header as one text, for reading an error. Pure. */
export function flatHeaders(headers: ResponseHeaders): Readonly<Record<string, string>> {
  const flat: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) if (value !== undefined) flat[name] = String(value);
  return flat;
}
