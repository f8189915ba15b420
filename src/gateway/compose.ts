import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { loadCatalog } from '#catalog';
import { createChannel, requestId, VERSION } from '#core';
import { advanceBreaker, breakerView, CLOSED_BREAKER } from '#decision';
import { openRecorder } from '#decision-log';
import { createGuardedAgent, createReach, type ResolveAll } from '#network';
import { cannotCheck, loadPolicies } from '#policy';
import { createStore, createUsageLedger } from '#state';
import { isTelemetryDisabled, logAccess, openMetrics, openOtlp, openProcessLog } from '#telemetry';
import { createUpstream, supportedAuthKinds, supportedDialects } from '#upstream';
import { openAlerts } from './alerts/open-alerts.ts';
import { trafficSample } from './alerts/traffic-sample.ts';
import { openCacheParts } from './cache/open-cache-parts.ts';
import { compileTree } from './compile-tree.ts';
import { endLeases, recoverAccounts } from './end-leases.ts';
import { createFailedKeys, FAILED_KEY_LIMITS } from './failed-keys.ts';
import { finishedCall } from './finished-call.ts';
import { chargedCounters, type FinishedRequest } from './finished-request.ts';
import { type GatewayOptions, StartError } from './gateway-options.ts';
import type { GatewayParts, Log } from './gateway-parts.ts';
import { leaseEntry } from './hold-memo.ts';
import { keepLeases } from './keep-leases.ts';
import { createKeptRevisions } from './kept-revisions.ts';
import { createLastGood } from './last-good.ts';
import { createLifecycle } from './lifecycle.ts';
import { activationLog, logRejection } from './log-activation.ts';
import { logStoreEvent } from './log-store-event.ts';
import { logThreshold } from './log-threshold.ts';
import { logUsageEvent } from './log-usage-event.ts';
import { knownNames, measuredRequest } from './measure-requests.ts';
import { openSecrets } from './open-secrets.ts';
import { bootPolicies } from './policy-holder.ts';
import { recoverUsage } from './recover-usage.ts';
import { refusalLog } from './refusal-log.ts';
import { refusedAt } from './refused-at.ts';
import { secretStoreStates } from './secret-store-states.ts';
import { createStoreHealth } from './store-health.ts';
import { tracedRequest, traceIdsOf } from './trace-requests.ts';
import { TRANSPORT_LIMITS } from './transport-limits.ts';
import { usageEntry } from './usage-entry.ts';
import { type BudgetThreshold, createThresholdWatch } from './watch-thresholds.ts';

/** The parts of a gateway, and how to let go of them. */
export interface Composed {
  readonly parts: GatewayParts;
  readonly close: () => Promise<void>;
}

/** What a gateway does not decide itself: the time of day, draws in [0, 1), and where names lead (the system's look-up by default). */
export interface Chance {
  readonly nowMs: () => number;
  readonly draw: () => number;
  readonly resolve?: ResolveAll;
}

const REAL: Chance = Object.freeze({ nowMs: Date.now, draw: Math.random });

