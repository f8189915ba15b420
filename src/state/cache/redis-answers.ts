import { createAvailability } from '../redis/availability.ts';
import { createRedisClient } from '../redis/connect-redis.ts';
import { parseRedisUrl } from '../redis/redis-target.ts';
import { type AnswerLabels, type AnswerStore, fitsPurge, type StoredAnswer } from './answer-store.ts';
import { type QuestionStore, readMeaning, type StoredQuestion, writeMeaning } from './question-store.ts';
import type { Seal } from './seal.ts';

export interface RedisAnswersOptions {
  /** See `parseRedisUrl`. */
  readonly url: string;
  readonly nowMs: () => number;
  readonly seal: Seal;
}

// A stream of questions that every replica follows: Redis without modules cannot search vectors, so each searches its own copy.
const MAX_QUESTIONS = 100_000;
// Of a list, per round trip.
const STEP = 1000;
// Questions whose time is over are dropped after so many new ones.
const SWEEP_EVERY = 256;

/**
 * Opens the store that replicas share. Answers lie apart, each under its own key with its own life, so that a cluster spreads them; one list of keys with
 * their labels, by expiry, is what purges walk. While the server is away nothing is found and nothing kept: a cache is no reason to fail.
 */
export async function createRedisAnswers({ url, nowMs, seal }: RedisAnswersOptions): Promise<AnswerStore> {
  const target = parseRedisUrl(url);
  const client = createRedisClient(target);
  const prefix = `${target.ledger}:answer:`;
  const index = `{${target.ledger}}:answers`;
  const stream = `{${target.ledger}}:questions`;
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

  /** Their words go with the answers; a replica that has read them already finds no answer to give. */
  async function dropQuestions(isMeant: (key: string, expiresAtMs: number) => boolean): Promise<void> {
    let from = '-';
    for (;;) {
      const found = await availability.roundTrip(() => client.xrangeBuffer(stream, from, '+', 'COUNT', STEP));
      const ids = found.flatMap(([id, fields]) => {
        const [key = '', expiresAtMs = ''] = ['k', 'x'].map((name) => String(fieldOf(fields, name)));
        return isMeant(key, Number(expiresAtMs)) ? [String(id)] : [];
      });
      if (ids.length > 0) await availability.roundTrip(() => client.xdel(stream, ...ids));
      const last = found.at(-1);
      if (last === undefined || found.length < STEP) return;
      from = `(${last[0]}`;
    }
  }

  let sinceSweep = 0;
  const questions: QuestionStore = {
    async put(question) {
      const { key, scope, embedder, expiresAtMs } = question;
      const sealed = seal.close(`q:${key}`, writeMeaning(question));
      const fields = ['k', key, 's', scope, 'e', embedder, 'x', String(Math.ceil(expiresAtMs)), 'd', sealed];
      await availability
        .roundTrip(() => client.xadd(stream, 'MAXLEN', '~', MAX_QUESTIONS, '*', ...fields))
        .catch(() => undefined);
      sinceSweep += 1;
      if (sinceSweep < SWEEP_EVERY) return;
      sinceSweep = 0;
      const now = nowMs();
      await dropQuestions((_, endMs) => endMs <= now).catch(() => undefined);
    },
    async after(cursor) {
      try {
        const from = cursor === null ? '-' : `(${cursor}`;
        const found = await availability.roundTrip(() => client.xrangeBuffer(stream, from, '+', 'COUNT', STEP));
        const rows = found.map(([id, fields]) => ({ id: String(id), question: readQuestion(fields, seal, nowMs()) }));
        return {
          questions: rows.flatMap(({ question }) => question ?? []),
          cursor: rows.at(-1)?.id ?? cursor,
        };
      } catch {
        return { questions: [], cursor };
      }
    },
  };

  return {
    kind: 'redis',
    questions,
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
        // First what purges walk: killed in between, a gateway leaves a line without an answer, and never an answer that no purge finds.
        await availability.roundTrip(() =>
          Promise.all([
            client.zadd(index, Math.ceil(expiresAtMs), writeMember(key, labels)),
            client.zremrangebyscore(index, '-inf', nowMs()),
          ]),
        );
        await availability.roundTrip(() => client.set(prefix + key, sealed, 'PX', lifeMs));
      } catch {
        // Not kept: the next caller asks the provider again.
      }
    },
    async purge(query) {
      const keys = new Set<string>();
      let cursor = '0';
      do {
        const [next, found] = await availability.roundTrip(() => client.zscan(index, cursor, 'COUNT', STEP));
        const members = found.filter((_, at) => at % 2 === 0);
        const meant = members.filter((member) => {
          const { key, labels } = readMember(member);
          return fitsPurge(query, key, labels);
        });
        await forget(meant);
        for (const member of meant) keys.add(readMember(member).key);
        cursor = next;
      } while (cursor !== '0');
      const now = nowMs();
      await dropQuestions((key, endMs) => keys.has(key) || endMs <= now);
      return keys.size;
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

function fieldOf(fields: readonly Buffer[], name: string): Buffer | undefined {
  return fields[fields.findIndex((field, at) => at % 2 === 0 && field.toString() === name) + 1];
}

function readQuestion(fields: readonly Buffer[], seal: Seal, nowMs: number): StoredQuestion | null {
  const [key, scope, embedder, expiresAtMs] = ['k', 's', 'e', 'x'].map((name) => String(fieldOf(fields, name)));
  const sealed = fieldOf(fields, 'd');
  if (!key || !scope || !embedder || sealed === undefined || Number(expiresAtMs) <= nowMs) return null;
  const text = seal.open(`q:${key}`, sealed);
  const meaning = text === null ? null : readMeaning(text);
  return meaning === null ? null : { key, scope, embedder, expiresAtMs: Number(expiresAtMs), ...meaning };
}
