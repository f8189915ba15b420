import { applyVerdict, blockedBy, type GuardCheck, type GuardRun, type RemoteCheck, type Verdict } from '#guardrails';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { REMOTES } from './remote/services.ts';
import type { Turn } from './request-texts.ts';

/**
 * Asks every remote check of the stage, all at once, each within its own time. No answer in time, or none that can be read, is no verdict: then `onError`
 * says what follows. Throws `guardrail_blocked`.
 */
export async function askRemotes(
  parts: GatewayParts,
  progress: Progress,
  run: GuardRun,
  turns: readonly Turn[],
): Promise<void> {
  const { remotes, stage } = run.guard;
  if (remotes.length === 0) return;
  const asked = remotes.map((check) => ask(parts, progress, check, { stage, turns }));
  const verdicts = await Promise.all(asked);
  // All are noted before one of them ends the request.
  let blocked: unknown = null;
  for (const [index, check] of remotes.entries()) {
    try {
      conclude(run, check, verdicts[index] ?? null);
    } catch (error) {
      blocked ??= error;
    }
  }
  if (blocked !== null) throw blocked;
}

async function ask(
  parts: GatewayParts,
  progress: Progress,
  check: GuardCheck<RemoteCheck>,
  subject: { readonly stage: 'input' | 'output'; readonly turns: readonly Turn[] },
): Promise<Verdict | null> {
  const { service, settings, timeoutMs } = check.compiled;
  const remote = REMOTES.get(service);
  const { guardrail, id } = check;
  try {
    if (remote === undefined) throw new Error(`this version does not know the service ${service}`);
    const signal = AbortSignal.timeout(timeoutMs);
    const verdict = remote({ parts, progress, guardrail, check: id, settings, signal, ...subject });
    return await Promise.race([verdict, timeUp(signal)]);
  } catch (error) {
    const problem = error instanceof Error ? error.message : 'unknown';
    parts.log.warn(
      { guardrail, check: id, service, problem, requestId: progress.call.id },
      'a remote check gave no verdict',
    );
    return null;
  }
}

/** Rejects when the time is up: not all that a service waits for, such as credentials, can be called off. */
function timeUp(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}

function conclude(run: GuardRun, check: GuardCheck<RemoteCheck>, verdict: Verdict | null): void {
  if (verdict !== null && verdict.kind !== 'not-evaluated') {
    applyVerdict(run, check, verdict);
    return;
  }
  const { stage } = run.guard;
  run.tally.note(stage, check, check.onError === 'flag' ? 'flag' : 'not_evaluated', check.onError === 'flag' ? 1 : 0);
  if (check.onError === 'block') throw blockedBy(stage, check, 'gave no verdict in time and so refuses');
}
