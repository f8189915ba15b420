import type { DialectName, JsonObject, SkipReason } from '#core';
import type { PlanTarget } from '#decision';
import { asCount, countingDialectOf, crossingHints, type Dialect, dialectOf, spliceTopLevel } from '#dialects';
import { authHeaders } from './auth/auth.ts';
import type { CloudCredentials, CloudProof } from './auth/cloud.ts';
import type { KeyPool, PickedKey } from './auth/key-pool.ts';
import type { ExecuteCall, Inbound, ReadNeutral } from './call.ts';
import { compileHeaders, outboundHeaders, type ProviderHeaders } from './headers.ts';
import { dialectSpokenTo, outboundTarget } from './outbound-target.ts';
import { writeService } from './prepare-service.ts';
import { SANDBOX_ORIGIN, sandboxDialect } from './sandbox/sandbox-dialect.ts';
import { SANDBOX_SERVICE } from './sandbox/sandbox-service.ts';
import { sandboxBody } from './sandbox/sandbox-wire.ts';
import type { Secrets } from './secrets.ts';
import { type ServiceAnswer, serviceAnswer } from './service-answer.ts';
import type { ServiceCall } from './service-call.ts';
import { callSize } from './stream-account.ts';
import type { SendRequest } from './transport.ts';
import { writeUrl } from './write-url.ts';

type Provider = PlanTarget['provider'];

/** What reading an answer needs of the upstream's dialect. */
export type AnswerDialect = Pick<
  Dialect,
  'name' | 'readResponse' | 'readUsage' | 'streamFormat' | 'createStreamReader' | 'readError'
>;

export type Prepared =
  | {
      readonly kind: 'ready';
      readonly request: SendRequest;
      /** For calls that are signed whole: the request with its signature. */
      readonly sign: ((request: SendRequest) => Promise<SendRequest>) | null;
      readonly dialect: AnswerDialect;
      /** How the answer is read where it is no chat's. */
      readonly service: ServiceAnswer | null;
      /** Whether caller and upstream speak the same dialect. */
      readonly isSameDialect: boolean;
      readonly lost: readonly string[];
      /** What crossing leaves out without a say of the route. */
      readonly hints: readonly string[];
      /** The key that was used; null where there is none of ours. */
      readonly key: PickedKey | null;
    }
  /** The target cannot take this request; another may. `unsupported` names what its dialect cannot express. */
  | {
      readonly kind: 'skip';
      readonly reason: SkipReason;
      readonly detail: string;
      readonly unsupported: readonly string[];
    };

export interface PrepareContext {
  readonly call: ExecuteCall;
  readonly target: PlanTarget;
  readonly readNeutral: ReadNeutral;
  readonly nowMs: number;
  /** Attempts made before, at this target and in all: the sandbox's directives count them. */
  readonly attemptsAtTarget: number;
  readonly attempts: number;
}

export type Prepare = (context: PrepareContext) => Prepared;

const encoder = new TextEncoder();

/** The caller's headers with the trace context that the attempt has. */
function tracedHeaders({ headers, traceparentOf }: Inbound, attempt: number): Inbound['headers'] {
  if (traceparentOf === undefined) return headers;
  const traceparent = traceparentOf(attempt);
  if (traceparent !== null) return { ...headers, traceparent };
  const { traceparent: _parent, tracestate: _state, ...rest } = headers;
  return rest;
}

