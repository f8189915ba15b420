import type { Reach } from '#network';
import type { SecretRef } from '#snapshot';
import type { SecretContent } from './secret-name.ts';
import type { CallStore } from './store-call.ts';

/** What a store gave for a name. */
export interface StoredSecret {
  readonly content: SecretContent;
  /** As the store counts them; null where it does not. */
  readonly version: string | null;
  /** When this version was made, in ms since 1970; null where the store does not say. */
  readonly createdAtMs: number | null;
  /** When the store says that it ends; null for never. */
  readonly endsAtMs: number | null;
}

/** Asks one store; rejects with StoreError, or with TokenError where nobody lets us in. Effects: connections. */
export type ReadStore = (name: string, version: string | null) => Promise<StoredSecret>;

/** What reading a store needs. */
export interface StoreSources {
  /** The value of a secret of the environment or a file; null for what may be missing. Throws TokenError for what may not. */
  readonly secretOf: (ref: SecretRef | null) => string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly call: CallStore;
  /** For the tokens of clouds. */
  readonly reach: Reach;
  readonly nowMs: () => number;
}
