import { type Counter, type LedgerKey, SLICES_PER_WINDOW, spanOf } from '../ledger/counter.ts';
import type { HoldRecord } from '../ledger/hold-record.ts';

/** How long a finished window can still be charged, and an ended hold be put right. */
export const GRACE_MS = 3_600_000;

/** What a counter is; 0 for the end of a window that has none, and for the span of one that does not roll. */
export type CounterName = readonly [key: string, windowEndMs: number, spanMs: number];

/** What is on a counter. Only rolling windows go by time: when each was touched, and each slice's end and amount in turn, in ms after the row. */
export type PackedCounter = readonly [
  name: number,
  spent: number,
  held: number,
  touchedMs?: number,
  slices?: readonly number[],
];

/** What a counter is. Pure. */
export function nameCounter({ key, windowEndMs, rolling }: Counter): CounterName {
  return rolling === null ? [key, windowEndMs, 0] : [key, 0, rolling.spanMs];
}

/** What is on it. Pure. */
export function packCounter({ spent, held, touchedMs, rolling }: Counter, name: number, atMs: number): PackedCounter {
  if (rolling === null) return [name, spent, held];
  const slices = rolling.slices.flatMap(({ untilMs, amount }) => [untilMs - atMs, amount]);
  return [name, spent, held, touchedMs - atMs, slices];
}

/** A counter from both. Pure. */
export function unpackCounter(name: CounterName, packed: PackedCounter, atMs: number): Counter {
  const [key, windowEndMs, spanMs] = name;
  const [, spent, held, touchedMs = 0, flat = []] = packed;
  if (spanMs === 0) return { key, spent, held, windowEndMs, rolling: null, touchedMs: atMs };
  const slices = flat.flatMap((ms, at) => (at % 2 === 0 ? [{ untilMs: ms + atMs, amount: flat[at + 1] ?? 0 }] : []));
  const windowEnd = Number.POSITIVE_INFINITY;
  return { key, spent, held, windowEndMs: windowEnd, rolling: { spanMs, slices }, touchedMs: touchedMs + atMs };
}

/** When nothing can read a counter any more. Rolling windows move on with every charge; rounded up, their row in the index stays where it is most of the time. Pure. */
export function forgetAtMs({ windowEndMs, rolling, touchedMs }: Counter): number {
  if (rolling === null) return windowEndMs + GRACE_MS;
  const stepMs = Math.max(60_000, Math.ceil(rolling.spanMs / SLICES_PER_WINDOW));
  return (Math.floor((touchedMs + rolling.spanMs) / stepMs) + 2) * stepMs;
}

/** What a hold has its amounts on. A rolling window is always the one that ends now. */
export type KeyName = readonly [key: string, budget: string, limit: number, spanMs: number, windowEndMs: number];

type PackedPart<Name> = [
  name: Name,
  amount: number,
  leaseMs: number,
  untilMs: number,
  state: number,
  charged?: number,
  chargedAtMs?: number,
];

/** A hold without the names of its fields, nor what was charged before anything was; times in ms after the row. */
export type PackedHold<Name> = readonly [owner: string, isSettled: 0 | 1, parts: PackedPart<Name>[], memo: string];

const RELEASED = 1;
const HELD = 2;

/** A hold as a row has it. Pure but for the names. */
export function packHold<Name>(record: HoldRecord, atMs: number, name: (key: KeyName) => Name): PackedHold<Name> {
  const packed = record.parts.map((part): PackedPart<Name> => {
    const { counter, amount, leaseMs, onLeaseExpiry, untilMs, isHeld, charged, chargedAtMs } = part;
    const spanMs = spanOf(counter);
    const named = name([counter.key, counter.budget, counter.limit, spanMs, spanMs > 0 ? 0 : counter.windowEndMs]);
    const state = (onLeaseExpiry === 'release' ? RELEASED : 0) + (isHeld ? HELD : 0);
    if (chargedAtMs === 0) return [named, amount, leaseMs, untilMs - atMs, state];
    return [named, amount, leaseMs, untilMs - atMs, state, charged, chargedAtMs];
  });
  return [record.owner, record.isSettled ? 1 : 0, packed, record.memo];
}

/** A hold from its row. Pure. */
export function unpackHold<Name>(packed: PackedHold<Name>, atMs: number, keyOf: (name: Name) => KeyName): HoldRecord {
  const [owner, isSettled, packedParts, memo] = packed;
  const parts = packedParts.map(([name, amount, leaseMs, untilMs, state, charged = 0, chargedAtMs = 0]) => {
    const [key, budget, limit, spanMs, windowEndMs] = keyOf(name);
    const counter: LedgerKey = { key, budget, limit, windowStartMs: windowEndMs - spanMs, windowEndMs };
    const onLeaseExpiry = state & RELEASED ? ('release' as const) : ('settle' as const);
    const isHeld = (state & HELD) !== 0;
    return { counter, amount, leaseMs, onLeaseExpiry, untilMs: untilMs + atMs, isHeld, charged, chargedAtMs };
  });
  return { owner, memo, parts, isSettled: isSettled === 1 };
}