/** Creates the function that writes a request for a target. It reads secrets; parts that never change are made once per provider. */
export function createPrepare(secrets: Secrets, keys: KeyPool, cloud: CloudCredentials): Prepare {
  // Weak: they go with the snapshot whose provider they belong to.
  const compiled = new WeakMap<Provider, ProviderHeaders>();

  function headersOf(provider: Provider): ProviderHeaders {
    let known = compiled.get(provider);
    if (known === undefined) {
      known = compileHeaders(provider);
      compiled.set(provider, known);
    }
    return known;
  }

  return (context) => {
    const { call, target } = context;
    const { provider } = target;
    const { inbound } = call;
    const spoken = dialectSpokenTo(provider, inbound.dialect.name);
    const isSameDialect = spoken === inbound.dialect.name;
    const { service } = inbound;
    if (service !== undefined && spoken === 'sandbox') return prepareSandboxService(context, service);
    const isCounted = countingDialectOf(spoken) !== null && !provider.quirks.modelInPath;
    if (inbound.context.isCount === true && !isCounted) return prepareEstimate(context);
    const only = isSameDialect || service !== undefined ? [] : (context.readNeutral().sameDialectOnly ?? []);
    if (only.length > 0) return skip('capability-missing', `${only.join(', ')}: no other dialect has it`, only);
    if (spoken === 'sandbox') return prepareSandbox(context);
    const dialect = inbound.context.isCount === true ? countingDialectOf(spoken) : dialectOf(spoken);
    if (dialect === null) return skip('unsupported-dialect', spoken);

    const own = call.keyFor?.(target) ?? null;
    const proof = own === null ? cloud.proofFor(provider) : null;
    if (proof?.kind === 'missing') return skip('secret-missing', proof.problem);
    const key = own === null && proof === null ? keys.next(provider.auth) : null;
    const auth = authOf(provider, proof, own ?? key?.value ?? null);
    if (proof === null && auth.length === 0 && provider.auth.secrets.some((ref) => !ref.optional)) {
      return skip('secret-missing', provider.auth.secrets.map((ref) => secrets.problem(ref) ?? ref.id).join(', '));
    }

    const out = outboundTarget(call, target);
    const serving =
      service === undefined
        ? null
        : writeService({ service, inbound }, spoken, out, callSize(inbound.inputTokens, target));
    if (typeof serving === 'string') return skip('unsupported-dialect', serving);
    const written =
      serving?.written ??
      (isSameDialect
        ? inbound.dialect.passRequest(inbound.body, out, inbound.context)
        : dialect.writeRequest(context.readNeutral(), out));
    if (written.lost.length > 0 && call.route.unsupportedParams !== 'drop') {
      return skip('capability-missing', written.lost.join(', '), written.lost);
    }
    const body =
      serving?.body ??
      ('edits' in written
        ? spliceTopLevel(inbound.bytes, ownFields(provider, written.edits))
        : writeJson(ownFields(provider, written.body)));
    const headers = outboundHeaders({
      provider: headersOf(provider),
      secrets,
      auth,
      dialect: written.headers,
      caller: tracedHeaders(inbound, context.attempts),
      sameDialect: isSameDialect ? spoken : null,
      accept: acceptOf(dialect, inbound, serving?.answer.mayBeRaw ?? false),
      contentType: serving?.contentType ?? null,
    });
    const url = writeUrl(provider, written, out.upstreamModel, templateUse(provider, spoken, inbound));
    return {
      kind: 'ready',
      request: {
        ...url,
        headers: inbound.forward === undefined ? headers : [...headers, ...inbound.forward],
        body,
        timeouts: timeoutsOf(context),
      },
      sign: proof?.kind === 'sign' ? proof.sign : null,
      dialect,
      service: serving?.answer ?? null,
      isSameDialect: serving?.isPassed ?? isSameDialect,
      lost: written.lost,
      hints: isSameDialect || service !== undefined ? [] : crossingHints(context.readNeutral(), spoken),
      key,
    };
  };
}

/** A body or its edits with the fields that the provider wants in every one, and without the model where the path names it. */
function ownFields<T extends JsonObject>({ quirks }: Provider, fields: T): T | JsonObject {
  if (!quirks.modelInPath && Object.keys(quirks.fields).length === 0) return fields;
  return { ...fields, ...(quirks.modelInPath ? { model: undefined } : {}), ...quirks.fields };
}

