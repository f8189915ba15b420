import { formatUsd, inputTokens, outputTokens } from '#core';
import type { Logger } from './logger.ts';
import type { MeasuredRequest } from './measured-request.ts';

/** Writes the one line that every request has: who, where to, how it ended, how long it took, what it cost. No text of the caller's. With the ids of its trace, where one is exported, and the line of policy that refused it, where one did. Effect: a line at level `info`. */
export function logAccess(
  log: Pick<Logger, 'info'>,
  requestId: string,
  request: MeasuredRequest,
  trace: { readonly traceId: string; readonly spanId: string } | null = null,
  refusedAt: string | null = null,
): void {
  const { usage, costMicroUsd, attempts, durationMs, firstTokenMs, overheadMs } = request;
  log.info(
    {
      requestId,
      status: request.status,
      ...(request.code === null ? {} : { code: request.code }),
      ...(refusedAt === null ? {} : { policy: refusedAt }),
      operation: request.operation,
      ...named({ consumer: request.consumer, route: request.route, provider: request.provider, model: request.model }),
      ...(request.streamed ? { streamed: true } : {}),
      ...(request.fallback === null ? {} : { fallback: request.fallback }),
      attempts: attempts.length,
      durationMs: rounded(durationMs),
      ...(firstTokenMs === null ? {} : { firstTokenMs: rounded(firstTokenMs) }),
      overheadMs: rounded(overheadMs),
      ...(usage === null ? {} : { inputTokens: inputTokens(usage), outputTokens: outputTokens(usage) }),
      ...trace,
      ...(costMicroUsd === null ? {} : { costUsd: formatUsd(costMicroUsd) }),
    },
    'request',
  );
}

/** The names that are known; nothing stands for what a refused request never reached. */
function named(names: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(names).filter(([, name]) => name !== ''));
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
