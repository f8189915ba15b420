import { StoreUnavailableError } from '../store-errors.ts';
import { createRedisClient, type RedisClient } from './connect-redis.ts';
import { evictionRisk } from './eviction-risk.ts';
import { parseRedisUrl } from './redis-target.ts';

/** A Redis as a gateway would find it. */
export interface RedisState {
  /** Scheme and addresses, without user and password. */
  readonly display: string;
  readonly isTls: boolean;
  /** Such as `8.4.0`; null where it does not say. */
  readonly version: string | null;
  /** Why it may forget what was spent; null when it will not. */
  readonly evictionRisk: string | null;
  /** Its clock, in ms since 1970. */
  readonly nowMs: number;
}

/** Connects as the store does and asks it how it is; nothing is written. Throws StoreOpenError (a URL that cannot be meant) and StoreUnavailableError. Effect: a connection, closed again, at once by `signal`. */
export async function inspectRedis(url: string, signal: AbortSignal): Promise<RedisState> {
  const { display, isTls, ...target } = parseRedisUrl(url);
  const client: RedisClient = createRedisClient({ ...target, display, isTls });
  let last: Error | null = null;
  client.on('error', (error: Error) => {
    last = error;
  });
  signal.addEventListener('abort', () => client.disconnect(), { once: true });
  try {
    await client.connect();
    const server = await client.info('server').catch(() => '');
    const [seconds, micros] = await client.time();
    return {
      display,
      isTls,
      version: /^(?:redis|valkey)_version:(\S+)/m.exec(server)?.[1] ?? null,
      evictionRisk: await evictionRisk(client, display),
      nowMs: Number(seconds) * 1000 + Math.floor(Number(micros) / 1000),
    };
  } catch (error) {
    const { message } = last ?? (error as Error);
    throw new StoreUnavailableError(`${display} does not answer: ${message}`, error);
  } finally {
    client.disconnect();
  }
}
