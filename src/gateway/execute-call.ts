import type { Decision } from '#decision';
import { healthOf } from '#decision';
import { createTextMeter, estimateTokens } from '#dialects';
import type { RenderedPrompt, Route } from '#snapshot';
import type { Cancellation, ExecuteCall, Executed, Inbound } from '#upstream';
import { raiseForAttempt } from './admit-request.ts';
import { capturesContent } from './captures-content.ts';
import type { InlineChain } from './compat/portkey-chain.ts';
import type { GatewayParts } from './gateway-parts.ts';
import { readsAnswers } from './guard/guard-use.ts';
import type { Progress } from './progress.ts';
import { callPlan } from './route-call.ts';
import { traceparentOf } from './trace-requests.ts';

/** Sends a request along its plan, and keeps `progress` and the store told of every attempt. */
export function executeCall(
  parts: GatewayParts,
  progress: Progress,
  decision: Extract<Decision, { kind: 'allow' }>,
  route: Route,
  inline: InlineChain | null,
  cancellation: Cancellation,
  form: ExecuteCall['form'],
): Promise<Executed> {
  return parts.upstream.execute(outboundCall(parts, progress, decision, route, inline, cancellation, form));
}

/** A request as it goes along its plan. */
export function outboundCall(
  parts: GatewayParts,
  progress: Progress,
  decision: Extract<Decision, { kind: 'allow' }>,
  route: Route,
  inline: InlineChain | null,
  cancellation: Cancellation,
  form: ExecuteCall['form'],
): ExecuteCall {
  const { call } = progress;
  const { store } = parts;
  const own: Pick<ExecuteCall, 'keyFor'> = inline === null ? {} : { keyFor: ({ id }) => inline.keys.get(id) ?? null };
  return {
    ...own,
    requestId: call.id,
    startedMs: call.startedMs,
    plan: callPlan(decision, inline),
    route: { prompt: progress.prompt, unsupportedParams: route.unsupportedParams },
    inbound: { ...inboundOf(progress, inline), traceparentOf: traceparentOf(progress, parts.isTracing) },
    models: progress.snapshot.models,
    form: formOf(progress, form),
    cancellation,
    beforeFurtherAttempt: (attempts) => raiseForAttempt(parts, progress, decision, attempts),
    onAttemptStarted(target) {
      // A caller's own key or host says nothing about the target that others use.
      if (inline === null) store.attemptStarted(target.id, target.breaker);
    },
    onAttemptEnded(target, attempt) {
      progress.attempts = [...progress.attempts, attempt];
      if (inline !== null) return;
      const endMs = attempt.firstTokenMs ?? attempt.endedMs;
      store.attemptEnded({
        target: target.id,
        health: healthOf(attempt.outcome),
        latencyMs: attempt.outcome === 'ok' ? endMs - attempt.startedMs : null,
        breaker: target.breaker,
      });
    },
  };
}

/** Where somebody reads along, the answer is needed in the neutral form too. */
function formOf(progress: Progress, form: ExecuteCall['form']): ExecuteCall['form'] {
  if (progress.call.framing === 'json-array' || readsAnswers(progress.guard)) return 'events';
  return form === 'bytes' && capturesContent(progress) ? 'both' : form;
}

function inboundOf(
  { call, request, shape, service, body, bytes, prompt }: Progress,
  inline: InlineChain | null,
): Inbound {
  return {
    dialect: call.dialect,
    context: call.context,
    body: body ?? {},
    bytes,
    headers: call.headers as Readonly<Record<string, string>>,
    stream: shape?.stream ?? false,
    streamUsage: shape?.streamUsage ?? false,
    inputTokens: (request?.inputTokens ?? 0) + promptTokens(prompt),
    metadata: request?.metadata ?? {},
    ...(service === null ? {} : { service }),
    ...(inline === null || inline.forward.length === 0 ? {} : { forward: inline.forward }),
  };
}

/** About what the route's own words cost, where a provider does not say. */
function promptTokens({ prepend, append }: RenderedPrompt): number {
  if (prepend === null && append === null) return 0;
  const meter = createTextMeter();
  meter.add(prepend ?? '');
  meter.add(append ?? '');
  return estimateTokens(meter.length(), 1);
}
