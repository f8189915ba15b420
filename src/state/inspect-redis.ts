import type { RedisState } from './redis/inspect-redis.ts';

/** `inspectRedis`, whose client is read at the first call. */
export async function inspectRedis(url: string, signal: AbortSignal): Promise<RedisState> {
  const redis = await import('./redis/inspect-redis.ts');
  return redis.inspectRedis(url, signal);
}
