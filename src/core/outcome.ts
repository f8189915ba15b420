/** Why an attempt did not succeed: the closed list that `fallbackOn` and `retry.on` name, plus the two that end a request. */
export type OutcomeReason =
  | 'rate-limit'
  | 'server-error'
  | 'timeout'
  | 'network'
  | 'auth'
  | 'malformed'
  | 'context-overflow'
  | 'stream-error'
  | 'content-filter'
  | 'invalid-request';

/** Why a target was not tried at all, or left for another: attempt outcomes plus the gates that skip a target. */
export type SkipReason =
  | 'secret-missing'
  | 'breaker-open'
  | 'model-not-allowed'
  | 'capability-missing'
  | 'context-too-small'
  | 'residency'
  | 'data-policy'
  | 'max-price'
  | 'provider-not-allowed'
  | 'model-unknown'
  | 'deadline'
  | 'unsupported-dialect';
