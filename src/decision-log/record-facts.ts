import type { Facts } from '#decision';
import type { Snapshot } from '#snapshot';
import type { RecordedCacheLookup, RecordedFacts } from './record.gen.ts';
import type { Unfinished } from './unfinished.ts';

/** The state that a decision read. Secrets are named, never told; raw values that the request had replaced are replaced in counter keys too. Pure. */
export function recordFacts(
  snapshot: Snapshot,
  facts: Facts,
  stickyDraws: Readonly<Record<string, number>>,
  replaced: ReadonlyMap<string, string>,
  cache: RecordedCacheLookup | null,
): RecordedFacts {
  const recorded: Unfinished<RecordedFacts> = {
    nowMs: facts.nowMs,
    draw: facts.draw,
    secretsMissing: secretsOfChains(snapshot).filter((id) => facts.secretsMissing.has(id)),
    breakers: facts.breakers,
    counters: replaced.size === 0 ? facts.counters : maskKeys(facts.counters, replaced),
    latencies: facts.latencies,
    inFlight: facts.inFlight,
  };
  if (Object.keys(stickyDraws).length > 0) recorded.stickyDraws = stickyDraws;
  if (cache !== null) recorded.cache = cache;
  if (facts.countersUnread === true) recorded.countersUnread = true;
  if (facts.unsupportedProviders?.size) recorded.unsupportedProviders = [...facts.unsupportedProviders].sort();
  return recorded;
}

/** Derived once per snapshot: every record asks. */
const SECRETS = new WeakMap<Snapshot, readonly string[]>();

/** Ids of the secrets of every provider that some chain calls: others bear on no decision. */
function secretsOfChains(snapshot: Snapshot): readonly string[] {
  let ids = SECRETS.get(snapshot);
  if (ids === undefined) {
    ids = findSecretsOfChains(snapshot);
    SECRETS.set(snapshot, ids);
  }
  return ids;
}

function findSecretsOfChains({ chains, models, providers }: Snapshot): readonly string[] {
  const ids = new Set<string>();
  for (const { targets } of chains.values()) {
    for (const { use } of targets) {
      if (use.kind === 'chain') continue;
      const name = use.kind === 'provider' ? use.provider : models.get(use.model)?.provider;
      const provider = providers.get(name ?? '');
      for (const { id } of provider?.auth.secrets ?? []) ids.add(id);
      for (const { value } of provider?.headers ?? []) if (typeof value !== 'string') ids.add(value.id);
    }
  }
  return [...ids].sort();
}

function maskKeys(counters: Facts['counters'], replaced: ReadonlyMap<string, string>): Facts['counters'] {
  return Object.fromEntries(Object.entries(counters).map(([key, state]) => [maskKey(key, replaced), state]));
}

/** A counter key without the raw values that the request had replaced: budgets may be split by them, and their keys hold them percent-encoded. Pure. */
export function maskKey(key: string, replaced: ReadonlyMap<string, string>): string {
  let masked = key;
  for (const [raw, standIn] of replaced) {
    masked = masked.replaceAll(encodeURIComponent(raw.toWellFormed()), encodeURIComponent(standIn));
  }
  return masked;
}
