import type { Channel } from '#core';
import type { GuardedAgent } from '#network';
import type { Store, UsageLedger } from '#state';
import type { PostedMetric } from '#telemetry';
import type { Secrets, StoredState, Upstream } from '#upstream';
import type { AlertParts } from './alerts/alert-parts.ts';
import type { CacheParts } from './cache/cache-parts.ts';
import type { FailedKeys } from './failed-keys.ts';
import type { FinishedRequest } from './finished-request.ts';
import type { Leases } from './keep-leases.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { PolicyHolder } from './policy-holder.ts';
import type { StoreProblem } from './store-health.ts';
import type { TransportLimits } from './transport-limits.ts';
import type { BudgetThreshold, WatchThresholds } from './watch-thresholds.ts';

/** Everything a request needs, made once by `compose` and handed down. */
export interface GatewayParts {
  /** Of the gateway, for records and status. */
  readonly version: string;
  /** This process, as the owner of its holds. */
  readonly owner: string;
  readonly policies: PolicyHolder;
  readonly secrets: Secrets;
  /** How each secret of a store is. */
  readonly storedSecrets: () => readonly StoredState[];
  readonly store: Store;
  /** Why the store does not answer; null while it does. */
  readonly storeProblem: () => StoreProblem | null;
  readonly upstream: Upstream;
  /** Connections to services that judge. */
  readonly services: GuardedAgent;
  readonly cache: CacheParts;
  readonly log: Log;
  readonly lifecycle: Lifecycle;
  /** Null where this process keeps none. */
  readonly records: Records | null;
  readonly usage: UsageLedger;
  readonly metrics: Metrics | null;
  /** Null where this process has the port for itself. */
  readonly siblings: MetricSiblings | null;
  /** Whether this process exports traces: providers are told of its spans then. */
  readonly isTracing: boolean;
  readonly finished: Channel<FinishedRequest>;
  /** Shares of `alertAt` that budgets have reached, each once. */
  readonly thresholds: Channel<BudgetThreshold>;
  readonly watchThresholds: WatchThresholds;
  /** Conditions that are watched, and messages on their way. */
  readonly alerts: AlertParts;
  /** Of the holds that requests in progress own. */
  readonly leases: Leases;
  /** Null admits nobody but loopback in development. */
  readonly adminToken: string | null;
  /** Larger bodies are refused unread. */
  readonly maxBodyBytes: number;
  readonly limits: TransportLimits;
  /** Where this process writes. */
  readonly dataDir: string;
  readonly failedKeys: FailedKeys;
  readonly startedAtMs: number;
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly draw: () => number;
  readonly newId: () => string;
}

/** Static text, values in fields. */
export interface Log {
  readonly info: (fields: object, text: string) => void;
  readonly warn: (fields: object, text: string) => void;
  readonly error: (fields: object, text: string) => void;
}

/** The decision records of this process. */
export interface Records {
  readonly directory: string;
  /** The record of that id, written already or not; null when there is none. */
  readonly find: (id: string) => Promise<object | null>;
  /** The newest first. */
  readonly latest: (limit: number) => Promise<readonly object[]>;
  /** How many could not be kept. */
  readonly dropped: () => number;
}

/** Metrics as Prometheus reads them. */
export interface Metrics {
  /** In the form that the scraper's `accept` asks for, with what other processes have posted. */
  readonly scrape: (
    accept?: string,
    others?: readonly (readonly PostedMetric[])[],
  ) => { readonly contentType: string; readonly text: string };
}

/** How processes on one port tell each other what they count. */
export interface MetricSiblings {
  /** Names what this process tells when it is asked. */
  readonly offer: (post: () => readonly PostedMetric[]) => void;
  /** What the others counted, those that have ended included. Rejects when one does not answer in time. */
  readonly others: () => Promise<readonly (readonly PostedMetric[])[]>;
}
