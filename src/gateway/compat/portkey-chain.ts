import { GatewayError, type JsonObject, type OutcomeReason } from '#core';
import { resolveModel } from '#decision';
import type { Chain, Model, Provider, Snapshot, Target } from '#snapshot';
import type { RequestHeaders } from '../inbound-call.ts';
import type { InlineRequest } from './compat-headers.ts';
import { readCustomHost } from './custom-host.ts';
import type { PortkeyCall } from './portkey-config.ts';
import { pickTargets } from './portkey-strategy.ts';
import { EVERY_REASON, reasonsOf } from './status-reasons.ts';

/** The chain that a header asks for, ready to be decided on like any other. */
export interface InlineChain {
  /** The pinned snapshot with the chain, its providers and models added. */
  readonly snapshot: Snapshot;
  readonly chain: string;
  /** Keys by plan target id. Secret: for this call only. */
  readonly keys: ReadonlyMap<string, string>;
  /** What each target falls back on, by plan target id: nested groups have lists of their own. */
  readonly fallbackOn: ReadonlyMap<string, readonly OutcomeReason[]>;
  /** The caller's headers that the configuration forwards, as a flat list. */
  readonly forward: readonly string[];
}

/** What a configuration is compiled with. */
export interface InlineInput {
  readonly snapshot: Snapshot;
  readonly inline: InlineRequest;
  readonly model: string;
  readonly isStream: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  readonly headers: RequestHeaders;
  /** A key of the caller that is no consumer key; null when there is none. */
  readonly foreignKey: string | null;
  /** In [0, 1), for weights. */
  readonly draw: number;
}

/** The chain's name, and the route's where no policy has one. */
export const INLINE_CHAIN = 'x-portkey-config';

/** Portkey's names of providers that have another one here. */
const NAMES: Readonly<Record<string, string>> = Object.freeze({
  'mistral-ai': 'mistral',
  'together-ai': 'together',
  'fireworks-ai': 'fireworks',
  'perplexity-ai': 'perplexity',
  'x-ai': 'xai',
  dashscope: 'qwen',
  gemini: 'google',
});

/**
 * Compiles a checked configuration to a Chain beside the snapshot's own, so that permissions, budgets, residency and attempts are decided by the same code
 * as for a policy. A target with its own key or host never uses a key of the policies. Throws 400 `invalid_header`, `host_not_allowed`. Pure.
 */
export function inlineChain(input: InlineInput): InlineChain {
  const { snapshot, inline, headers } = input;
  const picked = pickTargets(inline.root, { metadata: input.metadata, params: input.body, draw: input.draw });
  const ids = idsOf(picked.map(({ call }) => call.provider));
  const providers = new Map(snapshot.providers);
  const models = new Map(snapshot.models);
  const keys = new Map<string, string>();
  const fallbackOn = new Map<string, readonly OutcomeReason[]>();
  const targets: Target[] = [];
  for (const [index, { call, onStatuses }] of picked.entries()) {
    const id = ids[index] ?? String(index);
    const target = `${INLINE_CHAIN}/${id}`;
    const base = providerOf(snapshot, call);
    const key = call.apiKey ?? (inline.takesForeignKey ? input.foreignKey : null);
    if (key !== null) keys.set(target, key);
    fallbackOn.set(target, onStatuses === null ? EVERY_REASON : reasonsOf(onStatuses));
    // Under names of their own: the catalogue's entries keep their keys and hosts.
    providers.set(target, withOwnAccess(snapshot, base, call, key));
    models.set(target, { ...modelOf(snapshot, base, call, input.model), provider: target });
    targets.push(targetOf(snapshot, call, id, target, input.isStream));
  }
  const chain: Chain = {
    name: INLINE_CHAIN,
    strategy: 'fallback',
    sticky: 'none',
    deadlineMs: null,
    maxAttempts: targets.reduce((sum, { retry }) => sum + 1 + retry.max, 0),
    fallbackOn: EVERY_REASON,
    allowDowngrade: true,
    maxPriceMicroUsd: null,
    targets,
  };
  return {
    snapshot: { ...snapshot, providers, models, chains: new Map([...snapshot.chains, [chain.name, chain]]) },
    chain: chain.name,
    keys,
    fallbackOn,
    forward: forwardedHeaders(headers, new Set(picked.flatMap(({ call }) => call.forwardHeaders))),
  };
}

