import { type CachedAnswer, cacheKey, chainForm, forwardedForm, type KeyParts, policyDigest } from '#cache';
import { digestOf, GatewayError, type NeutralRequest } from '#core';
import { isFixedPrompt, mayCache, type SkippedTarget } from '#decision';
import { type Cache, isLive, type Route, type Snapshot } from '#snapshot';
import type { CompatCache } from '../compat/compat-cache.ts';
import type { InlineChain } from '../compat/portkey-chain.ts';
import type { Progress } from '../progress.ts';
import { NO_CACHE } from './cache-use.ts';
import type { Meaning } from './meaning.ts';

/** A request that a cache has a say in. */
export interface CacheCall {
  readonly rule: Cache;
  readonly wish: 'use' | 'refresh';
  readonly key: string;
  readonly keyParts: KeyParts;
  readonly neutral: NeutralRequest;
  readonly route: Route;
  /** Of the question, once it was looked for; kept beside the answer. */
  meaning: Meaning | null;
}

/** What caller and policies say of the cache, and what was decided so far. */
export interface CacheQuestion {
  readonly route: Route;
  readonly inline: InlineChain | null;
  /** The chain that the decision chose: a budget may have handed over to another than the route's. */
  readonly chain: string | null;
  readonly own: 'refresh' | 'bypass' | null;
  readonly compat: CompatCache;
}

/** Endpoints whose answers have the neutral form. */
const CHAT: ReadonlySet<string> = new Set(['chat', 'messages', 'generate', 'responses']);
const ASKED_TTL_MS = 3_600_000;
// By snapshot: what policy adds to a request never changes within one.
const policies = new WeakMap<Snapshot, Map<string, string>>();

/**
 * What a cache has to do with a request, or null; says so in `progress`. The caller's wish may switch a cache off or make it forget, and, where the
 * headers of other gateways are obeyed, ask for one of its own behind the consumer, or shorten a life. Pure but for `progress`.
 */
export function cacheCall(progress: Progress, question: CacheQuestion): CacheCall | null {
  const { call, snapshot, request, body } = progress;
  const { route, compat } = question;
  if (request === null || body === null || !CHAT.has(call.context.endpoint)) return null;
  if (call.context.isCount === true) return null;
  const rule = ruleOf(snapshot, route, compat);
  if (rule === null || !mayCache(rule, request)) return null;
  const wish = question.own ?? compat.wish ?? 'use';
  if (wish === 'bypass') {
    progress.cache = { ...NO_CACHE, result: 'bypass' };
    return null;
  }
  const neutral = readNeutral(progress);
  if (neutral === null) return null;
  const keyParts = {
    environment: progress.active.snapshot.environment,
    cache: rule,
    route: route.name,
    request,
    form: forwardedForm(neutral, call.headers),
    policy: policyOf(progress, route, question.chain),
    own: ownOf(progress, question.inline),
  };
  const key = cacheKey(keyParts);
  progress.cache = { ...NO_CACHE, result: wish === 'refresh' ? 'refresh' : 'miss', key };
  return { rule, wish, key, keyParts, neutral, route, meaning: null };
}

function ruleOf(snapshot: Snapshot, route: Route, { isAsked, ttlMs }: CompatCache): Cache | null {
  if (isLive(route.tags)) return null;
  const named = route.cache === null ? undefined : snapshot.caches.get(route.cache);
  if (named?.mode === 'off') return null;
  if (named !== undefined) return ttlMs === null ? named : { ...named, ttlMs: Math.min(named.ttlMs, ttlMs) };
  return isAsked ? { ...ASKED, ttlMs: ttlMs ?? ASKED_TTL_MS } : null;
}

/** A cache that only a header asks for. */
const ASKED: Cache = Object.freeze({
  name: 'by-header',
  mode: 'exact',
  ttlMs: ASKED_TTL_MS,
  partition: ['consumer'],
  share: null,
  maxTemperature: null,
  neverWhen: {},
  staleWhileRevalidateMs: 0,
  staleIfErrorMs: 0,
  maxEntryBytes: 256 * 1024,
  keepToolCalls: false,
  streamReplay: 'instant',
  semantic: null,
});

/** A request that only its own dialect can read goes on as it is, and is not cached. */
function readNeutral({ call, body }: Progress): NeutralRequest | null {
  try {
    return call.dialect.readRequest(body ?? {}, call.context);
  } catch (error) {
    if (error instanceof GatewayError) return null;
    throw error;
  }
}

function policyOf({ snapshot, prompt }: Progress, route: Route, chain: string | null): string {
  if (!isFixedPrompt(route.prompt)) return policyDigest(chainForm(snapshot, chain), prompt);
  let known = policies.get(snapshot);
  if (known === undefined) {
    known = new Map();
    policies.set(snapshot, known);
  }
  const name = `${route.name} ${chain ?? ''}`;
  let digest = known.get(name);
  if (digest === undefined) {
    digest = policyDigest(chainForm(snapshot, chain), prompt);
    known.set(name, digest);
  }
  return digest;
}

/** Keys, hosts and headers that the caller brought: whoever brings others gets answers of their own. */
function ownOf({ snapshot }: Progress, inline: InlineChain | null): string {
  if (inline === null) return '';
  const targets = snapshot.chains.get(inline.chain)?.targets ?? [];
  const hosts = targets.flatMap(({ use }) => {
    const name =
      use.kind === 'provider' ? use.provider : use.kind === 'model' ? snapshot.models.get(use.model)?.provider : '';
    return snapshot.providers.get(name ?? '')?.baseUrl ?? [];
  });
  return digestOf([[...inline.keys], hosts, inline.forward]);
}

/** Reasons to skip a target that say nothing about whether the caller may have its answer. */
const PASSING: ReadonlySet<SkippedTarget['reason']> = new Set(['breaker-open', 'secret-missing', 'deadline']);

/** Whether the caller may use, now, the target that gave a kept answer: sharing a cache lends nobody a model. Pure. */
export function mayHave({ decision }: Pick<Progress, 'decision'>, answer: CachedAnswer): boolean {
  if (decision === null) return false;
  if (decision.kind === 'allow' && decision.plan.targets.some(({ id }) => id === answer.target)) return true;
  const skipped = decision.kind === 'allow' ? decision.plan.skipped : decision.skipped;
  return skipped.some(({ id, reason }) => id === answer.target && PASSING.has(reason));
}
