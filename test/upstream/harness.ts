import { createReach } from '#network';
import type { NeutralEvent } from '../../src/core/index.ts';
import type { Attempt, Plan, PlanTarget } from '../../src/decision/index.ts';
import { dialectOf, inboundService, shapeOfService } from '../../src/dialects/index.ts';
import {
  type Cancellation,
  createCancellation,
  createSecrets,
  createUpstream,
  type ExecuteCall,
  type Executed,
  type StreamEnd,
  type Upstream,
  type UpstreamOptions,
} from '../../src/upstream/index.ts';

type Provider = PlanTarget['provider'];
type Timeouts = PlanTarget['timeouts'];

export const NO_TIMEOUTS: Timeouts = { connectMs: 2000, firstTokenMs: null, idleMs: null, totalMs: 10_000 };

export interface TargetFields {
  readonly url: string;
  readonly dialect?: Provider['dialect'];
  readonly auth?: Provider['auth'];
  readonly provider?: Partial<Provider>;
  readonly quirks?: Partial<Provider['quirks']>;
  readonly timeouts?: Partial<Timeouts>;
  readonly retries?: number;
  readonly retryOn?: PlanTarget['retry']['on'];
  readonly target?: Partial<PlanTarget>;
}

/** A plan target as `decide` would make it: no retries and no key unless asked for. */
export function planTarget(id: string, fields: TargetFields): PlanTarget {
  return {
    id,
    provider: {
      name: id,
      dialect: fields.dialect ?? 'openai-chat',
      baseUrl: `${fields.url}/v1`,
      auth: fields.auth ?? { kind: 'none', header: null, secrets: [] },
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
        ...fields.quirks,
      },
      ...fields.provider,
    },
    model: null,
    upstreamModel: 'gpt-4o-2024-11-20',
    tier: null,
    params: {},
    maxOutputTokens: null,
    fallbackOn: [
      'rate-limit',
      'server-error',
      'timeout',
      'network',
      'auth',
      'malformed',
      'context-overflow',
      'stream-error',
    ],
    skippedBefore: null,
    at: null,
    timeouts: { ...NO_TIMEOUTS, ...fields.timeouts },
    retry: {
      max: fields.retries ?? 0,
      on: fields.retryOn ?? ['rate-limit', 'server-error', 'timeout', 'network'],
      initialMs: 20,
      factor: 2,
      capMs: 100,
      jitter: 'none',
      respectRetryAfter: true,
      maxRetryAfterMs: 5000,
    },
    breaker: null,
    ...fields.target,
  };
}

export function planOf(targets: readonly PlanTarget[], fields: Partial<Plan> = {}): Plan {
  return { chain: 'premium', deadlineMs: null, maxAttempts: 8, targets, skipped: [], needs: [], ...fields };
}

export interface CallFields extends Omit<Partial<ExecuteCall>, 'inbound'> {
  readonly dialect?: Provider['dialect'];
  readonly body?: Readonly<Record<string, unknown>>;
  /** The body exactly as sent, in place of `body`. */
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly endpoint?: ExecuteCall['inbound']['context']['endpoint'];
}

export const HELLO = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] };

export function callOf(plan: Plan, fields: CallFields = {}): ExecuteCall {
  const { dialect: name = 'openai-chat', endpoint = 'chat', headers = {}, metadata = {}, body, text, ...rest } = fields;
  const dialect = dialectOf(name);
  if (dialect === null) throw new Error(`no dialect ${name}`);
  const bytes = new TextEncoder().encode(text ?? JSON.stringify(body ?? HELLO));
  const parsed = JSON.parse(new TextDecoder().decode(bytes)) as Readonly<Record<string, unknown>>;
  const context = { endpoint, pathModel: null, pathStream: null };
  const inbound = endpoint === 'embeddings' ? inboundService(name, 'embeddings') : null;
  const request = inbound?.readRequest(parsed, context) ?? null;
  const shape = request === null ? dialect.readShape(parsed, context) : shapeOfService(request);
  const service =
    inbound === null || request === null
      ? {}
      : { service: { name: 'embeddings' as const, inbound, request, upload: null } };
  return {
    requestId: 'req_test',
    startedMs: Date.now(),
    plan,
    route: { prompt: { prepend: null, append: null }, unsupportedParams: 'drop' },
    inbound: {
      dialect,
      context,
      body: parsed,
      bytes,
      headers,
      stream: shape.stream,
      streamUsage: shape.streamUsage,
      inputTokens: 7,
      metadata,
      ...service,
    },
    models: new Map(),
    form: 'bytes',
    cancellation: createCancellation(),
    ...rest,
  };
}

export function upstreamOf(
  options: Partial<UpstreamOptions> & { readonly env?: Readonly<Record<string, string>> } = {},
): Upstream {
  const { env = {}, ...rest } = options;
  const secrets = createSecrets({ env, readFile: () => '', nowMs: Date.now });
  return createUpstream({ secrets, reach: createReach(), env, nowMs: Date.now, draw: () => 0.5, ...rest });
}

/** What a caller would have got of a stream. */
export interface Taken {
  readonly text: string;
  readonly events: readonly NeutralEvent[];
  readonly end: StreamEnd;
}

/** Reads a stream to its end. */
export async function take(executed: Executed): Promise<Taken> {
  if (executed.kind !== 'stream') throw new Error(`expected a stream, not ${describe(executed)}`);
  const pieces: Uint8Array[] = [];
  const events: NeutralEvent[] = [];
  const end = await executed.stream.start({
    bytes: (bytes) => pieces.push(bytes) > 0,
    events: (list) => events.push(...list) > 0,
    onDrain: () => undefined,
  });
  if (end.terminator !== null) pieces.push(end.terminator);
  return { text: Buffer.concat(pieces).toString('utf8'), events, end };
}

/** The answer of a JSON call, parsed. */
export function jsonOf(executed: Executed) {
  if (executed.kind !== 'json' || executed.bytes === null) throw new Error(`expected bytes, not ${describe(executed)}`);
  return JSON.parse(Buffer.from(executed.bytes).toString('utf8'));
}

export function failureOf(executed: Executed): Extract<Executed, { kind: 'failed' }> {
  if (executed.kind !== 'failed') throw new Error(`expected a failure, not ${describe(executed)}`);
  return executed;
}

/** The trail in short: `target outcome`, with the status where there was one. */
export function trailOf(attempts: readonly Attempt[]): readonly string[] {
  return attempts.map(({ target, outcome, status }) => `${target} ${outcome}${status === null ? '' : ` ${status}`}`);
}

function describe(executed: Executed): string {
  if (executed.kind === 'failed') return `failed: ${executed.error.code} ${executed.error.message}`;
  return executed.kind;
}

export type { Cancellation };
