import type { Diagnostic } from '#core';
import type { Provider } from '#snapshot';
import type { Secrets } from '#upstream';
import type { ActivePolicies } from './active-policies.ts';
import type { Log } from './gateway-parts.ts';
import type { ActivationAttempt } from './policy-holder.ts';

// A tree broken by one wrong folder can have thousands of findings; /readyz has them all.
const MAX_LINES = 20;

/**
 * Says which revision serves from now on, and which targets will be skipped for want of a secret: the first thing to know when an answer comes from elsewhere. A reload
 * says only what it has changed about them.
 */
export function activationLog(
  log: Log,
  secrets: Secrets,
): (active: ActivePolicies, attempt: ActivationAttempt) => void {
  let told: ReadonlyMap<string, string> = new Map();
  return (active, { trigger, compileMs, changed }) => {
    const { revision, environment } = active.snapshot;
    log.info({ revision, environment, trigger, compileMs, changed }, 'policies in service');
    const skipped = skippedTargets(secrets, active);
    for (const [problem, targets] of skipped) {
      if (told.get(problem) !== targets) log.warn({ problem, targets }, 'targets are skipped');
    }
    told = skipped;
  };
}

/** What keeps targets from being called, each with their names. */
function skippedTargets(secrets: Secrets, active: ActivePolicies): ReadonlyMap<string, string> {
  const skipped = new Map<string, string>();
  for (const { target, provider } of chainTargets(active)) {
    const why = problemOf(secrets, active, provider);
    if (why === null) continue;
    const others = skipped.get(why);
    skipped.set(why, others === undefined ? target : `${others}, ${target}`);
  }
  return skipped;
}

/** Why a provider cannot be called now; null when it can. */
function problemOf(secrets: Secrets, active: ActivePolicies, provider: Provider): string | null {
  if (active.unsupportedProviders.has(provider.name)) {
    const { dialect, auth } = provider;
    return `this version cannot call ${provider.name}: ${dialect} with ${auth.kind}`;
  }
  const problems = provider.auth.secrets.map((ref) => (ref.optional ? null : secrets.problem(ref)));
  return problems.length === 0 || problems.includes(null) ? null : problems.join('; ');
}

/** Says that a tree was refused, and why; the old revision serves on. */
export function logRejection(log: Log, { trigger, diagnostics }: ActivationAttempt): void {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  log.warn(
    { trigger, errors: errors.length, findings: errors.slice(0, MAX_LINES).map(lineOf) },
    'policies refused; the revision in service stays',
  );
}

function lineOf({ file, line, column, rule, message }: Diagnostic): string {
  return `${file}:${line}:${column} ${rule} ${message}`;
}

function chainTargets({ snapshot }: ActivePolicies) {
  return [...snapshot.chains.values()].flatMap((chain) =>
    chain.targets.flatMap(({ id, use }) => {
      if (use.kind === 'chain') return [];
      const name = use.kind === 'provider' ? use.provider : snapshot.models.get(use.model)?.provider;
      const provider = snapshot.providers.get(name ?? '');
      return provider === undefined ? [] : [{ target: `${chain.name}/${id}`, provider }];
    }),
  );
}
