import type { TrafficRecord } from '#decision-log';
import type { Compiled } from '#policy';
import {
  buildReport,
  changedBudgets,
  createReplayer,
  createSide,
  createSimulator,
  type DryRunReport,
  explainExamples,
  gateWaivers,
  mergeTallies,
  policyChanges,
  type ReplayContext,
  type ReplaySides,
  statefulChanges,
  type Tally,
} from '#replay';
import { targetsOf } from '../../src/cli/dry-run/replay-plan.ts';
import { compileInline } from '../support/compile-inline.ts';

/** Two teams, two chains, a budget: small enough to work out by hand. */
export const BASE = `
kind: Project
metadata: { name: company }
spec:
  timezone: UTC
  gates:
    costIncrease: { absolute: "1 USD/day", relative: 10% }
    newDenials: 0
    tierDowngrades: 0
    capabilityLosses: 0
    fallbackShareIncrease: 5%
    minFidelity: 99%
    maxIndeterminate: 5%
---
kind: Consumer
metadata: { name: app, labels: { team: product } }
---
kind: Consumer
metadata: { name: tests, labels: { team: test } }
---
kind: Chain
metadata: { name: main }
spec:
  deadline: 60s
  maxAttempts: 4
  fallbackOn: [rate-limit, server-error, timeout, network, auth]
  defaults: { timeouts: { total: 30s }, retry: { max: 0 } }
  targets:
    - { id: gpt, model: openai/gpt-4o }
    - { id: claude, model: anthropic/claude-sonnet-4-5 }
---
kind: Chain
metadata: { name: cheap }
spec: { defaults: { timeouts: { total: 30s }, retry: { max: 0 } }, targets: [{ id: mini, model: openai/gpt-4o-mini }] }
---
kind: Route
metadata: { name: default }
spec: { match: {}, chain: main }
---
kind: Route
metadata: { name: tests }
spec: { match: { consumers: [tests] }, chain: cheap }
---
kind: Cache
metadata: { name: hour }
spec: { mode: exact, ttl: 1h, maxTemperature: 2 }
---
kind: Budget
metadata: { name: app-day }
spec: { scope: { consumers: [app] }, limit: { tokens: 100000 }, window: { every: day }, onExhausted: deny }
`;

export const NOON = Date.UTC(2026, 10, 23, 12);

/** The counter of the base's budget on that day. */
export const APP_DAY = 'budget:app-day::2026-11-23T00:00:00.000Z';

/** A record with everything the gateway knows; parts that matter to a case are replaced, and `undefined` takes one away. */
export function recordOf(
  id: string,
  parts: {
    readonly request?: Partial<TrafficRecord['request']>;
    readonly facts?: Partial<NonNullable<TrafficRecord['facts']>> | null;
    readonly decision?: TrafficRecord['decision'];
    readonly attempts?: TrafficRecord['attempts'];
    readonly outcome?: TrafficRecord['outcome'];
    readonly sampleWeight?: number;
    readonly digest?: string;
    readonly catalogDigest?: string;
    readonly environment?: string;
    readonly atMs?: number;
  } = {},
): TrafficRecord {
  const atMs = parts.atMs ?? NOON;
  const facts = { nowMs: atMs, draw: 0.5, secretsMissing: [], breakers: {}, counters: {}, latencies: {}, inFlight: {} };
  const record = {
    v: 1 as const,
    id,
    at: new Date(atMs).toISOString(),
    ...(parts.environment === undefined ? {} : { environment: parts.environment }),
    ...(parts.digest === undefined ? {} : { digest: parts.digest }),
    ...(parts.catalogDigest === undefined ? {} : { catalogDigest: parts.catalogDigest }),
    ...(parts.sampleWeight === undefined ? {} : { sampleWeight: parts.sampleWeight }),
    request: {
      endpoint: 'chat' as const,
      model: 'gpt-4o',
      consumer: 'app',
      labels: { team: parts.request?.consumer === 'tests' ? 'test' : 'product' },
      metadata: {},
      headers: {},
      path: '/v1/chat/completions',
      stream: false,
      tools: 0,
      images: 0,
      documents: 0,
      audio: 0,
      responseFormat: 'text' as const,
      reasoning: false,
      inputTokens: 1000,
      maxOutputTokens: 500,
      temperature: null,
      session: null,
      bodyBytes: 4000,
      ...parts.request,
    },
    ...(parts.facts === null ? {} : { facts: { ...facts, ...parts.facts } }),
    ...(parts.decision === undefined ? {} : { decision: parts.decision }),
    attempts: parts.attempts ?? [answerBy('openai/gpt-4o')],
    ...(parts.outcome === undefined ? {} : { outcome: parts.outcome }),
  };
  return JSON.parse(JSON.stringify(record)) as TrafficRecord;
}

