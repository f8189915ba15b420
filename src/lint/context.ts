import type { JsonObject, Place } from '#core';
import type { Compiled, ParsedPolicies } from '#policy';
import { daysSince } from './dates.ts';
import type { TrafficEvidence } from './evidence.ts';
import { type Item, itemOf, kindOf, type Specs } from './item.ts';
import type { RequestWorld } from './request-axes.ts';
import { type RankedRoute, rankRoutes, requestWorld } from './route-space.ts';

/** One environment as rules see it. */
export interface LintContext {
  readonly environment: string;
  /** Documents of a kind in order of name; of those that compiled and of those that refer to nothing alike. */
  readonly every: <Kind extends keyof Specs>(kind: Kind) => readonly Item<Specs[Kind]>[];
  readonly find: <Kind extends keyof Specs>(kind: Kind, name: string) => Item<Specs[Kind]> | undefined;
  /** All documents of the environment that the tree wrote or changed, of any kind. */
  readonly documents: readonly Item<JsonObject>[];
  /** Kinds of which some document could not be read: what seems to be missing may stand there. */
  readonly unreadKinds: ReadonlySet<string>;
  readonly parsed: ParsedPolicies;
  /** All environments, this one included. */
  readonly compiled: readonly Compiled[];
  readonly nowMs: number;
  /** Whole days since the line of a place was last changed; null where nobody knows. */
  readonly daysUnchanged: (place: Place) => number | null;
  /** Whether two secret references hold the same value; false where no values are at hand. */
  readonly sameSecret: (a: string, b: string) => boolean;
  /** What recordings say; null without any. */
  readonly evidence: TrafficEvidence | null;
  /** Routes as the gateway ranks them, best first. */
  readonly routes: readonly RankedRoute[];
  readonly world: RequestWorld;
}

/** What a context is made from. */
export interface ContextParts {
  readonly parsed: ParsedPolicies;
  readonly compiled: readonly Compiled[];
  readonly nowMs: number;
  readonly evidence?: TrafficEvidence | null;
  /** When the line of a place was last changed, in ms since 1970; null where nobody knows. */
  readonly lineChangedMs?: (place: Place) => number | null;
  /** Whether two secret references (`env:NAME`, `file:PATH`) hold the same value where this runs; absent where no values are at hand. */
  readonly sameSecret?: (a: string, b: string) => boolean;
}

/** Prepares one environment for the rules. Pure. */
export function createContext(
  own: Compiled,
  { parsed, compiled, nowMs, evidence = null, lineChangedMs, sameSecret = () => false }: ContextParts,
): LintContext {
  const items = own.documents.map(itemOf).sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0));
  const byKind = Map.groupBy(items, (item) => kindOf(item.key));
  const byKey = new Map(items.map((item) => [item.key, item]));
  // Each document has passed the schema its type is generated from.
  const every = (kind: string) => (byKind.get(kind) ?? []) as readonly Item<unknown>[];
  const context: Omit<LintContext, 'routes' | 'world'> = {
    environment: own.environment,
    every: every as LintContext['every'],
    find: ((kind: string, name: string) => byKey.get(`${kind}/${name}`)) as LintContext['find'],
    documents: items.filter((item) => item.isOwn),
    unreadKinds: new Set((parsed.rejected ?? []).map(({ kind }) => kind)),
    parsed,
    compiled,
    nowMs,
    sameSecret,
    evidence: evidence?.environment === own.environment ? evidence : null,
    daysUnchanged: (place) => {
      const changedMs = lineChangedMs?.(place) ?? null;
      return changedMs === null ? null : daysSince(changedMs, nowMs);
    },
  };
  return { ...context, routes: rankRoutes(context), world: requestWorld(context) };
}
