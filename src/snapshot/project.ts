import type { JsonObject } from '#core';
import type { TargetPolicy } from './chain.ts';

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
  readonly recording: {
    readonly sample: number;
    readonly retainMs: number;
    readonly maxFileBytes: number;
    readonly prefixChars: number;
  };
  readonly telemetry: {
    readonly traceSample: number;
    readonly alwaysTrace: readonly string[];
    readonly contentCapture: boolean;
  };
  readonly defaults: TargetPolicy;
  readonly onStale: { readonly afterMs: number; readonly then: 'serve' | 'warn' | 'unready' };
  /** `gates` and `mail` as written. */
  readonly gates: JsonObject;
  readonly mail: JsonObject;
}
