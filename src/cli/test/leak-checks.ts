import { cacheKey, chainForm, forwardedForm, type KeyParts, policyDigest, scopeKey } from '#cache';
import type { NeutralRequest, Place } from '#core';
import { describePartition, partitionOf, renderPrompt } from '#decision';
import type { Cache, Route, Snapshot } from '#snapshot';
import { placeIn } from '../request/place-in.ts';

/** What came of asking as one tenant for what another was told. */
export interface LeakReport {
  /** Cache rules that keep anything. */
  readonly rules: number;
  /** Look-ups by somebody else. */
  readonly checks: number;
  readonly leaks: readonly Leak[];
  /** Rules that share on purpose, with their reason. */
  readonly shared: readonly string[];
}

/** An answer that another tenant would have got. */
export interface Leak {
  readonly cache: string;
  readonly message: string;
  readonly at: Place | null;
}

/** How entries are named: the same functions that the gateway uses. */
export interface LeakKeys {
  readonly key: (parts: KeyParts) => string;
  readonly scope: (parts: KeyParts, language: string) => string;
}

type Tenant = KeyParts['request'];

// Of many consumers, as many as tell: each against each other.
const MAX_TENANTS = 12;
const QUESTION: NeutralRequest = {
  model: 'any',
  messages: [{ role: 'user', content: [{ kind: 'text', text: 'What is in my last order?' }] }],
  tools: [],
  stream: false,
  streamUsage: false,
  extra: {},
};

/**
 * For every cache rule of every environment and every route that uses it: keeps an answer as one tenant, and looks for it as every other, by key and by the scope of a
 * search by meaning. Tenants are the consumers of the policies, and one consumer under every other value of what the partition adds. Pure.
 */
export function leakChecks(
  snapshots: Iterable<Snapshot>,
  keys: LeakKeys = { key: cacheKey, scope: scopeKey },
): LeakReport {
  const rules = new Set<string>();
  const shared = new Set<string>();
  const leaks: Leak[] = [];
  let checks = 0;
  for (const snapshot of snapshots) {
    for (const cache of snapshot.caches.values()) {
      if (cache.mode === 'off') continue;
      rules.add(cache.name);
      if (cache.share !== null) shared.add(`${cache.name}: ${describePartition(cache)}`);
      for (const route of routesOf(snapshot, cache)) {
        for (const [one, other] of pairsOf(tenantsOf(snapshot, cache))) {
          checks += 1;
          if (!isShown(snapshot, cache, route, one, other, keys)) continue;
          const message = `what ${nameOf(one)} was told on route ${route.name} is given to ${nameOf(other)}`;
          leaks.push({ cache: cache.name, message, at: placeIn(snapshot, `Cache/${cache.name}`, 'partition') });
        }
      }
    }
  }
  return { rules: rules.size, checks, leaks, shared: [...shared] };
}

const NOBODY = { consumer: '', labels: {}, metadata: {}, headers: {} };

function isShown(snapshot: Snapshot, cache: Cache, route: Route, one: Tenant, other: Tenant, keys: LeakKeys): boolean {
  const parts = (request: Tenant): KeyParts => ({
    environment: snapshot.environment,
    cache,
    route: route.name,
    request,
    form: forwardedForm(QUESTION, {}),
    // Only the partition may keep tenants apart: what a prompt says of them does not count.
    policy: policyDigest(chainForm(snapshot, route.chain), renderPrompt(route.prompt, NOBODY, 0, null)),
    own: '',
  });
  const [kept, asked] = [parts(one), parts(other)];
  return keys.key(kept) === keys.key(asked) || keys.scope(kept, 'en') === keys.scope(asked, 'en');
}

/** A rule that no route uses yet is checked as well: the route may come tomorrow. */
function routesOf(snapshot: Snapshot, cache: Cache): readonly Route[] {
  const routes = [...snapshot.routes.values()];
  const users = routes.filter((route) => route.cache === cache.name);
  return users.length > 0 ? users : routes.slice(0, 1);
}

function tenantsOf(snapshot: Snapshot, cache: Cache): readonly Tenant[] {
  const names = [...new Set([...snapshot.consumers.keys(), 'tenant-a', 'tenant-b'])].slice(0, MAX_TENANTS);
  const consumers = names.map((consumer): Tenant => {
    const labels = snapshot.consumers.get(consumer)?.labels ?? {};
    return { consumer, labels, metadata: {}, headers: {} };
  });
  const [first = { consumer: 'tenant-a', labels: {}, metadata: {}, headers: {} }] = consumers;
  const variants = partitionOf(cache).flatMap((field) =>
    ['x', 'y', ''].flatMap((value) => withValue(first, field, value)),
  );
  // Shared on purpose: then only what the partition still names keeps apart.
  return cache.share === null ? [...consumers, ...variants] : [first, ...variants];
}

function withValue(tenant: Tenant, field: string, value: string): readonly Tenant[] {
  const dot = field.indexOf('.');
  const key = field.slice(dot + 1);
  switch (field.slice(0, Math.max(0, dot))) {
    case 'label':
      return [{ ...tenant, labels: { ...tenant.labels, [key]: value } }];
    case 'metadata':
      return [{ ...tenant, metadata: { [key]: value } }];
    case 'header':
      return [{ ...tenant, headers: { [key.toLowerCase()]: value } }];
    default:
      return [];
  }
}

function pairsOf<T>(items: readonly T[]): readonly (readonly [T, T])[] {
  return items.flatMap((one) => items.flatMap((other) => (one === other ? [] : [[one, other] as const])));
}

function nameOf({ consumer, labels, metadata, headers }: Tenant): string {
  const more = Object.entries({ ...labels, ...metadata, ...headers }).map(
    ([key, value]) => `${key}=${JSON.stringify(value)}`,
  );
  return more.length === 0 ? consumer : `${consumer} (${more.join(', ')})`;
}
