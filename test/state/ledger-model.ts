import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CounterKey } from '../../src/decision/index.ts';
import type { LeaseEnd, Store } from '../../src/state/index.ts';
import type { TestClock } from './store-contract.ts';

/** A store under test that can be closed and opened again, or lose its process. */
export interface World {
  store: Store;
  readonly clock: TestClock;
  /** Ends of leases that the store said it has taken back. */
  readonly undone: LeaseEnd[];
  /** Null where a store does not outlive its process. */
  readonly restart: (() => Promise<void>) | null;
  readonly crash: (() => Promise<void>) | null;
}

/** The ledger as it should be: two calendar budgets exactly, a rolling one by its bounds. */
interface Model {
  limit: number;
  readonly spent: Map<string, number>;
  readonly holds: Map<string, ModelHold>;
  /** The highest limit under which something was let onto a counter. */
  readonly ceilings: Map<string, number>;
  /** `endedHold` is the hold that was charged because its lease ended. */
  /** What whoever keeps accounts beside the ledger was told: ends of leases, those taken back, and accounts. */
  readonly told: Map<string, number>;
  readonly rolling: { readonly atMs: number; readonly amount: number; readonly endedHold: string | null }[];
}

interface ModelHold {
  readonly keys: readonly CounterKey[];
  amount: number;
  untilMs: number;
  /** Whether its lease still runs, or has ended with a sweep. */
  isOpen: boolean;
}

const WINDOW_MS = 120_000;
const ROLLING_MS = 10_000;
const LEASE_MS = 1000;

/** At the end of a lease, this one is charged and the other given back. */
const SETTLING = 'a';
const RELEASING = 'c';
const ROLLING_KEY = 'budget:b::rolling';

type Command = fc.AsyncCommand<Model, World, true>;

/** Sequences of everything that can happen to a ledger; `isDurable` adds restarts and crashes. */
export function ledgerCommands(isDurable: boolean) {
  const id = fc.constantFrom('r1', 'r2', 'r3', 'r4', 'r5', 'r6');
  const steps = [
    fc.tuple(id, fc.integer({ min: 0, max: 60 })).map(([name, amount]) => reserve(name, amount)),
    fc.tuple(id, fc.integer({ min: 0, max: 100 })).map(([name, percent]) => settle(name, percent)),
    fc.constant(sweep()),
    fc.oneof(fc.integer({ min: 1, max: 2000 }), fc.integer({ min: 1, max: 40_000 })).map(advance),
    fc.integer({ min: 20, max: 150 }).map(edit),
  ];
  const disasters = [fc.constant(again('restart')), fc.constant(again('crash'))];
  return fc.commands<Model, World, true>(isDurable ? [...steps, ...disasters] : steps, {
    maxCommands: 50,
    size: 'max',
  });
}

/** A ledger nobody has touched. */
export function emptyModel(): Model {
  return { limit: 100, spent: new Map(), holds: new Map(), ceilings: new Map(), told: new Map(), rolling: [] };
}

function reserve(id: string, amount: number): Command {
  return command(`reserve(${id}, ${amount})`, async (model, world) => {
    const before = model.holds.get(id);
    const keys = (before?.keys ?? keysNow(world.clock.nowMs())).map((key) => ({ ...key, limit: model.limit }));
    const rolling = await read(world, ROLLING_KEY);
    const hasRoom = keys.every(({ key }) => {
      const had =
        before === undefined ? 0 : before.isOpen ? before.amount : stillCharged(model, world, id, before, key);
      const more = amount - had;
      const { spent, held } = key === ROLLING_KEY ? rolling : { spent: spentOf(model, key), held: heldOf(model, key) };
      return (before !== undefined && more <= 0) || spent + held + more <= model.limit;
    });
    const reservations = keys.map((counter) => ({
      ...{ counter, amount, enforce: true, targets: null, leaseMs: LEASE_MS },
      onLeaseExpiry: counter.budget === RELEASING ? ('release' as const) : ('settle' as const),
    }));
    const { kind } = await world.store.reserve({ id, owner: 'model', memo: `of ${id}`, reservations });
    // A charge that is just leaving the rolling window may still count, which makes room for its own hold.
    if (before === undefined || before.isOpen || kind === 'refused') assert.equal(kind, hasRoom ? 'held' : 'refused');
    if (kind === 'refused') return;
    if (before !== undefined && !before.isOpen) {
      for (const { key } of keys) giveBack(model, world, id, key, chargedAtEnd(before, key));
    }
    model.holds.set(id, { keys, amount, untilMs: world.clock.nowMs() + LEASE_MS, isOpen: true });
    for (const { key } of keys) model.ceilings.set(key, Math.max(model.ceilings.get(key) ?? 0, model.limit));
  });
}

function settle(id: string, percent: number): Command {
  return command(`settle(${id}, ${percent} %)`, async (model, world) => {
    const hold = model.holds.get(id);
    const amount = Math.floor(((hold?.amount ?? 50) * percent) / 100);
    const keys = hold?.keys ?? keysNow(world.clock.nowMs());
    const charges = keys.map((counter) => ({ counter, held: hold?.amount ?? 0, amount }));
    const { applied } = await world.store.commit({ id, charges });
    assert.equal(applied, hold !== undefined);
    assert.deepEqual(await world.store.commit({ id, charges }), { applied: false, counters: [] });
    if (hold === undefined) return;
    for (const { key } of keys) tell(model, key, amount);
    for (const { key } of keys) {
      const charged = hold.isOpen ? 0 : chargedAtEnd(hold, key);
      if (amount >= charged) charge(model, world, key, amount - charged);
      else giveBack(model, world, id, key, charged - amount);
    }
    model.holds.delete(id);
  });
}

