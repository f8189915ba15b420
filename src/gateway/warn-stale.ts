import type { GatewayParts } from './gateway-parts.ts';

const EVERY_MS = 3_600_000;

/** Creates the check that says, once an hour, that an old revision has served for longer than the policies find good (`onStale`). */
export function createStaleWarning(parts: GatewayParts): () => void {
  let warnedAtMs = Number.NEGATIVE_INFINITY;
  return () => {
    const rejected = parts.policies.rejected();
    const { afterMs, then: reaction } = parts.policies.current().snapshot.project.onStale;
    const nowMs = parts.nowMs();
    if (rejected === null || reaction === 'serve') return;
    if (nowMs - rejected.sinceMs < afterMs || nowMs - warnedAtMs < EVERY_MS) return;
    warnedAtMs = nowMs;
    parts.log.warn(
      { refusedSince: new Date(rejected.sinceMs).toISOString(), reaction },
      'an old revision still serves; the policies as written are refused',
    );
  };
}
