import { readFileSync } from 'node:fs';
import { Cluster, Redis, type RedisOptions } from 'ioredis';
import { StoreOpenError } from '../store-errors.ts';
import type { RedisTarget } from './redis-target.ts';

/** A client of one server (or the master its Sentinels name), or of a cluster. */
export type RedisClient = Redis | Cluster;

const CONNECT_MS = 2000;
const LONGEST_PAUSE_MS = 2000;

/**
 * Makes the client; it connects when told to, and again whenever it loses its server. Commands are never queued or sent again by the client: whether that is
 * safe is known by the caller only. Throws StoreOpenError when the authority's file cannot be read.
 */
export function createRedisClient(target: RedisTarget): RedisClient {
  const { nodes, username, password, database } = target;
  const tls = target.isTls ? { tls: target.caFile === null ? {} : { ca: readAuthority(target.caFile) } } : {};
  const options = {
    ...(username === null ? {} : { username }),
    ...(password === null ? {} : { password }),
    ...tls,
    connectionName: 'signalbox',
    protocol: 2,
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    // A replica answers so after a failover: the connection has to find its new master.
    reconnectOnError: (error: Error) => error.message.startsWith('READONLY'),
  } satisfies RedisOptions;
  if (target.kind === 'cluster') {
    return new Cluster([...nodes], {
      redisOptions: options,
      lazyConnect: true,
      enableOfflineQueue: false,
      clusterRetryStrategy: pauseMs,
      slotsRefreshTimeout: CONNECT_MS,
      // A name resolved by the client would not be the one in the certificate.
      ...(target.isTls ? { dnsLookup: (address, callback) => callback(null, address) } : {}),
    });
  }
  const single = { ...options, db: database, enableOfflineQueue: false, retryStrategy: pauseMs };
  if (target.kind === 'single') return new Redis({ ...single, ...nodes[0] });
  return new Redis({
    ...single,
    sentinels: [...nodes],
    name: target.masterName ?? '',
    sentinelRetryStrategy: pauseMs,
    ...(target.sentinelPassword === null ? {} : { sentinelPassword: target.sentinelPassword }),
    ...(target.isTls ? { enableTLSForSentinelMode: true, sentinelTLS: tls.tls ?? {} } : {}),
  });
}

/** Doubles, with a random part so that replicas do not come back all at once. */
function pauseMs(tries: number): number {
  return Math.min(25 * 2 ** Math.min(tries, 10), LONGEST_PAUSE_MS) * (0.5 + Math.random() / 2);
}

function readAuthority(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new StoreOpenError(
      `The authority's file ${file} of the Redis URL cannot be read.`,
      'Correct the parameter `ca`: the path of a PEM file that this user may read.',
      cause,
    );
  }
}
