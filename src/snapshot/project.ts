import type { JsonObject } from '#core';
import type { TargetPolicy } from './chain.ts';
import type { ProjectSpec } from './documents.gen.ts';
import type { SecretRef } from './provider.ts';
import type { SecretStore } from './secret-store.ts';

/** The settings of the whole tree. */
export interface Project {
  readonly name: string;
  readonly timezone: string | null;
  readonly compatibility: {
    readonly portkeyHeaders: boolean;
    readonly cloudflareHeaders: boolean;
    /** Lower-case hosts, without port. */
    readonly allowedHosts: readonly string[];
  };
  /** Consumer of requests without a key; null refuses them. */
  readonly anonymous: string | null;
  /** Networks of the proxies whose `x-forwarded-for` counts. */
  readonly trustedProxies: readonly string[];
  /** Names that may lead into private networks: lower-case, exact or `*.corp.example`. */
  readonly privateHosts: readonly string[];
  readonly recording: {
    readonly sample: number;
    readonly retainMs: number;
    readonly maxFileBytes: number;
    readonly prefixChars: number;
  };
  readonly telemetry: {
    readonly traceSample: number;
    readonly alwaysTrace: readonly string[];
    readonly slowAfterMs: number;
    readonly propagate: boolean;
    readonly contentCapture: boolean;
  };
  readonly defaults: TargetPolicy;
  readonly onStale: { readonly afterMs: number; readonly then: 'serve' | 'warn' | 'unready' };
  /** `gates` as written. */
  readonly gates: JsonObject;
  /** Null where no sender or no server is named. */
  readonly mail: Mail | null;
  /** By the name that references use. */
  readonly secretStores: ReadonlyMap<string, SecretStore>;
  /** Where people reach the gateway; null where nobody says. */
  readonly publicUrl: string | null;
  /** Planned work, as written. */
  readonly maintenance: NonNullable<ProjectSpec['maintenance']>;
}

/** Who sends mails, and how. */
export interface Mail {
  readonly from: string;
  /** A URL of SMTP. */
  readonly server: SecretRef;
  /** PEM of the server's authority; null for those that the machine knows. */
  readonly ca: SecretRef | null;
  readonly dkim: { readonly domain: string; readonly selector: string; readonly key: SecretRef } | null;
}
