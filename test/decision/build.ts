import type { Attempt, Facts, Plan, PlanTarget, RequestFacts } from '#decision';
import type { Retry } from '#snapshot';

/** A plain chat request; fields that matter to a case are overridden. */
export function requestOf(overrides: Partial<RequestFacts> = {}): RequestFacts {
  return {
    id: 'req_test',
    endpoint: 'chat',
    dialect: 'openai-chat',
    path: '/v1/chat/completions',
    model: 'gpt-4o',
    consumer: 'app',
    labels: {},
    metadata: {},
    headers: {},
    stream: false,
    toolCount: 0,
    images: 0,
    audio: 0,
    documents: 0,
    responseFormat: 'text',
    hasReasoning: false,
    inputTokens: 100,
    maxOutputTokens: null,
    temperature: null,
    session: null,
    ip: null,
    bodyBytes: 400,
    ...overrides,
  };
}

export const NOON = Date.UTC(2026, 10, 23, 12);

/** A world in which nothing is spent, broken or missing. */
export function factsOf(overrides: Partial<Facts> = {}): Facts {
  return {
    nowMs: NOON,
    draw: 0,
    secretsMissing: new Set(),
    breakers: {},
    latencies: {},
    inFlight: {},
    counters: {},
    ...overrides,
  };
}

export const RETRY: Retry = {
  max: 2,
  on: ['rate-limit', 'server-error', 'timeout', 'network'],
  initialMs: 200,
  factor: 2,
  capMs: 5000,
  jitter: 'full',
  respectRetryAfter: true,
  maxRetryAfterMs: 20_000,
};

export const FALL_BACK_ON_ALL: PlanTarget['fallbackOn'] = [
  ...(['rate-limit', 'server-error', 'timeout', 'network', 'auth', 'malformed'] as const),
  ...(['context-overflow', 'stream-error'] as const),
];

export function targetOf(id: string, overrides: Partial<PlanTarget> = {}): PlanTarget {
  return {
    id,
    provider: {
      name: 'openai',
      dialect: 'openai-chat',
      baseUrl: 'https://api.example.com/v1',
      auth: { kind: 'none', header: null, secrets: [] },
      headers: [],
      region: null,
      dataPolicy: { trainsOnData: null, retentionMs: null },
      alsoSpeaks: [],
      onDisconnect: 'abort',
      quirks: {
        renameParams: {},
        dropParams: [],
        maxStopSequences: null,
        query: {},
        path: null,
        streamPath: null,
        modelInPath: false,
        fields: {},
        efforts: {},
        parts: {},
        modelPrefix: '',
        noStreamOptions: false,
        systemRole: null,
        other: {},
      },
    },
    model: null,
    upstreamModel: 'm',
    tier: null,
    params: {},
    maxOutputTokens: null,
    timeouts: { connectMs: null, firstTokenMs: null, idleMs: null, totalMs: null },
    retry: RETRY,
    breaker: null,
    fallbackOn: FALL_BACK_ON_ALL,
    skippedBefore: null,
    at: null,
    ...overrides,
  };
}

export function planOf(targets: readonly PlanTarget[], overrides: Partial<Plan> = {}): Plan {
  return { chain: 'c', deadlineMs: null, maxAttempts: 8, targets, skipped: [], needs: [], ...overrides };
}

export function attemptOf(target: string, outcome: Attempt['outcome'], overrides: Partial<Attempt> = {}): Attempt {
  return {
    target,
    outcome,
    status: null,
    startedMs: 0,
    firstTokenMs: null,
    endedMs: 0,
    retryAfterMs: null,
    usage: null,
    estimated: false,
    noRetry: false,
    ...overrides,
  };
}
