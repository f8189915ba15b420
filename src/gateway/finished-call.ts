import { stickyDraws } from '#decision';
import type { FinishedCall } from '#decision-log';
import type { CacheUse } from './cache/cache-use.ts';
import type { FinishedRequest } from './finished-request.ts';
import { promptPrefix } from './prompt-prefix.ts';

/** A finished request as its record is built from it. Pure. */
export function finishedCall({ progress, settlement, counters, body, endedMs }: FinishedRequest): FinishedCall {
  const { call, snapshot, request, served } = progress;
  return {
    id: call.id,
    startedMs: call.startedMs,
    endpoint: call.context.endpoint,
    dialect: call.dialect.name,
    path: call.path,
    // An inline plan's snapshot holds the caller's own chain; what stands in the record is the revision in service.
    snapshot: progress.active.snapshot,
    request,
    keyId: progress.caller?.keyId ?? null,
    body,
    prefix: promptPrefix(call, body, progress.active.snapshot.project.recording.prefixChars),
    route: progress.route,
    facts: progress.facts,
    stickyDraws: request === null ? {} : stickyDraws(snapshot, request),
    decision: progress.decision,
    isInline: progress.isInline,
    attempts: progress.attempts,
    served:
      served === null
        ? null
        : { target: served.target, fallback: served.fallback, dropped: served.dropped, hints: served.hints },
    lost: [...progress.lost],
    settlement,
    cache: progress.cache.result === 'off' ? null : recordedCache(progress.cache),
    guardrails: progress.guard?.tally.verdicts() ?? [],
    status: progress.status,
    code: progress.errorCode,
    finish: progress.finish,
    isComplete: !progress.isCut && progress.status < 400,
    firstByteMs: progress.firstByteMs,
    durationMs: endedMs,
    alerts: counters.flatMap(({ budget, limit, before, after }) =>
      (snapshot.budgets.get(budget)?.alertAt ?? [])
        .filter((share) => before < share * limit && after >= share * limit)
        .map((share) => `${budget} ${Math.round(share * 100)}%`),
    ),
  };
}

function recordedCache(use: CacheUse): FinishedCall['cache'] {
  const { result, ageMs, similarity, savedMicroUsd, matched, shadow, provider, model } = use;
  const lookup = {
    result,
    ageMs,
    ...(similarity === null ? {} : { similarity }),
    ...(matched === null ? {} : { matched }),
    ...(savedMicroUsd === null ? {} : { savedMicroUsd }),
    ...(shadow === null ? {} : { shadow }),
  };
  return { lookup, provider, model };
}