function acceptOf({ streamFormat }: Dialect, { stream }: ExecuteCall['inbound'], takesAny: boolean): string {
  if (takesAny) return '*/*';
  return stream ? (streamFormat?.contentType ?? 'text/event-stream') : 'application/json';
}

/** A caller's own key for a cloud's provider goes as a bearer token, which the clouds take too. */
function authOf(provider: Provider, proof: CloudProof | null, key: string | null): readonly string[] {
  if (proof !== null) return proof.kind === 'headers' ? proof.headers : [];
  return authHeaders(provider.auth, key);
}

/** The provider's own path is that of a chat in its main dialect; calls beside chats may stand next to it. */
function templateUse(provider: Provider, spoken: DialectName, { service, context, stream }: ExecuteCall['inbound']) {
  if (spoken !== provider.dialect || context.isCount === true) return 'none';
  if (service !== undefined) return 'beside';
  return stream ? 'stream' : 'whole';
}

/** A provider without a call that counts: its tokens are estimated here, by the rule that admission goes by. */
function prepareEstimate(context: PrepareContext): Prepared {
  const { call } = context;
  const inbound = { ...call.inbound, metadata: {} };
  const prepared = prepareSandbox({ ...context, call: { ...call, inbound } });
  return prepared.kind === 'skip' ? prepared : { ...prepared, dialect: ESTIMATES };
}

const ESTIMATES: AnswerDialect = Object.freeze({
  ...sandboxDialect,
  readResponse: (body: unknown) => asCount(sandboxDialect.readResponse(body)),
});

function prepareSandbox(context: PrepareContext): Prepared {
  const { call, target } = context;
  const body = sandboxBody({
    request: { ...context.readNeutral(), model: target.upstreamModel },
    maxOutputTokens: target.maxOutputTokens,
    metadata: call.inbound.metadata,
    target: target.id,
    attempt: context.attempts + 1,
    attemptAtTarget: context.attemptsAtTarget + 1,
  });
  return {
    kind: 'ready',
    request: { origin: SANDBOX_ORIGIN, path: '/', headers: [], body, timeouts: timeoutsOf(context) },
    sign: null,
    dialect: sandboxDialect,
    service: null,
    isSameDialect: false,
    lost: [],
    hints: [],
    key: null,
  };
}

function prepareSandboxService(context: PrepareContext, { request }: ServiceCall): Prepared {
  const { call, target } = context;
  const body = sandboxBody({
    service: { ...request, model: target.upstreamModel },
    metadata: call.inbound.metadata,
    target: target.id,
    attempt: context.attempts + 1,
    attemptAtTarget: context.attemptsAtTarget + 1,
  });
  return {
    kind: 'ready',
    request: { origin: SANDBOX_ORIGIN, path: '/', headers: [], body, timeouts: timeoutsOf(context) },
    sign: null,
    dialect: sandboxDialect,
    service: serviceAnswer(SANDBOX_SERVICE, request, callSize(call.inbound.inputTokens, target)),
    isSameDialect: false,
    lost: [],
    hints: [],
    key: null,
  };
}

/** The total is cut to what the deadline leaves. Only a stream has a first token: a whole answer comes at its end. */
function timeoutsOf({ call, target, nowMs }: PrepareContext): SendRequest['timeouts'] {
  const { connectMs, firstTokenMs, idleMs, totalMs } = target.timeouts;
  const { deadlineMs } = call.plan;
  const restMs = deadlineMs === null ? null : Math.max(1, call.startedMs + deadlineMs - nowMs);
  return {
    connectMs,
    firstTokenMs: call.inbound.stream ? firstTokenMs : null,
    idleMs,
    totalMs: restMs === null ? totalMs : Math.min(restMs, totalMs ?? restMs),
  };
}

function writeJson(body: JsonObject): Uint8Array {
  return encoder.encode(JSON.stringify(body));
}

function skip(reason: SkipReason, detail: string, unsupported: readonly string[] = []): Prepared {
  return { kind: 'skip', reason, detail, unsupported };
}
