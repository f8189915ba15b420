import type { Clock } from '#core';
import { claimsWithFallback } from '../claims-with-fallback.ts';
import { createLastKnown } from '../ledger/last-known.ts';
import type {
  BreakerRules,
  CommitResult,
  FactsQuery,
  Hold,
  HoldAccount,
  LeaseEnd,
  Store,
  StoreEvent,
} from '../store.ts';
import { StoreOpenError, StoreUnavailableError } from '../store-errors.ts';
import { createAvailability, isRefusal } from './availability.ts';
import { createRedisClient, type RedisClient } from './connect-redis.ts';
import { evictionRisk } from './eviction-risk.ts';
import { createLateAccounts } from './late-accounts.ts';
import { parseRedisUrl, type RedisTarget } from './redis-target.ts';
import { loadScripts, runScript, type Scripts } from './scripts.ts';
import { createSharedHints } from './shared-hints.ts';
import {
  readClaims,
  readCommitted,
  readFactsReply,
  readReserved,
  readSwept,
  readUnaccounted,
  writeCharges,
  writeCounters,
  writeReservations,
} from './wire.ts';

/** What a shared store is made of. */
export interface RedisStoreOptions<State> {
  /** See `parseRedisUrl`. */
  readonly url: string;
  /** For calls in flight, and for hints while the server is away. */
  readonly clock: Clock;
  readonly breaker: BreakerRules<State>;
  /** Leases and rolling windows go by `clock` instead of the server's time: for tests that move it. */
  readonly isClockShared?: boolean;
  readonly onEvent?: (event: StoreEvent) => void;
  /** Names the usage ledger beside this process (`UsageLedger.id`): what it is told again is not told to others meanwhile. */
  readonly keeper?: string;
  readonly maxTargets?: number;
}

const CONNECT_MS = 2000;
const MAX_LATE_ACCOUNTS = 10_000;
const MAX_KNOWN_COUNTERS = 10_000;
const SWEPT_PER_STEP = 100;
const TOLD_AGAIN = 500;
/** A living gateway asks for its own every few seconds, so that they stay its own. */
const OTHERS_AFTER_MS = 300_000;
const HINTS_DELAY_MS = 50;
/** To `read-facts.lua`: no counters, no reports, no targets. */
const NOTHING_ASKED = ['[]', '[]', '[]'];

/**
 * Opens the store that replicas share: one ledger in Redis or a cluster, each step one script, so that any number of gateways enforce one limit. Resolves also
 * when the server cannot be reached yet (budgets then decide by their `failMode`); rejects with StoreOpenError when the URL, its secret or its authority is
 * wrong. Steps reject with StoreUnavailableError within the URL's timeout. Effects: connections; timers while the server is away.
 */
