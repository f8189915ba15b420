/** The failures of a chain that a list of HTTP statuses stands for; a status widens to the reason it belongs to, as in the header x-portkey-config. Pure. */
export function reasonsOfStatuses(statuses: readonly number[]): readonly string[] {
  const found = new Set(statuses.flatMap(reasonsOf));
  return ORDER.filter((reason) => found.has(reason));
}

/** Those of them that can be tried again on the same target. Pure. */
export function retryReasonsOf(statuses: readonly number[]): readonly string[] {
  return reasonsOfStatuses(statuses).filter((reason) => RETRIABLE.has(reason));
}

const ORDER: readonly string[] = [
  'rate-limit',
  'server-error',
  'timeout',
  'network',
  'auth',
  'malformed',
  'context-overflow',
  'stream-error',
  'content-filter',
  'invalid-request',
];
const RETRIABLE: ReadonlySet<string> = new Set(['rate-limit', 'server-error', 'timeout', 'network', 'stream-error']);

function reasonsOf(status: number): readonly string[] {
  if (status === 429) return ['rate-limit'];
  if (status === 401 || status === 403) return ['auth'];
  if (status === 408 || status === 504) return ['timeout', 'server-error'];
  if (status >= 500) return ['server-error', 'network', 'malformed', 'stream-error'];
  if (status === 413) return ['context-overflow', 'invalid-request'];
  return status >= 400 ? ['invalid-request', 'content-filter', 'context-overflow'] : [];
}
