import type { JsonObject, Place } from '#core';
import type { Budget } from './budget.ts';
import type { Cache } from './cache.ts';
import type { Chain } from './chain.ts';
import type { Consumer, ConsumerKey } from './consumer.ts';
import type { Guardrail } from './guardrail.ts';
import type { Model } from './model.ts';
import type { Project } from './project.ts';
import type { Provider, SecretRef } from './provider.ts';
import type { Route } from './route.ts';
import type { RouteIndex } from './route-index.ts';

/**
 * Everything one environment's policies say, compiled, linked and frozen: the whole conversation between compiler and evaluator.
 * Quantities are milliseconds, bytes, ratios (1 = 100 %) and integer micro-USD; references are resolved to compiled objects' names, which exist.
 */
export interface Snapshot {
  /** Version of this shape; a snapshot is never read by another version. */
  readonly format: 1;
  /** SHA-256 (hex) over the effective documents and the catalogue: the same on every machine. */
  readonly digest: string;
  /** SHA-256 (hex) over the built-in catalogue, prices included: tells a change of prices from a change of policies. */
  readonly catalogDigest: string;
  /** The first 12 hex digits of `digest`: `x-signalbox-revision`. */
  readonly revision: string;
  readonly environment: string;
  readonly project: Project;
  readonly providers: ReadonlyMap<string, Provider>;
  readonly models: ReadonlyMap<string, Model>;
  /** Alias → catalogue name. */
  readonly aliases: ReadonlyMap<string, string>;
  readonly routes: ReadonlyMap<string, Route>;
  readonly routeIndex: RouteIndex;
  readonly chains: ReadonlyMap<string, Chain>;
  readonly consumers: ReadonlyMap<string, Consumer>;
  /** SHA-256 (hex) of a key → its consumer and dates. */
  readonly keys: ReadonlyMap<string, ConsumerKey>;
  readonly budgets: ReadonlyMap<string, Budget>;
  readonly caches: ReadonlyMap<string, Cache>;
  readonly guardrails: ReadonlyMap<string, Guardrail>;
  /** Every secret of a store that a document refers to, each once; optional where all of its references are. */
  readonly storedSecrets: readonly SecretRef[];
  /** Documents whose run time reads their spec as written: Alert, Receiver, Report, McpServer, Invariant, Waiver, Drill. */
  readonly carried: readonly CarriedDocument[];
  /** `Kind/name` → where its document starts and how it came about. */
  readonly origins: ReadonlyMap<string, Origin>;
}

/** Where a document starts and what shaped it. */
export interface Origin extends Place {
  /** `file` for a policy document, `catalogue` for a built-in one, `overlay` when an environment operation changed it. */
  readonly from: 'file' | 'catalogue';
  /** Environment operations that touched the document, in order. */
  readonly overlays: readonly (Place & { readonly path: string; readonly operation: string })[];
  /** Dotted path from `spec` → place, for every field of the document that an explanation may cite (`match.models`, `targets[gpt]`, …). */
  readonly fields: ReadonlyMap<string, Place>;
}

/** A document whose run time reads its spec as written. */
export interface CarriedDocument {
  readonly kind: 'Alert' | 'Receiver' | 'Report' | 'McpServer' | 'Invariant' | 'Waiver' | 'Drill';
  readonly name: string;
  readonly metadata: JsonObject;
  readonly spec: JsonObject;
}
