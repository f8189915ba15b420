import type { RedisClient } from './connect-redis.ts';

/**
 * Why the server may forget what was spent: with its memory bounded and any policy but `noeviction` it drops keys when it is full, and every key of the
 * ledger ends some day, so that it counts as volatile. Null when it will not, or does not say. Effects: a round trip.
 */
export async function evictionRisk(client: RedisClient, display: string): Promise<string | null> {
  const memory = await client.info('memory').catch(() => '');
  const fieldOf = (name: string) => new RegExp(`^${name}:(\\S+)`, 'm').exec(memory)?.[1];
  const policy = fieldOf('maxmemory_policy');
  if (policy === undefined || policy === 'noeviction' || Number(fieldOf('maxmemory') ?? 0) === 0) return null;
  return `Redis at ${display} drops keys when its memory is full (maxmemory-policy ${policy}), and budgets with them. Set noeviction there; kept answers may have a server of their own, SIGNALBOX_CACHE_REDIS_URL.`;
}
