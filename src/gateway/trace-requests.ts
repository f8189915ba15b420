import type { JsonObject } from '#core';
import type { PlanTarget } from '#decision';
import { looksPrivate } from '#decision-log';
import {
  isInSample,
  isTraced,
  readTraceContext,
  spanIdOf,
  type TracedAttempt,
  type TracedRequest,
  writeTraceparent,
} from '#telemetry';
import { captureAnswer, captureMessages, captureTexts } from './capture-messages.ts';
import type { FinishedRequest } from './finished-request.ts';
import type { InboundCall } from './inbound-call.ts';
import type { Progress } from './progress.ts';
import { refusedAt } from './refused-at.ts';
import { askedTexts } from './said-texts.ts';
import { knownCost } from './settle-request.ts';

const MAX_VALUE = 256;

/** A finished request as its trace is built from it; null when policy leaves it out. Pure. */
export function tracedRequest(finished: FinishedRequest): TracedRequest | null {
  const { progress, endedMs } = finished;
  const { call, served, attempts, decision, request, cache, caller } = progress;
  const { telemetry } = progress.active.snapshot.project;
  const context = progress.trace ?? readTraceContext(call.id, call.headers.traceparent);
  const facts = {
    context,
    status: progress.status,
    isCut: progress.isCut,
    fallback: served?.fallback ?? null,
    attempts: attempts.length,
    streamed: request?.stream ?? false,
    durationMs: endedMs,
    firstTokenMs: progress.firstByteMs,
  };
  if (!isTraced(telemetry, facts)) return null;
  const { snapshot } = progress.active;
  return {
    ...facts,
    id: call.id,
    startedMs: call.startedMs,
    path: fit(call.path),
    httpRoute: httpRouteOf(call),
    endpoint: call.context.endpoint,
    code: progress.errorCode,
    refusedAt: refusedAt(progress),
    revision: snapshot.revision,
    digest: snapshot.digest,
    environment: snapshot.environment,
    consumer: caller?.consumer.name ?? null,
    team: caller?.consumer.labels.team ?? null,
    route: progress.route,
    chain: decision?.kind === 'allow' ? decision.plan.chain : null,
    target: served?.target.id ?? null,
    askedModel: request === null ? null : fit(request.model),
    provider: served?.target.provider.name ?? cache.provider,
    model: served?.target.model ?? cache.model,
    maxOutputTokens: request?.maxOutputTokens ?? null,
    temperature: request?.temperature ?? null,
    choices: request?.choices ?? null,
    wantsJson: request !== null && request.responseFormat !== 'text',
    finish: progress.finish,
    usage: attempts.at(-1)?.usage ?? null,
    costMicroUsd: knownCost(progress),
    cache: { result: cache.result, ageMs: cache.ageMs, similarity: cache.similarity },
    skipped: (decision === null ? [] : decision.kind === 'allow' ? decision.plan.skipped : decision.skipped).map(
      ({ id, reason }) => ({ target: id, reason }),
    ),
    attempts: tracedAttempts(finished),
    guardrails: progress.guard?.tally.verdicts() ?? [],
    inputMessages: telemetry.contentCapture ? capture(progress, finished.body) : null,
    outputMessages: capturedAnswer(progress),
  };
}

/** The ids by which a line of the log and a trace find one another. Pure. */
export function traceIdsOf({ context }: TracedRequest): { readonly traceId: string; readonly spanId: string } {
  return { traceId: context.traceId, spanId: spanIdOf(context) };
}

/**
 * What `traceparent` the provider gets with an attempt: the span of that attempt where this process exports traces, null (and no `tracestate`) where policy keeps traces
 * inside, and undefined for the caller's own. Effect: `progress` keeps the context for the trace to come.
 */
export function traceparentOf(
  progress: Progress,
  isExporting: boolean,
): ((attempt: number) => string | null) | undefined {
  const { call, active } = progress;
  const { propagate, traceSample } = active.snapshot.project.telemetry;
  if (!propagate) return () => null;
  if (!isExporting) return undefined;
  const context = readTraceContext(call.id, call.headers.traceparent);
  progress.trace = context;
  const isRecorded = context.isRecordedByCaller || isInSample(context.traceId, traceSample);
  return (attempt) => writeTraceparent(context, spanIdOf(context, attempt), isRecorded);
}

function tracedAttempts({ progress, settlement }: FinishedRequest): readonly TracedAttempt[] {
  const { attempts, decision } = progress;
  const planned = decision?.kind === 'allow' ? decision.plan.targets : [];
  return attempts.map((attempt, index) => {
    const plan = planned.find(({ id }) => id === attempt.target) ?? null;
    const { target, outcome, status, startedMs, firstTokenMs, endedMs, usage } = attempt;
    return {
      ...{ target, outcome, status, startedMs, firstTokenMs, endedMs, usage },
      provider: plan?.provider.name ?? '',
      model: plan?.model ?? '',
      ...serverOf(plan),
      costMicroUsd: settlement?.perAttempt[index]?.costMicroUsd ?? null,
    };
  });
}

function serverOf(plan: PlanTarget | null): Pick<TracedAttempt, 'host' | 'port'> {
  const url = plan === null ? null : URL.parse(plan.provider.baseUrl);
  if (url === null || !url.protocol.startsWith('http')) return { host: null, port: null };
  return { host: url.hostname, port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) };
}

/** Gemini's callers put the model into the path; other paths are the contract's or a policy's. */
function httpRouteOf({ path, dialect }: InboundCall): string {
  const method = /^(\/v1(?:beta)?\/models\/).*:(\w+)$/.exec(path);
  return dialect.name === 'gemini' && method !== null ? `${method[1]}{model}:${method[2]}` : fit(path);
}

function fit(value: string): string {
  return value.length <= MAX_VALUE && !looksPrivate(value) ? value : '***';
}

/** A body that no dialect can read has nothing to show. */
function capture({ call, service, said }: Readonly<Progress>, body: JsonObject | null): string | null {
  if (body === null) return null;
  try {
    if (service === null) return captureMessages(call.dialect.readRequest(body, call.context).messages);
    const texts = [...askedTexts(service.inbound.readRequest(body, call.context)), ...(said?.asked ?? [])];
    return texts.length === 0 ? null : captureTexts(texts, 'user');
  } catch {
    return null;
  }
}

function capturedAnswer({ answer, said }: Readonly<Progress>): string | null {
  if (answer !== null) return captureAnswer(answer);
  return said === null || said.answered.length === 0 ? null : captureTexts(said.answered, 'assistant');
}
