import { type JsonObject, parseDuration } from '#core';
import type { CheckOptions, RemoteCheck } from './check.ts';

const DEFAULT_TIMEOUT_MS = 500;

/** A check that asks a service, within the time that the policy gives it. Pure. */
export function remoteCheck(service: string, { timeout }: CheckOptions, settings: JsonObject): RemoteCheck {
  const timeoutMs = timeout === undefined ? DEFAULT_TIMEOUT_MS : parseDuration(timeout);
  return { kind: 'remote', service, timeoutMs: timeoutMs ?? DEFAULT_TIMEOUT_MS, settings };
}