export async function createRedisStore<State>(options: RedisStoreOptions<State>): Promise<Store> {
  const target = parseRedisUrl(options.url);
  const { keeper = '' } = options;
  const scripts = loadScripts();
  const client = createRedisClient(target);
  const nowMs = () => options.clock.nowMs();
  const prefix = `{${target.ledger}}:`;
  const hints = createSharedHints(options.breaker, options.maxTargets ?? 10_000);
  const lastKnown = createLastKnown(MAX_KNOWN_COUNTERS);
  const late = createLateAccounts(MAX_LATE_ACCOUNTS);
  const wantedHints = new Set<string>();
  let hintsTimer: NodeJS.Timeout | null = null;
  const availability = createAvailability({
    display: target.display,
    timeoutMs: target.timeoutMs,
    ping: () => run('readFacts', [], NOTHING_ASKED),
    onLost: ({ detail }) => options.onEvent?.({ kind: 'lost', detail }),
    onFound() {
      const detail = `The budget store ${target.display} answers again.`;
      options.onEvent?.({ kind: 'found', detail, lateAccounts: late.size(), droppedAccounts: late.dropped() });
      void late.deliver(send);
      void tellEvictionRisk();
    },
  });

  function run(name: keyof Scripts, keys: readonly string[], args: readonly string[]): Promise<unknown> {
    const time = options.isClockShared === true ? String(nowMs()) : '0';
    const all = [`${prefix}leases`, ...keys.map((key) => prefix + key)];
    return runScript(client, scripts[name], all, [prefix, time, ...args]);
  }

  async function send(account: HoldAccount): Promise<CommitResult> {
    const { id, charges, isUnheld, note = '' } = account;
    const keys = [`h:${id}`, ...charges.map(({ counter }) => `c:${counter.key}`)];
    const args = [id, isUnheld === true ? '1' : '0', writeCharges(charges), note, keeper];
    const { result, counters, undone } = readCommitted(
      id,
      await availability.roundTrip(() => run('commit', keys, args)),
    );
    lastKnown.learn(counters);
    tellUndone(undone);
    return result;
  }

  function tellUndone(end: LeaseEnd | null): void {
    if (end !== null) options.onEvent?.({ kind: 'lease-undone', end });
  }

  let isRiskTold = false;
  async function tellEvictionRisk(): Promise<void> {
    const detail = isRiskTold ? null : await evictionRisk(client, target.display);
    if (detail === null) return;
    isRiskTold = true;
    options.onEvent?.({ kind: 'may-forget', detail });
  }

  async function readFacts({ counters, targets }: FactsQuery) {
    if (counters.length === 0) {
      // Not worth a round trip: what is known of the targets is some seconds old at most.
      if (hints.staleOf(targets, nowMs()).length > 0) scheduleHints(targets);
      return { counters: {}, ...hints.read(targets, nowMs()) };
    }
    try {
      const states = await askFacts(counters, targets);
      return { counters: states, ...hints.read(targets, nowMs()) };
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
      throw error.withLastKnown({ counters: lastKnown.of(counters), ...hints.read(targets, nowMs()) });
    }
  }

  /** One round trip, with what became of calls since the last one. */
  async function askFacts(counters: FactsQuery['counters'], targets: readonly string[] | '*') {
    const keys = ['targets', ...counters.map(({ key }) => `c:${key}`)];
    const args = [writeCounters(counters), JSON.stringify(hints.takeReports())];
    const names = targets === '*' ? '*' : JSON.stringify(targets);
    const reply = readFactsReply(await availability.roundTrip(() => run('readFacts', keys, [...args, names])));
    lastKnown.learn(reply.states);
    hints.learn(reply.hints, nowMs());
    return reply.states;
  }

  /** Sends what became of calls, should no request do so before, and asks how those targets are. */
  function scheduleHints(targets: readonly string[]): void {
    if (availability.isAway()) return;
    for (const name of targets) wantedHints.add(name);
    hintsTimer ??= setTimeout(() => {
      hintsTimer = null;
      const wanted = [...wantedHints];
      wantedHints.clear();
      askFacts([], wanted).catch(() => undefined);
    }, HINTS_DELAY_MS).unref();
  }

  async function openBreakers(): Promise<Record<string, 'open' | 'half-open'>> {
    try {
      await askFacts([], '*');
    } catch (error) {
      if (!(error instanceof StoreUnavailableError)) throw error;
    }
    return hints.openBreakers(nowMs());
  }

  async function reserve({ id, owner, reservations, memo = '' }: Hold) {
    const keys = [`h:${id}`, ...reservations.map(({ counter }) => `c:${counter.key}`)];
    const reply = await availability.roundTrip(() =>
      run('reserve', keys, [id, owner, writeReservations(reservations), memo, keeper]),
    );
    const { result, counters, undone } = readReserved(id, reply);
    lastKnown.learn(counters);
    tellUndone(undone);
    return result;
  }

  async function commit(account: HoldAccount): Promise<CommitResult> {
    try {
      return await send(account);
    } catch (error) {
      late.add(account);
      for (const { counter, amount, held } of account.charges) {
        lastKnown.settle(counter.key, amount, account.isUnheld === true ? 0 : held);
      }
      // When the server was never lost, only slow: nobody will find it again, so the next turn tries.
      if (!availability.isAway()) setImmediate(() => void late.deliver(send));
      throw error;
    }
  }

  async function sweep() {
    const expired: LeaseEnd[] = [];
    if (late.size() > 0) await late.deliver(send);
    for (;;) {
      const swept = readSwept(await availability.roundTrip(() => run('sweep', [], [String(SWEPT_PER_STEP), keeper])));
      expired.push(...swept.expired);
      if (swept.due < SWEPT_PER_STEP) return { expired };
    }
  }

  async function claim(name: string, forMs: number): Promise<boolean> {
    return (await availability.roundTrip(() => run('claim', [`n:${name}`], [name, String(Math.ceil(forMs))]))) === 1;
  }

  async function claimedAt(names: readonly string[]) {
    if (names.length === 0) return {};
    const keys = names.map((name) => `n:${name}`);
    return readClaims(await availability.roundTrip(() => run('claimedAt', keys, [JSON.stringify(names)])));
  }

  await connect(client, target);
  try {
    await availability.roundTrip(() => run('readFacts', [], NOTHING_ASKED));
    await tellEvictionRisk();
  } catch (error) {
    const reply = error instanceof StoreUnavailableError ? (error.cause as Error).cause : null;
    // Away for now is told by `onLost`; a server that will not run the scripts never will.
    if (isRefusal(reply)) {
      availability.close();
      client.disconnect();
      throw scriptsRefused(target, reply as Error);
    }
  }
  return {
    readFacts,
    reserve,
    commit,
    renew: async (id) => (await availability.roundTrip(() => run('renew', [`h:${id}`], [id]))) === 1,
    sweep,
    async unaccounted(waitedMs) {
      const args = [String(waitedMs), keeper, String(TOLD_AGAIN), String(OTHERS_AFTER_MS)];
      return readUnaccounted(await availability.roundTrip(() => run('unaccounted', [], args)));
    },
    async accounted(keys) {
      await availability.roundTrip(() => run('accounted', [], [JSON.stringify(keys)]));
    },
    ...claimsWithFallback({ claim, claimedAt }, nowMs),
    attemptStarted(name, breaker) {
      if (hints.started(name, breaker, nowMs())) scheduleHints([name]);
    },
    attemptEnded(report) {
      hints.ended(report, nowMs());
      scheduleHints([report.target]);
    },
    openBreakers,
    async close() {
      if (late.size() > 0 && !availability.isAway()) await late.deliver(send);
      if (hintsTimer !== null) clearTimeout(hintsTimer);
      availability.close();
      client.disconnect();
    },
  };
}