const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Makes every part of a gateway and puts the policies into service; the one place where parts meet. Rejects with StartError. */
export async function compose(options: GatewayOptions, chance: Chance = REAL): Promise<Composed> {
  const { environment, env = process.env } = options;
  const { nowMs, draw } = chance;
  const dataDir = options.dataDir ?? '.signalbox';
  const ownLog: Log = options.log ?? processLog();
  const owner = `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
  const otlp = await openOtlp({
    env,
    version: VERSION,
    environment,
    instance: owner,
    onProblem: (fields, text) => ownLog.warn(fields, text),
  });
  const log: Log = otlp?.log == null ? ownLog : bothLogs(ownLog, otlp.log);
  const reach = createReach({
    onRefused: refusalLog(log, nowMs),
    ...(chance.resolve === undefined ? {} : { resolve: chance.resolve }),
  });
  const opened = openSecrets({ env, nowMs, draw, log, reach });
  const { secrets } = opened;
  const dialects = supportedDialects();
  const catalog = loadCatalog();
  let rejected = 0;
  const boot = await bootPolicies({
    load: () => loadPolicies(options.policies),
    compile: (tree) => compileTree(tree, environment, catalog, nowMs),
    support: { canSpeak: (name) => dialects.includes(name), authKinds: supportedAuthKinds() },
    lastGood: createLastGood(dataDir, environment),
    kept: createKeptRevisions(dataDir, environment),
    nowMs,
    prepare: opened.prepare,
    onActivated: activationLog(log, secrets),
    onRejected(attempt) {
      rejected += 1;
      logRejection(log, attempt);
    },
    onDiskProblem: (error) =>
      log.error(
        { problem: error instanceof Error ? error.message : String(error) },
        'revisions in service cannot be kept on disk',
      ),
  });
  if (boot.kind === 'refused') {
    const { diagnostics } = boot.attempt;
    opened.close();
    const what = cannotCheck(diagnostics) ? 'there are no policies to serve' : 'the policies do not compile';
    throw new StartError(`${what}, and there is no last good revision`, diagnostics);
  }
  const { holder } = boot;
  const usage = createUsageLedger({
    dataDir,
    timezone: () => holder.current().snapshot.project.timezone ?? 'UTC',
    onEvent: (event) => logUsageEvent(log, event),
    // What a store does not hear of is told again, and changes nothing then.
    onWritten: (keys) => void store.accounted(keys).catch(() => undefined),
  });
  const upstream = createUpstream({ secrets, reach, env, nowMs, draw });
  const storeHealth = createStoreHealth(nowMs);
  const store = await createStore({
    url: options.storeUrl ?? null,
    dataDir,
    durability: options.durability ?? null,
    keeper: usage.id,
    clock: { nowMs },
    breaker: { closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView },
    onEvent(event) {
      storeHealth.hear(event);
      if (event.kind !== 'lease-undone') return logStoreEvent(log, event);
      const entry = leaseEntry(event.end, 'undone');
      if (entry !== null) usage.add(entry);
    },
  });
  const cache = await openCacheParts({
    url: env.SIGNALBOX_CACHE_REDIS_URL || (options.storeUrl ?? null),
    dataDir,
    nowMs,
    sealKey: env.SIGNALBOX_CACHE_KEY ?? null,
  });
  const finished = createChannel<FinishedRequest>('request-finished');
  const thresholds = createChannel<BudgetThreshold>('budget-threshold');
  const watchThresholds = createThresholdWatch({
    ...{ store, channel: thresholds, nowMs },
    onProblem: (error) => log.error({ err: error }, 'a share that a budget has reached could not be told'),
  });
  const records = await openRecorder({
    dataDir,
    directory: join(dataDir, 'records'),
    gatewayVersion: VERSION,
    recording: () => boot.holder.current().snapshot.project.recording,
    nowMs,
    pid: process.pid,
    onProblem: (error, text) => log.error({ err: error }, text),
  });
  const metrics = openMetrics({
    version: VERSION,
    known: knownNames(() => holder.current().snapshot),
    policies() {
      const { revision, digest, environment: name } = holder.current().snapshot;
      const lastReloadSuccessful = holder.rejected() === null;
      return { revision, digest, environment: name, lastReloadSuccessful, rejected, recordsDropped: records.dropped() };
    },
    secretStores: () => secretStoreStates(opened.stored(), nowMs()),
    ...(otlp === null ? {} : { exportsDropped: otlp.dropped }),
    isMeasuring: !isTelemetryDisabled(env),
    push: otlp?.metrics ?? null,
    nowMs,
  });
  options.siblings?.offer(metrics.post);
  finished.subscribe((request) => {
    const entry = usageEntry(request.progress);
    if (entry !== null) usage.add(entry);
  });
  finished.subscribe((request) => void records.record(finishedCall(request)));
  finished.subscribe((request) => {
    const measured = measuredRequest(request);
    const traced = otlp?.trace == null ? null : tracedRequest(request);
    const ids = traced === null ? null : traceIdsOf(traced);
    logAccess(log, request.progress.call.id, measured, ids, refusedAt(request.progress));
    metrics.measure(measured, ids);
    if (traced !== null) otlp?.trace?.(traced);
  });
  finished.subscribe((request) => void watchThresholds(request.progress.active.snapshot, chargedCounters(request)));
  thresholds.subscribe((threshold) => {
    logThreshold(log, holder.current().snapshot, threshold);
    metrics.budgetReached(threshold);
  });
  const alerts = await openAlerts({
    parts: { policies: holder, store, storedSecrets: opened.stored, usage, nowMs, log, owner, records, secrets },
    dataDir,
    storeUrl: options.storeUrl ?? null,
    reach,
  });
  finished.subscribe((request) => alerts.runner.add(trafficSample(request)));
  const parts: GatewayParts = {
    version: VERSION,
    owner,
    alerts,
    policies: boot.holder,
    secrets,
    storedSecrets: opened.stored,
    store,
    storeProblem: storeHealth.problem,
    cache,
    upstream,
    services: createGuardedAgent(reach),
    log,
    lifecycle: createLifecycle(),
    records,
    usage,
    metrics,
    siblings: options.siblings ?? null,
    isTracing: otlp?.trace != null,
    finished,
    thresholds,
    watchThresholds,
    leases: keepLeases(store, (error) => log.warn({ err: error }, 'leases of holds cannot be renewed now')),
    adminToken: options.adminToken || null,
    maxBodyBytes: options.maxBodyBytes ?? MAX_BODY_BYTES,
    dataDir,
    failedKeys: createFailedKeys({ ...FAILED_KEY_LIMITS, ...options.failedKeys }, nowMs),
    limits: { ...TRANSPORT_LIMITS, ...options.limits },
    startedAtMs: nowMs(),
    nowMs,
    draw,
    newId: () => requestId(nowMs(), randomUUID()),
  };
  // What a killed process held stands in nobody's way any more than its lease says.
  await endLeases(parts);
  await recoverAccounts(parts, 0);
  // Records know less than what the store has kept.
  const recovered = recoverUsage({ records, usage, snapshot: () => holder.current().snapshot, log });
  return {
    parts,
    async close() {
      opened.close();
      await alerts.runner.close();
      await alerts.outbox.close();
      await upstream.close();
      parts.leases.close();
      // The store is told what is written before it goes.
      await usage.flush();
      await store.close();
      await cache.close();
      await recovered;
      await records.close();
      await usage.close();
      await Promise.all([metrics.close(), otlp?.close()]);
    },
  };
}

/** Every line to both; each masks by itself. */
function bothLogs(one: Log, other: Log): Log {
  const both =
    (level: keyof Log): Log['info'] =>
    (fields, text) => {
      one[level](fields, text);
      other[level](fields, text);
    };
  return { info: both('info'), warn: both('warn'), error: both('error') };
}

/** Lines for people where stderr is a terminal, else JSON for collectors. */
function processLog(): Log {
  const { env, stderr } = process;
  const isForPeople = stderr.isTTY === true;
  return openProcessLog({
    level: env.SIGNALBOX_LOG_LEVEL || 'info',
    isForPeople,
    hasColours: isForPeople && !env.NO_COLOR,
    descriptor: 2,
  });
}
