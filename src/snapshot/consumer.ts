import type { Endpoint, Glob } from '#core';
import type { SecretRef } from './provider.ts';

/** A team or application, and what it may use. */
export interface Consumer {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly allow: {
    readonly models: readonly Glob[] | null;
    readonly endpoints: readonly Endpoint[] | null;
    readonly routes: readonly Glob[] | null;
  };
  readonly deny: {
    readonly models: readonly Glob[];
    readonly endpoints: readonly Endpoint[];
    readonly routes: readonly Glob[];
  };
  /** Its own names for models, inherited ones included → catalogue name; names of the catalogue come before them. */
  readonly aliases: ReadonlyMap<string, string>;
  /** CIDR blocks as written; null allows every address. */
  readonly ipAllow: readonly string[] | null;
  readonly signing: { readonly secret: SecretRef; readonly windowMs: number } | null;
  readonly parent: string | null;
}

/** One key of a consumer, known only by its hash; dates in ms since 1970. */
export interface ConsumerKey {
  readonly consumer: string;
  readonly id: string;
  readonly createdAtMs: number | null;
  readonly expiresAtMs: number | null;
}
