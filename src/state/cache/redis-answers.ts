import { createAvailability } from '../redis/availability.ts';
import { createRedisClient } from '../redis/connect-redis.ts';
import { parseRedisUrl } from '../redis/redis-target.ts';
import { type AnswerLabels, type AnswerStore, fitsPurge, type StoredAnswer } from './answer-store.ts';
import type { Seal } from './seal.ts';

export interface RedisAnswersOptions {
  /** See `parseRedisUrl`. */
  readonly url: string;
  readonly nowMs: () => number;
  readonly seal: Seal;
}

// Of the index, per step of a purge.
const STEP = 1000;

/**
 * Opens the store that replicas share. Answers lie apart, each under its own key with its own life, so that a cluster spreads them; one list of keys with
 * their labels, by expiry, is what purges walk. While the server is away nothing is found and nothing kept: a cache is no reason to fail.
 */
export async function createRedisAnswers({ url, nowMs, seal }: RedisAnswersOptions): Promise<AnswerStore> {
  const target = parseRedisUrl(url);
  const client = createRedisClient(target);
  const prefix = `${target.ledger}:answer:`;
  const index = `{${target.ledger}}:answers`;
  const availability = createAvailability({
    display: target.display,
    timeoutMs: target.timeoutMs,
    ping: () => client.zcard(index),
    onLost: () => undefined,
    onFound: () => undefined,
  });
  client.on('error', () => undefined);
  await client.connect().catch(() => undefined);

  async function forget(members: readonly string[]): Promise<void> {
    await Promise.all(members.map((member) => client.unlink(prefix + readMember(member).key)));
    if (members.length > 0) await client.zrem(index, ...members);
  }

  return {
    kind: 'redis',
    async get(key) {
      try {
        const sealed = await availability.roundTrip(() => client.getBuffer(prefix + key));
        const text = sealed === null ? null : seal.open(key, sealed);
        const answer = text === null ? null : (JSON.parse(text) as StoredAnswer);
        return answer !== null && answer.expiresAtMs > nowMs() ? answer : null;
      } catch {
        return null;
      }
    },
    async put(answer) {
      const { key, labels, expiresAtMs } = answer;
      const sealed = seal.close(key, JSON.stringify(answer));
      const lifeMs = Math.ceil(expiresAtMs - nowMs());
      if (lifeMs <= 0) return;
      try {
        await availability.roundTrip(() =>
          Promise.all([
            client.set(prefix + key, sealed, 'PX', lifeMs),
            client.zadd(index, Math.ceil(expiresAtMs), writeMember(key, labels)),
            client.zremrangebyscore(index, '-inf', nowMs()),
          ]),
        );
      } catch {
        // Not kept: the next caller asks the provider again.
      }
    },
    async purge(query) {
      let purged = 0;
      let cursor = '0';
      do {
        const [next, found] = await availability.roundTrip(() => client.zscan(index, cursor, 'COUNT', STEP));
        const members = found.filter((_, at) => at % 2 === 0);
        const meant = members.filter((member) => {
          const { key, labels } = readMember(member);
          return fitsPurge(query, key, labels);
        });
        await forget(meant);
        purged += meant.length;
        cursor = next;
      } while (cursor !== '0');
      return purged;
    },
    async size() {
      return { entries: await availability.roundTrip(() => client.zcard(index)), bytes: 0 };
    },
    async close() {
      availability.close();
      client.disconnect();
    },
  };
}

function writeMember(key: string, { cache, route, consumer, tags }: AnswerLabels): string {
  return JSON.stringify([key, cache, route, consumer, tags]);
}

function readMember(member: string): { readonly key: string; readonly labels: AnswerLabels } {
  const [key, cache, route, consumer, tags] = JSON.parse(member) as [string, string, string, string, string[]];
  return { key, labels: { cache, route, consumer, tags } };
}