function sweep(): Command {
  return command('sweep', async (model, world) => {
    const nowMs = world.clock.nowMs();
    const due = [...model.holds].filter(([, hold]) => hold.isOpen && hold.untilMs <= nowMs);
    const { expired } = await world.store.sweep();
    assert.deepEqual(expired.map((hold) => hold.id).sort(), due.map(([id]) => id).sort());
    for (const { charges } of expired) for (const { key, amount } of charges) tell(model, key, amount);
    for (const { id, owner, memo } of expired) assert.deepEqual([owner, memo], ['model', `of ${id}`]);
    for (const [id, hold] of due) {
      hold.isOpen = false;
      for (const { key } of hold.keys) charge(model, world, key, chargedAtEnd(hold, key), id);
    }
  });
}

function advance(ms: number): Command {
  return command(`advance(${ms} ms)`, async (_model, { clock }) => clock.advance(ms));
}

function edit(limit: number): Command {
  return command(`edit(limit ${limit})`, async (model) => {
    model.limit = limit;
  });
}

function again(how: 'restart' | 'crash'): Command {
  return command(how, async (_model, world) => world[how]?.());
}

/** Every step is followed by a look at all counters. */
function command(name: string, run: (model: Model, world: World) => Promise<void>): Command {
  return {
    check: async () => true,
    toString: () => name,
    async run(model, world) {
      await run(model, world);
      await compare(model, world);
    },
  };
}

async function compare(model: Model, world: World): Promise<void> {
  for (const { charges } of world.undone.splice(0)) for (const { key, amount } of charges) tell(model, key, -amount);
  const nowMs = world.clock.nowMs();
  const keys = new Set([
    ...model.spent.keys(),
    ...[...model.holds.values()].flatMap((hold) => hold.keys.map(({ key }) => key)),
  ]);
  for (const key of keys) {
    const { spent, held } = await read(world, key);
    assert.equal(held, heldOf(model, key), `held on ${key}`);
    const ceiling = model.ceilings.get(key) ?? 0;
    assert.ok(spent + held <= ceiling, `${key}: ${spent} + ${held} > ${ceiling}`);
    if (key !== ROLLING_KEY) {
      assert.equal(spent, spentOf(model, key), `spent on ${key}`);
      assert.equal(model.told.get(key) ?? 0, spent, `accounted for on ${key}`);
      continue;
    }
    // Late by a sixtieth of its span at most, never early.
    const within = (spanMs: number) =>
      sum(model.rolling.filter(({ atMs }) => atMs > nowMs - spanMs).map(({ amount }) => amount));
    assert.ok(spent >= within(ROLLING_MS), `${spent} spent, ${within(ROLLING_MS)} within the window`);
    assert.ok(
      spent <= within(ROLLING_MS + Math.ceil(ROLLING_MS / 60) + 1),
      `${spent} spent, more than the window holds`,
    );
  }
}

function tell(model: Model, key: string, amount: number): void {
  model.told.set(key, (model.told.get(key) ?? 0) + amount);
}

function charge(model: Model, world: World, key: string, amount: number, endedHold: string | null = null): void {
  if (key === ROLLING_KEY) model.rolling.push({ atMs: world.clock.nowMs(), amount, endedHold });
  else model.spent.set(key, spentOf(model, key) + amount);
}

/** Of what was charged at the end of a lease; what has left the rolling window by then is nobody's room any more. */
function giveBack(model: Model, world: World, id: string, key: string, amount: number): void {
  if (key !== ROLLING_KEY) {
    model.spent.set(key, spentOf(model, key) - amount);
    return;
  }
  const at = model.rolling.findLastIndex(({ endedHold }) => endedHold === id);
  const entry = model.rolling[at];
  if (entry === undefined || entry.atMs <= world.clock.nowMs() - ROLLING_MS) return;
  model.rolling[at] = { ...entry, amount: entry.amount - amount };
}

function stillCharged(model: Model, world: World, id: string, hold: ModelHold, key: string): number {
  if (key !== ROLLING_KEY) return chargedAtEnd(hold, key);
  const entry = model.rolling.findLast(({ endedHold }) => endedHold === id);
  return entry === undefined || entry.atMs <= world.clock.nowMs() - ROLLING_MS ? 0 : entry.amount;
}

function chargedAtEnd(hold: ModelHold, key: string): number {
  return key.startsWith(`budget:${RELEASING}:`) ? 0 : hold.amount;
}

function heldOf(model: Model, key: string): number {
  const open = [...model.holds.values()].filter((hold) => hold.isOpen && hold.keys.some((each) => each.key === key));
  return sum(open.map(({ amount }) => amount));
}

function spentOf(model: Model, key: string): number {
  return model.spent.get(key) ?? 0;
}

function keysNow(nowMs: number): readonly CounterKey[] {
  const windowStartMs = Math.floor(nowMs / WINDOW_MS) * WINDOW_MS;
  const calendar = (budget: string): CounterKey => ({
    key: `budget:${budget}::${new Date(windowStartMs).toISOString()}`,
    ...{ budget, unit: 'tokens', limit: 0, split: [], windowStartMs, windowEndMs: windowStartMs + WINDOW_MS },
  });
  const rolling: CounterKey = {
    key: ROLLING_KEY,
    ...{ budget: 'b', unit: 'tokens', limit: 0, split: [], windowStartMs: nowMs - ROLLING_MS, windowEndMs: nowMs },
  };
  return [calendar(SETTLING), rolling, calendar(RELEASING)];
}

async function read({ store, clock }: World, key: string) {
  const counter = keysNow(clock.nowMs()).find((each) => each.key === key);
  const wanted = counter ?? { ...keysNow(clock.nowMs())[0]!, key };
  return (await store.readFacts({ counters: [wanted], targets: [] })).counters[key] ?? { spent: 0, held: 0 };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
