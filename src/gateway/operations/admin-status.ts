import type { Provider } from '#snapshot';
import type { StoredState } from '#upstream';
import type { GatewayParts } from '../gateway-parts.ts';
import type { ActivationAttempt } from '../policy-holder.ts';
import type { StoreProblem } from '../store-health.ts';
import { readinessOf } from './health.ts';
import { reportDiagnostic } from './report-diagnostic.ts';
import { missingSecret, targetsOf } from './target-needs.ts';

/** What one target needs and how it is. */
export interface TargetStatus {
  /** `chain/target`. */
  readonly id: string;
  readonly provider: string;
  readonly model: string | null;
  readonly status: 'ready' | 'secret-missing' | 'unsupported' | 'breaker-open' | 'breaker-half-open';
  /** What is missing, in words; null when ready. */
  readonly problem: string | null;
}

/** What `/admin/status` says of this process. */
export async function statusReport(parts: GatewayParts) {
  const active = parts.policies.current();
  const { snapshot } = active;
  const attempted = parts.policies.attempted();
  return {
    ...readinessOf(parts),
    digest: snapshot.digest,
    environment: snapshot.environment,
    version: parts.version,
    pid: process.pid,
    activatedAt: new Date(active.activatedAtMs).toISOString(),
    fromLastGood: parts.policies.isFromDisk(),
    revisions: await revisionsOf(parts),
    attempted: reportAttempt(attempted),
    findings: attempted.diagnostics.map(reportDiagnostic),
    uptimeSeconds: Math.floor((parts.nowMs() - parts.startedAtMs) / 1000),
    counts: {
      routes: snapshot.routes.size,
      chains: snapshot.chains.size,
      consumers: snapshot.consumers.size,
      budgets: snapshot.budgets.size,
      inFlight: parts.lifecycle.inFlight(),
      recordsDropped: parts.records?.dropped() ?? null,
      usageDropped: parts.usage.dropped(),
    },
    budgetStore: reportStore(parts.storeProblem()),
    targets: await targetStatuses(parts),
    storedSecrets: parts.storedSecrets().map(reportStored),
  };
}

/** The revisions that were in service here, newest first; null when the data directory cannot be read. */
async function revisionsOf({ policies }: GatewayParts) {
  const kept = await policies.revisions().catch(() => null);
  if (kept === null) return null;
  return kept.map(({ digest, sinceMs }) => ({
    revision: digest.slice(0, 12),
    digest,
    since: new Date(sinceMs).toISOString(),
  }));
}

/** Whether budgets can be read and charged. Pure. */
function reportStore(problem: StoreProblem | null) {
  if (problem === null) return { status: 'ready', since: null, problem: null };
  return { status: 'lost', since: new Date(problem.sinceMs).toISOString(), problem: problem.detail };
}

/** A secret of a store, by name, version and times. Pure. */
function reportStored({ store, name, version, createdAtMs, checkedAtMs, problem, isKept }: StoredState) {
  const at = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());
  return { store, name, version, createdAt: at(createdAtMs), checkedAt: at(checkedAtMs), isKept, problem };
}

/** A try to put a tree into service, as the HTTP contract shows it. Pure. */
export function reportAttempt(attempt: ActivationAttempt) {
  return {
    at: new Date(attempt.atMs).toISOString(),
    trigger: attempt.trigger,
    accepted: attempt.accepted,
    changed: attempt.changed,
    attempted: attempt.digest,
    tree: attempt.tree,
    compileMs: attempt.compileMs,
    diagnostics: attempt.diagnostics.map(reportDiagnostic),
  };
}

/** Every target of every chain with what keeps it from being called. */
export async function targetStatuses(parts: GatewayParts): Promise<readonly TargetStatus[]> {
  const { snapshot } = parts.policies.current();
  const breakers = await parts.store.openBreakers();
  const statuses: TargetStatus[] = [];
  for (const { id, provider, model } of targetsOf(snapshot)) {
    statuses.push({ id, provider: provider.name, model, ...healthOfTarget(parts, provider, breakers[id]) });
  }
  return statuses;
}

function healthOfTarget(
  parts: GatewayParts,
  provider: Provider,
  breaker: 'open' | 'half-open' | undefined,
): Pick<TargetStatus, 'status' | 'problem'> {
  if (parts.policies.current().unsupportedProviders.has(provider.name)) {
    return {
      status: 'unsupported',
      problem: `this version does not speak ${provider.dialect} with ${provider.auth.kind}`,
    };
  }
  const problem = missingSecret(parts.secrets, provider);
  if (problem !== null) return { status: 'secret-missing', problem };
  if (breaker === undefined) return { status: 'ready', problem: null };
  const says = breaker === 'open' ? 'the breaker keeps calls away after failures' : 'the next call tries it again';
  return { status: `breaker-${breaker}`, problem: says };
}
