import type { PlanTarget } from '#decision';
import type { Reach } from '#network';
import { supportedAuthKinds } from './auth/auth.ts';
import { type Authorize, createAuthorize } from './auth/authorize.ts';
import { createCloudCredentials } from './auth/cloud.ts';
import { createKeyPool } from './auth/key-pool.ts';
import type { ExecuteCall, Executed } from './call.ts';
import { createExecute } from './execute.ts';
import { createPrepare } from './prepare.ts';
import { type OpenedRealtime, openRealtime } from './realtime/open-realtime.ts';
import { SANDBOX_ORIGIN } from './sandbox/sandbox-dialect.ts';
import { createSandboxSend } from './sandbox/sandbox-send.ts';
import type { Secrets } from './secrets.ts';
import { createHttpClient, type HttpClientOptions } from './send.ts';
import { supportedDialects } from './supported-dialects.ts';
import { createTimerWheel } from './timer-wheel.ts';
import type { Send } from './transport.ts';
import { withTimeout } from './with-timeout.ts';

/** The way to the providers of one process. */
export interface Upstream {
  /** Answers a request along its plan. Rejects for bugs alone: everything a provider can do is a value. */
  readonly execute: (call: ExecuteCall) => Promise<Executed>;
  /** Opens a session in both directions along its plan. */
  readonly openRealtime: (call: ExecuteCall) => Promise<OpenedRealtime>;
  /** What proves to a provider who calls, for calls that ask none of its models. */
  readonly authorize: Authorize;
  /** Ends every call and closes every connection. */
  readonly close: () => Promise<void>;
}

/** What the way to the providers needs; limits in bytes and milliseconds. */
export interface UpstreamOptions {
  readonly secrets: Secrets;
  /** Where names may lead. */
  readonly reach: Reach;
  /** Where clouds look for what policy does not name; best a copy of the environment. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** In [0, 1). */
  readonly draw: () => number;
  readonly http?: Omit<HttpClientOptions, 'reach'>;
  /** Largest whole answer; larger ones are `malformed`. */
  readonly maxBodyBytes?: number;
  readonly maxDrainMs?: number;
}

/** Creates it: HTTP for providers, the process itself for the sandbox, both behind the same timeouts. */
export function createUpstream(options: UpstreamOptions): Upstream {
  const { reach } = options;
  const wheel = createTimerWheel();
  const http = createHttpClient({ reach, ...options.http });
  const sandbox = createSandboxSend(wheel);
  const route: Send = (request, observer) =>
    request.origin === SANDBOX_ORIGIN ? sandbox(request, observer) : http.send(request, observer);
  const keys = createKeyPool(options.secrets, options.nowMs);
  const cloud = createCloudCredentials({
    secrets: options.secrets,
    env: options.env ?? {},
    nowMs: options.nowMs,
    reach,
  });
  const prepare = createPrepare(options.secrets, keys, cloud);
  const execute = createExecute({
    send: withTimeout(route, wheel),
    prepare,
    keys,
    cloud,
    wheel,
    nowMs: options.nowMs,
    draw: options.draw,
    maxBodyBytes: options.maxBodyBytes ?? 64 * 1024 * 1024,
    maxDrainMs: options.maxDrainMs ?? 30_000,
  });
  return {
    execute,
    authorize: createAuthorize(keys, cloud),
    openRealtime: (call) => openRealtime({ prepare, cloud, reach, nowMs: options.nowMs, draw: options.draw }, call),
    async close() {
      await http.close();
      wheel.close();
    },
  };
}

/** Names of the providers this version cannot call, for `Facts.unsupportedProviders` and lint. Pure. */
export function unsupportedProviders(
  providers: Iterable<Pick<PlanTarget['provider'], 'name' | 'dialect' | 'auth'>>,
): ReadonlySet<string> {
  const kinds = supportedAuthKinds();
  const dialects = supportedDialects();
  const names = new Set<string>();
  for (const { name, dialect, auth } of providers) {
    if (!dialects.includes(dialect) || !kinds.includes(auth.kind)) names.add(name);
  }
  return names;
}
