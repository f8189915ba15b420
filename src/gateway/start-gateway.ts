import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { acceptHttp2 } from './accept-http2.ts';
import { acceptTls } from './accept-tls.ts';
import { createIndexRebuild, REBUILD_EVERY_MS } from './cache/rebuild-index.ts';
import { type Chance, compose } from './compose.ts';
import { endLeases, recoverAccounts } from './end-leases.ts';
import type { GatewayOptions } from './gateway-options.ts';
import { statusReport } from './operations/admin-status.ts';
import type { ActivationAttempt } from './policy-holder.ts';
import { createServer } from './server.ts';
import { handleSignals } from './signals.ts';
import { createStaleWarning } from './warn-stale.ts';
import { watchPolicies } from './watch-policies.ts';

// Streams of frontier models can take minutes, but orchestrators kill after about this long.
const DRAIN_MS = 30_000;
// What was cut off is settled and recorded within a round trip to the store.
const CUT_OFF_MS = 2_000;
const UPKEEP_MS = 5_000;
const ALERTS_MS = 2_000;
const REPORTS_MS = 20_000;
// A living process has written its accounts long before.
const FORGOTTEN_MS = 10_000;

/** A gateway that listens. */
export interface RunningGateway {
  /** Such as `http://127.0.0.1:8787`; `https:` with TLS. */
  readonly url: string;
  readonly port: number;
  /** Revision in service, findings of the last try, targets and what they miss. */
  readonly status: () => ReturnType<typeof statusReport>;
  /** Where the decision records are; null where none are kept. */
  readonly recordsDirectory: string | null;
  /** Reads the policies again and resolves with the verdict. */
  readonly reload: (trigger: string) => Promise<ActivationAttempt>;
  /**
   * Takes no more requests, lets those in progress end for up to 30 s (or so long), writes every record, and lets go of everything. Who comes meanwhile is told that
   * it is `draining`. Idempotent; once more with 0 ends the wait.
   */
  readonly close: (graceMs?: number) => Promise<void>;
}

/**
 * Starts a gateway: reads and activates the policies (or the last good revision), listens, watches. Rejects with StartError when there is no revision to
 * serve or the address cannot be had. `chance` lets a week pass in seconds: the clock of the machine and its chance by default. Effects: sockets, files under the data directory, timers; signal handlers only where asked for.
 */
export async function startGateway(options: GatewayOptions, chance?: Chance): Promise<RunningGateway> {
  const composed = await compose(options, chance);
  const { parts } = composed;
  const app = createServer(parts);
  const http2 = acceptHttp2(app, parts.limits);
  const sockets = new Set<Socket>();
  let tls: ReturnType<typeof acceptTls> | null = null;
  try {
    if (options.tls) tls = acceptTls(app.server, options.tls, parts.limits.headersTimeoutMs, parts.log);
    app.server.on('connection', (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    await app.listen({ host: options.host ?? '127.0.0.1', port: options.port ?? 8787 });
  } catch (error) {
    tls?.close();
    await composed.close();
    throw error;
  }
  const { address, family, port } = app.server.address() as AddressInfo;
  const watch =
    options.watch === false
      ? null
      : watchPolicies({
          directory: options.policies,
          onChange: parts.policies.reload,
          onProblem: (error) =>
            parts.log.warn({ err: error }, 'the policies folder cannot be watched; it is read now and then'),
          ...(options.pollMs === undefined ? {} : { pollMs: options.pollMs }),
        });
  const warnStale = createStaleWarning(parts);
  const upkeep = setInterval(() => {
    warnStale();
    void endLeases(parts);
    void recoverAccounts(parts, FORGOTTEN_MS);
  }, UPKEEP_MS);
  upkeep.unref();
  const alertTimer = setInterval(() => void parts.alerts.runner.tick(), options.alertEveryMs ?? ALERTS_MS);
  alertTimer.unref();
  const reportTimer = setInterval(() => void parts.alerts.reports.tick(), options.reportEveryMs ?? REPORTS_MS);
  reportTimer.unref();
  const rebuild = createIndexRebuild(parts);
  const rebuildTimer = setInterval(() => void rebuild.tick(), REBUILD_EVERY_MS);
  rebuildTimer.unref();
  let closing: Promise<void> | null = null;

  async function shutDown(graceMs: number): Promise<void> {
    clearInterval(upkeep);
    clearInterval(alertTimer);
    clearInterval(reportTimer);
    clearInterval(rebuildTimer);
    tls?.close();
    parts.log.info({ inFlight: parts.lifecycle.inFlight(), graceMs }, 'draining; a second signal cuts off the rest');
    // The port stays open meanwhile: a balancer reads at /readyz that it has to look elsewhere.
    const drained = parts.lifecycle.drain(graceMs);
    http2.close();
    await watch?.close();
    const isIdle = await drained;
    app.server.close();
    if (!isIdle) parts.log.warn({ inFlight: parts.lifecycle.inFlight() }, 'what has not ended is cut off');
    app.server.closeAllConnections();
    http2.destroy();
    // The server forgets a connection that was upgraded, and would wait for it all the same.
    for (const socket of sockets) socket.destroy();
    if (!isIdle) await parts.lifecycle.drain(CUT_OFF_MS);
    if (app.server.listening) await once(app.server, 'close');
    await app.close();
    await composed.close();
    signals?.remove();
  }

  const gateway: RunningGateway = {
    url: `${tls === null ? 'http' : 'https'}://${family === 'IPv6' ? `[${address}]` : address}:${port}`,
    port,
    status: () => statusReport(parts),
    recordsDirectory: parts.records?.directory ?? null,
    reload: parts.policies.reload,
    close(graceMs = DRAIN_MS) {
      if (closing !== null && graceMs === 0) parts.lifecycle.hurry();
      closing ??= shutDown(graceMs);
      return closing;
    },
  };
  const signals = options.handleSignals === true ? handleSignals(gateway, parts.log) : null;
  return gateway;
}