/** A recorded call that answered: 1,000 tokens in and 100 out unless told otherwise. */
export function answerBy(model: string, input = 1000, output = 100): NonNullable<TrafficRecord['attempts']>[number] {
  const none = { cacheRead: 0, cacheWrite: 0, cacheWrite1h: 0, reasoning: 0, audioInput: 0, audioOutput: 0 };
  return {
    target: 'x/y',
    model,
    outcome: 'ok',
    status: 200,
    startedMs: 0,
    firstTokenMs: 200,
    durationMs: 900,
    usage: { input, output, ...none },
  };
}

/** A recorded call that failed. */
export function failureBy(
  model: string,
  outcome: 'server-error' | 'auth' | 'timeout',
): NonNullable<TrafficRecord['attempts']>[number] {
  return {
    target: 'x/y',
    model,
    outcome,
    status: outcome === 'auth' ? 401 : 500,
    startedMs: 0,
    firstTokenMs: null,
    durationMs: 300,
    usage: null,
  };
}

/** Base and head, compiled. */
export interface Pair {
  readonly sides: ReplaySides;
  readonly context: ReplayContext;
}

/** Compiles a base and a head for a replay. */
export function pairOf(base: string, head: string, day = '2026-11-23'): Pair {
  const before = compiled(base);
  const after = compiled(head);
  const baseSide = createSide(before.snapshot);
  const headSide = createSide(after.snapshot);
  const changes = policyChanges(before, after);
  return {
    sides: {
      base: baseSide,
      head: headSide,
      recorded: new Map([
        [after.snapshot.digest, headSide],
        [before.snapshot.digest, baseSide],
      ]),
      changedBudgets: changedBudgets(changes),
      environment: 'development',
    },
    context: {
      version: 'test',
      catalog: before.snapshot.catalogDigest,
      base: { name: 'base', commit: null, digest: before.snapshot.digest },
      head: { name: 'head', commit: null, digest: after.snapshot.digest },
      environment: 'development',
      mode: statefulChanges(changes).length > 0 ? 'simulate' : 'stateless',
      modeReason: 'test',
      changes,
      gates: before.snapshot.project.gates,
      waivers: gateWaivers(before.snapshot, day),
      newWaivers: [],
      routes: [...after.snapshot.routes.keys()].sort(),
      targets: targetsOf(after.snapshot),
    },
  };
}

/** The report of records replayed with their recorded state. */
export function replayed(pair: Pair, records: readonly TrafficRecord[]): DryRunReport {
  return buildReport({ ...pair.context, mode: 'stateless' }, tallyOf(pair, records));
}

/** The tally of the same, with its examples explained. */
export function tallyOf({ sides, context }: Pair, records: readonly TrafficRecord[]): Tally {
  const replayer = createReplayer(sides);
  for (const record of records) replayer.add(record);
  explainExamples(replayer.tally, sides.base, sides.head, context.changes);
  return mergeTallies([replayer.tally]);
}

/** The report of records that both sides live through. */
export async function simulated({ sides, context }: Pair, records: readonly TrafficRecord[]): Promise<DryRunReport> {
  const simulator = createSimulator(sides, context.changes);
  for (const record of records) await simulator.add(record);
  return buildReport({ ...context, mode: 'simulate' }, mergeTallies([simulator.tally]));
}

type Ready = Compiled & { readonly snapshot: NonNullable<Compiled['snapshot']> };

function compiled(text: string): Ready {
  const result = compileInline(text);
  if (result.snapshot === null) throw new Error(result.diagnostics.map(({ message }) => message).join('\n'));
  return result as Ready;
}
