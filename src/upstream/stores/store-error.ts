/**
 * What a store says where it does not give a secret. `missing`: it says that there is none, or none any more; `denied`: it does not tell us; `malformed`: what it
 * gave cannot be used; `unavailable`: it says nothing.
 */
export type StoreFailure = 'missing' | 'denied' | 'malformed' | 'unavailable';

/** Why a store gave no secret, in words that hold none. */
export class StoreError extends Error {
  readonly failure: StoreFailure;

  constructor(failure: StoreFailure, message: string) {
    super(message);
    this.name = 'StoreError';
    this.failure = failure;
  }
}
