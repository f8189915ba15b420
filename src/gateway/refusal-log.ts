import type { ForbiddenAddress } from '#network';
import type { Log } from './gateway-parts.ts';

const AGAIN_AFTER_MS = 60_000;
const MAX_HOSTS = 1000;

/** Logs names that lead where they may not, each host once a minute. Effect: lines at level `warn`. */
export function refusalLog(log: Pick<Log, 'warn'>, nowMs: () => number): (refusal: ForbiddenAddress) => void {
  const loggedAtMs = new Map<string, number>();
  return ({ host, message }) => {
    const now = nowMs();
    if (now - (loggedAtMs.get(host) ?? Number.NEGATIVE_INFINITY) < AGAIN_AFTER_MS) return;
    if (loggedAtMs.size >= MAX_HOSTS) loggedAtMs.clear();
    loggedAtMs.set(host, now);
    log.warn({ host, problem: message }, 'a name leads where no connection may be made');
  };
}
