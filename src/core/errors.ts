/** Every error code a caller can meet, with its HTTP status and what to do next. Codes never change after release. */
export const ERRORS = {
  invalid_api_key: {
    status: 401,
    hint: 'Send a consumer key (sbx_…) as a bearer token; `signalbox keys create` makes one.',
  },
  key_expired: { status: 403, hint: 'Ask the owner of the consumer document for a new key (`signalbox keys rotate`).' },
  model_not_allowed: {
    status: 403,
    hint: 'Ask for a model of the consumer’s `allow.models`; GET /v1/models lists them.',
  },
  endpoint_not_allowed: {
    status: 403,
    hint: 'Use an endpoint of the consumer’s `allow.endpoints`, and none of its `deny.endpoints`.',
  },
  route_not_allowed: {
    status: 403,
    hint: 'The consumer’s `allow.routes` does not name this route, or its `deny.routes` does.',
  },
  ip_not_allowed: { status: 403, hint: 'Call from an address of the consumer’s `ipAllow`.' },
  signature_invalid: { status: 403, hint: 'Sign the request with the consumer’s secret and a fresh timestamp.' },
  route_denied: {
    status: 403,
    hint: 'A policy route refuses this request; `signalbox explain` names its file and line.',
  },
  invalid_request: { status: 400, hint: 'Correct the field that the message names.' },
  unsupported_parameter: {
    status: 400,
    hint: 'Leave the parameter out, or let the route drop it (`unsupportedParams: drop`).',
  },
  header_not_allowed: {
    status: 400,
    hint: 'This environment does not take the header; put the behaviour into a policy.',
  },
  host_not_allowed: { status: 400, hint: 'Name the host in `Project.spec.compatibility.allowedHosts`.' },
  invalid_header: { status: 400, hint: 'Correct the header that the message names.' },
  guardrail_blocked: { status: 400, hint: 'A guardrail refused the content; the message names guardrail and check.' },
  request_too_large: { status: 413, hint: 'Send a smaller body, or raise the route’s `limits.bodySize`.' },
  request_timeout: { status: 408, hint: 'Send the whole request sooner, or a smaller body.' },
  no_route: { status: 404, hint: 'No route matches; `signalbox explain` shows why each one lost.' },
  not_found: { status: 404, hint: 'The path is not part of the API; docs/http.md lists what is.' },
  method_not_allowed: { status: 405, hint: 'Use the method named in `allow`.' },
  limit_exceeded: { status: 400, hint: 'The request is over a limit of its route; the message names it.' },
  budget_exceeded: { status: 429, hint: 'Wait for the window to end or ask the budget’s owner.' },
  rate_limited: { status: 429, hint: 'Retry after the time in `retry-after`.' },
  chain_exhausted: { status: 502, hint: 'Every target failed; the attempt trail in the body says how.' },
  upstream_rejected: { status: 400, hint: 'The provider refused the request itself; correct it as its message says.' },
  stream_interrupted: {
    status: 502,
    hint: 'The provider’s stream broke after it had begun; the answer is incomplete.',
  },
  store_unavailable: {
    status: 503,
    hint: 'The budget store cannot be reached and the budget fails closed; retry shortly.',
  },
  overloaded: { status: 503, hint: 'Retry shortly.' },
  draining: { status: 503, hint: 'This instance is stopping; retry, another one will answer.' },
  internal_error: { status: 500, hint: 'A bug in the gateway; report the request id.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly hint: string }>>;

/** The code of an error that a caller can meet. */
export type ErrorCode = keyof typeof ERRORS;

/** Details that travel with an error into the body or the headers of the answer. */
export interface ErrorDetails {
  /** Overrides the catalogue's status: the last upstream status of an exhausted chain, a deny route's own. */
  readonly status?: number;
  /** The path of the offending field, such as `messages[2].content`. */
  readonly field?: string;
  readonly retryAfterMs?: number;
  /** What every attempt did, for `chain_exhausted`. */
  readonly attempts?: readonly AttemptTrailEntry[];
  readonly hint?: string;
  readonly cause?: unknown;
}

/** What one attempt did, as an exhausted chain tells it. */
export interface AttemptTrailEntry {
  readonly target: string;
  readonly outcome: string;
  readonly status?: number;
}

/** A request that fails: thrown at any depth, written once in the caller's dialect. The message is for the caller and holds no prompt text and no secret. */
export class GatewayError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly hint: string;
  readonly field: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly attempts: readonly AttemptTrailEntry[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'GatewayError';
    this.code = code;
    this.status = details.status ?? ERRORS[code].status;
    this.hint = details.hint ?? ERRORS[code].hint;
    this.field = details.field;
    this.retryAfterMs = details.retryAfterMs;
    this.attempts = details.attempts ?? [];
  }
}

/** A 400 `invalid_request` that names the field by its path. */
export function invalidField(field: string, expected: string): GatewayError {
  return new GatewayError('invalid_request', `${field}: ${expected}`, { field });
}
