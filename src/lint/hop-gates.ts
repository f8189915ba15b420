import { parseDuration } from '#core';
import type { RouteSpec } from '#snapshot';
import type { Hop } from './hops.ts';

type At = Pick<Hop, 'provider'>;

/** Whether a route's residency takes a rung out; a region that nobody states is in no list. Pure. */
export function leavesResidency({ residency }: RouteSpec, { provider }: At): boolean {
  if (!residency || !provider) return false;
  return provider.spec.region === undefined || !residency.includes(provider.spec.region);
}

/** In which way a rung breaks a route's data policy, after the provider's name; null when it does not. Pure. */
export function dataPolicyProblem({ dataPolicy: wanted }: RouteSpec, { provider }: At): string | null {
  if (!wanted || !provider) return null;
  const given = provider.spec.dataPolicy ?? {};
  if (wanted.trainsOnData === false && given.trainsOnData !== false) {
    return given.trainsOnData ? 'trains on data' : 'does not say whether it trains on data';
  }
  if (wanted.maxRetention === undefined) return null;
  const limitMs = parseDuration(wanted.maxRetention) ?? 0;
  const keptMs = given.retention === undefined ? null : parseDuration(given.retention);
  if (keptMs === null) return 'does not say how long it keeps data';
  return keptMs > limitMs ? `keeps data for ${given.retention}` : null;
}