/** Never forwarded: the transport's own, and everything that could hold a key of ours. */
const NEVER_FORWARDED: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'x-goog-api-key',
  'api-key',
  'cookie',
  'host',
  'connection',
  'content-length',
  'content-type',
  'transfer-encoding',
  'accept',
  'accept-encoding',
  'upgrade',
  'expect',
  'te',
  'trailer',
  'keep-alive',
  'proxy-authorization',
  'x-portkey-config',
  'x-portkey-api-key',
]);

function idsOf(names: readonly string[]): readonly string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1;
    seen.set(name, count);
    return count === 1 ? name : `${name}-${count}`;
  });
}

function providerOf(snapshot: Snapshot, call: PortkeyCall): Provider {
  const found = snapshot.providers.get(call.provider) ?? snapshot.providers.get(NAMES[call.provider] ?? '');
  if (found !== undefined) return found;
  const known = [...snapshot.providers.keys()].sort().join(', ');
  const message = `${call.path}: provider ${call.provider.slice(0, 64)} is not known; known are ${known}`;
  throw new GatewayError('invalid_header', message);
}

/** With a key or a host of the caller's, no secret of the policies leaves: neither as the key nor in a header. */
function withOwnAccess(snapshot: Snapshot, base: Provider, call: PortkeyCall, key: string | null): Provider {
  if (key === null && call.customHost === null) return base;
  const { allowedHosts } = snapshot.project.compatibility;
  return {
    ...base,
    baseUrl: call.customHost === null ? base.baseUrl : readCustomHost(call.customHost, call.path, allowedHosts),
    auth: { ...base.auth, secrets: [] },
    headers: base.headers.filter(({ value }) => typeof value === 'string'),
  };
}

/** The catalogue's model where it knows one, so that its price and capabilities count; else one without a price. */
function modelOf(snapshot: Snapshot, base: Provider, call: PortkeyCall, requested: string): Model {
  const wanted = call.overrideParams.model ?? requested;
  if (typeof wanted !== 'string' || wanted === '') {
    throw new GatewayError('invalid_header', `${call.path}: override_params.model is not the name of a model`);
  }
  const bare = wanted.startsWith(`${base.name}/`) ? wanted.slice(base.name.length + 1) : wanted;
  const known = resolveModel(snapshot, `${base.name}/${bare}`);
  if (known !== null) return known;
  return {
    name: `${base.name}/${bare}`,
    provider: base.name,
    upstreamName: bare,
    aliases: [],
    tier: null,
    contextWindow: null,
    maxOutput: null,
    capabilities: null,
    retiresAt: null,
    prices: [],
  };
}

function targetOf(snapshot: Snapshot, call: PortkeyCall, id: string, model: string, isStream: boolean): Target {
  const { defaults } = snapshot.project;
  const { model: _, ...params } = call.overrideParams;
  const { timeoutMs, retry } = call;
  return {
    id,
    use: { kind: 'model', model },
    weight: null,
    params,
    // Portkey's time ends with the answer's head: for a stream the wait for its first content, not its length.
    timeouts:
      timeoutMs === null
        ? defaults.timeouts
        : { ...defaults.timeouts, ...(isStream ? { firstTokenMs: timeoutMs } : { totalMs: timeoutMs }) },
    retry: {
      max: retry?.attempts ?? 0,
      on: reasonsOf(retry?.onStatuses ?? []),
      initialMs: 200,
      factor: 2,
      capMs: 5000,
      jitter: 'full',
      respectRetryAfter: retry?.useRetryAfter ?? false,
      maxRetryAfterMs: 60_000,
    },
    // One caller's key must not take a provider out for the others.
    breaker: null,
  };
}

function forwardedHeaders(headers: RequestHeaders, names: ReadonlySet<string>): readonly string[] {
  const forward: string[] = [];
  for (const name of names) {
    const value = NEVER_FORWARDED.has(name) || name.startsWith('x-signalbox-') ? undefined : headers[name];
    if (value !== undefined) forward.push(name, value);
  }
  return forward;
}
