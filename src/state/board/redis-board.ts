import { createAvailability } from '../redis/availability.ts';
import { createRedisClient } from '../redis/connect-redis.ts';
import { parseRedisUrl } from '../redis/redis-target.ts';
import type { AlertBoard } from './alert-board.ts';

const LEAD = `
local owner = redis.call('GET', KEYS[1])
if owner and owner ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
`;

/** Opens the board that replicas share. Everything rejects while the server is away. Effects: a connection. */
export async function createRedisBoard(url: string, nowMs: () => number): Promise<AlertBoard> {
  const target = parseRedisUrl(url);
  const client = createRedisClient(target);
  const key = `{${target.ledger}}:alerts`;
  const availability = createAvailability({
    display: target.display,
    timeoutMs: target.timeoutMs,
    ping: () => client.hlen(key),
    onLost: () => undefined,
    onFound: () => undefined,
  });
  client.on('error', () => undefined);
  await client.connect().catch(() => undefined);
  return {
    lead: async (owner, forMs) =>
      (await availability.roundTrip(() => client.eval(LEAD, 1, `${key}:leader`, owner, Math.ceil(forMs)))) === 1,
    async put(name, text, forMs) {
      await availability.roundTrip(() => client.hset(key, name, JSON.stringify([Math.ceil(nowMs() + forMs), text])));
    },
    async remove(name) {
      await availability.roundTrip(() => client.hdel(key, name));
    },
    async list() {
      const all = await availability.roundTrip(() => client.hgetall(key));
      const read = Object.entries(all).map(
        ([name, value]) => [name, ...(JSON.parse(value) as [number, string])] as const,
      );
      const over = read.filter(([, untilMs]) => untilMs <= nowMs()).map(([name]) => name);
      if (over.length > 0) await availability.roundTrip(() => client.hdel(key, ...over));
      return Object.fromEntries(read.filter(([, untilMs]) => untilMs > nowMs()).map(([name, , text]) => [name, text]));
    },
    async close() {
      availability.close();
      client.disconnect();
    },
  };
}
