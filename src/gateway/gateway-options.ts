import type { Diagnostic } from '#core';
import type { FailedKeyLimits } from './failed-keys.ts';
import type { Log, MetricSiblings } from './gateway-parts.ts';
import type { TlsSettings } from './tls-files.ts';
import type { TransportLimits } from './transport-limits.ts';

/** How a gateway is started. Process settings only: behaviour comes from the policies. */
export interface GatewayOptions {
  /** The policies folder. */
  readonly policies: string;
  readonly environment: string;
  /** 127.0.0.1 by default. */
  readonly host?: string;
  /** 8787 by default; 0 for any free one. */
  readonly port?: number;
  /** `.signalbox` by default. */
  readonly dataDir?: string;
  /** Where budgets are counted: a URL of Redis, `memory:`, or (null or absent) `ledger.db` in the data folder. */
  readonly storeUrl?: string | null;
  /** When `ledger.db` counts as written: `process` (default) or `power`. */
  readonly durability?: string | null;
  /** Null or absent closes the admin API but for loopback in `development`. */
  readonly adminToken?: string | null;
  /** Where secret references of kind `env` are looked up; the process's own by default. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Lines of JSON on stderr by default. */
  readonly log?: Log;
  /** False: the folder is read only when asked to. */
  readonly watch?: boolean;
  /** How often the folder is read without any event; 15 s by default. */
  readonly pollMs?: number;
  /** How often alerts are evaluated; every 2 s by default. */
  readonly alertEveryMs?: number;
  /** How often the schedules of reports are looked at; every 20 s by default. */
  readonly reportEveryMs?: number;
  /** SIGTERM and SIGINT close, SIGHUP reloads; false by default. */
  readonly handleSignals?: boolean;
  /** Largest body of a request; 32 MiB by default. Routes may set less. */
  readonly maxBodyBytes?: number;
  /** Timeouts and sizes of connections; see `TRANSPORT_LIMITS`. */
  readonly limits?: Partial<TransportLimits>;
  /** Certificates of the listener; null or absent listens in plain text. */
  readonly tls?: TlsSettings | null;
  /** How many unknown keys of one address are looked at; see `FAILED_KEY_LIMITS`. */
  readonly failedKeys?: Partial<FailedKeyLimits>;
  /** Other processes on the same port: a scrape of one tells of them all. */
  readonly siblings?: MetricSiblings;
}

/** A gateway that cannot start: there is no revision to serve. */
export class StartError extends Error {
  /** Every finding about the policies. */
  readonly diagnostics: readonly Diagnostic[];

  constructor(message: string, diagnostics: readonly Diagnostic[]) {
    super(message);
    this.name = 'StartError';
    this.diagnostics = diagnostics;
  }
}