/** Waits for the first connection for a while. A wrong secret will not become right; a server that is not there yet may come. */
async function connect(client: RedisClient, target: RedisTarget): Promise<void> {
  let refusal: Error | null = null;
  // Without a listener the client prints every lost connection.
  client.on('error', (error: Error) => {
    if (/^(WRONGPASS|NOAUTH|NOPERM|ERR (AUTH|invalid password|Client sent AUTH))/.test(error.message)) refusal = error;
  });
  let timer: NodeJS.Timeout | undefined;
  const timeUp = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, CONNECT_MS);
  });
  await Promise.race([client.connect().catch(() => undefined), timeUp]);
  clearTimeout(timer);
  if (refusal === null) return;
  client.disconnect();
  throw new StoreOpenError(
    `Redis at ${target.display} refuses the user or password of its URL.`,
    'Correct SIGNALBOX_REDIS_URL: redis://user:password@host:port, with special characters percent-encoded.',
    refusal,
  );
}

function scriptsRefused({ display, kind }: RedisTarget, reply: Error): StoreOpenError {
  const isCluster = kind !== 'cluster' && /^(MOVED|CROSSSLOT)/.test(reply.message);
  const hint = isCluster
    ? 'It is a node of a cluster: begin SIGNALBOX_REDIS_URL with redis+cluster://.'
    : 'The gateway needs Redis 6.2 or a compatible server, and a user that may call EVAL and EVALSHA on the keys of the ledger.';
  return new StoreOpenError(`Redis at ${display} does not run the ledger’s scripts (${reply.message}).`, hint, reply);
}
