import type { CounterKey, CounterState, Reservation } from '#decision';
import { spanOf } from '../ledger/counter.ts';
import type {
  CommitResult,
  CounterChange,
  HoldAccount,
  LeaseCharge,
  LeaseEnd,
  ReserveResult,
  SweepResult,
  Unaccounted,
} from '../store.ts';
import type { SharedHint } from './shared-hints.ts';

/** Reservations as `reserve.lua` reads them. Pure. */
export function writeReservations(reservations: readonly Reservation[]): string {
  return JSON.stringify(
    reservations.map(({ counter, amount, leaseMs, onLeaseExpiry, enforce }) => [
      writePart(counter, amount, leaseMs, onLeaseExpiry === 'release'),
      enforce ? 1 : 0,
    ]),
  );
}

/** Charges as `commit.lua` reads them. Pure. */
export function writeCharges(charges: HoldAccount['charges']): string {
  return JSON.stringify(charges.map(({ counter, amount }) => [writePart(counter, 0, 0, false), amount]));
}

/** Counters as `read-facts.lua` reads them. Pure. */
export function writeCounters(counters: readonly CounterKey[]): string {
  return JSON.stringify(counters.map((counter) => [counter.key, spanOf(counter)]));
}

/** The fields that `ledger.lua` names, in its order. */
function writePart(counter: CounterKey, amount: number, leaseMs: number, releases: boolean): readonly unknown[] {
  const { key, budget, limit, windowEndMs } = counter;
  return [key, budget, limit, amount, leaseMs, releases ? 1 : 0, spanOf(counter), windowEndMs];
}

/** What `reserve.lua` says. Pure. */
export function readReserved(
  id: string,
  reply: unknown,
): {
  readonly result: ReserveResult;
  readonly counters: Readonly<Record<string, CounterState>>;
  readonly undone: LeaseEnd | null;
} {
  const [isHeld, exhausted, states, undone] = reply as [number, string[], (string | number)[], WrittenEnd];
  const counters = readStates(states);
  return {
    counters,
    undone: readLeaseEnd(id, undone),
    result: isHeld === 1 ? { kind: 'held' } : { kind: 'refused', exhausted, counters },
  };
}

/** What `commit.lua` says. Pure. */
export function readCommitted(
  id: string,
  reply: unknown,
): {
  readonly result: CommitResult;
  readonly counters: Readonly<Record<string, CounterState>>;
  readonly undone: LeaseEnd | null;
} {
  const [applied, values, undone] = reply as [number, (string | number)[], WrittenEnd];
  const changes: CounterChange[] = [];
  const counters: Record<string, CounterState> = {};
  for (let at = 0; at + 5 < values.length; at += 6) {
    const [key, budget] = [String(values[at]), String(values[at + 1])];
    const [limit = 0, before = 0, after = 0, held = 0] = values.slice(at + 2, at + 6).map(Number);
    changes.push({ key, budget, limit, before, after });
    counters[key] = { spent: after, held };
  }
  return { result: { applied: applied === 1, counters: changes }, counters, undone: readLeaseEnd(id, undone) };
}

/** What `sweep.lua` says. Pure. */
export function readSwept(reply: unknown): { readonly due: number; readonly expired: SweepResult['expired'] } {
  const [due, ended] = reply as [number, [id: string, end: WrittenEnd][]];
  return { due, expired: ended.flatMap(([id, end]) => readLeaseEnd(id, end) ?? []) };
}

/** What `unaccounted.lua` says. Pure. */
export function readUnaccounted(reply: unknown): readonly Unaccounted[] {
  return (reply as [key: string, kind: Unaccounted['kind'], id: string, body: string | WrittenEnd][]).flatMap(
    ([key, kind, id, body]): Unaccounted | [] => {
      if (kind === 'note') return { key, kind, note: String(body) };
      const end = readLeaseEnd(id, body as WrittenEnd);
      return end === null ? [] : { key, kind, end };
    },
  );
}

/** As `leaseEnd` of `ledger.lua` says; empty for none. */
type WrittenEnd = [owner: string, memo: string, endedMs: number, charges: (string | number)[]] | [];

function readLeaseEnd(id: string, written: WrittenEnd): LeaseEnd | null {
  const [owner, memo = '', endedMs = 0, values = []] = written;
  if (owner === undefined) return null;
  const charges: LeaseCharge[] = [];
  for (let at = 0; at + 4 < values.length; at += 5) {
    const [key, budget] = [String(values[at]), String(values[at + 1])];
    const [limit = 0, amount = 0, spent = 0] = values.slice(at + 2, at + 5).map(Number);
    charges.push({ key, budget, limit, amount, spent });
  }
  return { id, owner, memo, endedMs, charges };
}

/** What `read-facts.lua` says. Pure. */
export function readFactsReply(reply: unknown): {
  readonly states: Readonly<Record<string, CounterState>>;
  readonly hints: Readonly<Record<string, SharedHint>>;
} {
  const [states, values] = reply as [unknown, (string | number)[]];
  const hints: Record<string, SharedHint> = {};
  for (let at = 0; at + 3 < values.length; at += 4) {
    const [name, view, openForMs, latencyMs] = values.slice(at, at + 4);
    hints[String(name)] = {
      view: view === 'open' || view === 'half-open' ? view : 'closed',
      openForMs: Number(openForMs),
      latencyMs: Number(latencyMs) < 0 ? null : Number(latencyMs),
    };
  }
  return { states: readStates(states), hints };
}

/** Counters as every script says them. Pure. */
export function readStates(reply: unknown): Readonly<Record<string, CounterState>> {
  const values = reply as (string | number)[];
  const states: Record<string, CounterState> = {};
  for (let at = 0; at + 2 < values.length; at += 3) {
    states[String(values[at])] = { spent: Number(values[at + 1]), held: Number(values[at + 2]) };
  }
  return states;
}

/** What `claimed-at.lua` says. Pure. */
export function readClaims(reply: unknown): Readonly<Record<string, number>> {
  const values = reply as string[];
  return Object.fromEntries(
    values.flatMap((name, at) => (at % 2 === 0 ? [[name, Number(values[at + 1])] as const] : [])),
  );
}
