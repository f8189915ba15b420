import type { FastifyInstance } from 'fastify';
import { GatewayError } from '#core';
import type { GatewayParts, MetricSiblings } from '../gateway-parts.ts';
import type { ActivationAttempt } from '../policy-holder.ts';
import { reportDiagnostic } from './report-diagnostic.ts';

/** What `/readyz` says. `degraded`: an older revision serves than the one that is written. */
export interface Readiness {
  readonly revision: string;
  readonly status: 'ready' | 'degraded' | 'draining' | 'stale';
  readonly rejected: null | { readonly at: string; readonly diagnostics: readonly object[] };
}

/** Adds `/healthz`, `/readyz` and `/metrics`, which need no token. */
export function addHealth(app: FastifyInstance, parts: GatewayParts): void {
  app.get('/healthz', (_request, reply) => reply.send({ status: 'ok' }));
  app.get('/readyz', (_request, reply) => {
    const readiness = readinessOf(parts);
    const isReady = readiness.status === 'ready' || readiness.status === 'degraded';
    return reply.code(isReady ? 200 : 503).send(readiness);
  });
  app.get('/metrics', async (request, reply) => {
    const { metrics, siblings } = parts;
    if (metrics === null) throw new GatewayError('not_found', 'this process keeps no metrics');
    const others = siblings === null ? [] : await othersOf(siblings);
    const { contentType, text } = metrics.scrape(request.headers.accept, others);
    return reply.header('content-type', contentType).send(text);
  });
}

/** A part would look like counters that fell. */
async function othersOf(siblings: MetricSiblings): ReturnType<MetricSiblings['others']> {
  try {
    return await siblings.others();
  } catch (cause) {
    throw new GatewayError('overloaded', 'another process on this port does not tell what it counted', { cause });
  }
}

/** Whether this instance should get requests, and with which revision it answers them. */
export function readinessOf(parts: GatewayParts): Readiness {
  const { snapshot } = parts.policies.current();
  const rejected = parts.policies.rejected();
  return {
    revision: snapshot.revision,
    status: statusOf(parts, rejected),
    rejected: rejected === null ? null : reportRejected(rejected),
  };
}

/** A refused revision as the contract shows it. Pure. */
export function reportRejected({ atMs, diagnostics }: ActivationAttempt): {
  at: string;
  diagnostics: readonly object[];
} {
  return { at: new Date(atMs).toISOString(), diagnostics: diagnostics.map(reportDiagnostic) };
}

function statusOf(parts: GatewayParts, rejected: ActivationAttempt | null): Readiness['status'] {
  if (parts.lifecycle.isDraining()) return 'draining';
  if (rejected === null) return 'ready';
  const { onStale } = parts.policies.current().snapshot.project;
  const isStale = parts.nowMs() - rejected.sinceMs >= onStale.afterMs;
  return isStale && onStale.then === 'unready' ? 'stale' : 'degraded';
}
