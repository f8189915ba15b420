import { type Counter, type LedgerKey, SLICES_PER_WINDOW, spanOf } from '../ledger/counter.ts';
import type { HoldRecord } from '../ledger/hold-record.ts';

/** A row of `counters`. */
export interface CounterRow {
  readonly key: string;
  readonly spent: number;
  readonly held: number;
  readonly touched_ms: number;
  readonly window_end_ms: number | null;
  readonly span_ms: number | null;
  readonly slices: string | null;
}

/** How long a finished window can still be charged, and an ended hold be put right. */
export const GRACE_MS = 3_600_000;

/** A counter from its row. Pure. */
export function counterFrom(row: CounterRow): Counter {
  const slices = row.slices === null ? [] : (JSON.parse(row.slices) as [number, number][]);
  return {
    key: row.key,
    held: row.held,
    spent: row.spent,
    windowEndMs: row.window_end_ms ?? Number.POSITIVE_INFINITY,
    rolling:
      row.span_ms === null
        ? null
        : { spanMs: row.span_ms, slices: slices.map(([untilMs, amount]) => ({ untilMs, amount })) },
    touchedMs: row.touched_ms,
  };
}

/** The columns of a counter, in the order of the table. Pure. */
export function counterColumns(
  counter: Counter,
): [string, number, number, number, number | null, number | null, string | null, number] {
  const { key, spent, held, touchedMs, windowEndMs, rolling } = counter;
  const slices =
    rolling === null ? null : JSON.stringify(rolling.slices.map(({ untilMs, amount }) => [untilMs, amount]));
  const endMs = rolling === null ? windowEndMs : null;
  return [key, spent, held, touchedMs, endMs, rolling?.spanMs ?? null, slices, forgetAtMs(counter)];
}

/** Rolling windows move on with every charge; rounded up, their row in the index stays where it is most of the time. */
function forgetAtMs({ windowEndMs, rolling, touchedMs }: Counter): number {
  if (rolling === null) return windowEndMs + GRACE_MS;
  const stepMs = Math.max(60_000, Math.ceil(rolling.spanMs / SLICES_PER_WINDOW));
  return (Math.floor((touchedMs + rolling.spanMs) / stepMs) + 2) * stepMs;
}

type PackedPart = [
  key: string,
  budget: string,
  limit: number,
  spanMs: number,
  windowEndMs: number,
  amount: number,
  leaseMs: number,
  untilMs: number,
  state: number,
  charged?: number,
  chargedAtMs?: number,
];

const RELEASED = 1;
const HELD = 2;

/** A hold as text, without the names of its fields, nor what was charged before anything was. Beyond a kilobyte a row takes pages of its own. Pure. */
export function packHold({ owner, memo, parts, isSettled }: HoldRecord): string {
  const packed = parts.map((part): PackedPart => {
    const { counter, amount, leaseMs, onLeaseExpiry, untilMs, isHeld, charged, chargedAtMs } = part;
    const { key, budget, limit, windowEndMs } = counter;
    const state = (onLeaseExpiry === 'release' ? RELEASED : 0) + (isHeld ? HELD : 0);
    const end = chargedAtMs === 0 ? ([] as const) : ([charged, chargedAtMs] as const);
    return [key, budget, limit, spanOf(counter), windowEndMs, amount, leaseMs, untilMs, state, ...end];
  });
  return JSON.stringify([owner, isSettled ? 1 : 0, packed, memo]);
}

/** A hold from its text. Pure. */
export function unpackHold(text: string): HoldRecord {
  const [owner, isSettled, packed, memo] = JSON.parse(text) as [string, 0 | 1, PackedPart[], string];
  const parts = packed.map(([key, budget, limit, spanMs, windowEndMs, ...rest]) => {
    const [amount, leaseMs, untilMs, state, charged = 0, chargedAtMs = 0] = rest;
    const counter: LedgerKey = { key, budget, limit, windowStartMs: windowEndMs - spanMs, windowEndMs };
    const onLeaseExpiry = state & RELEASED ? ('release' as const) : ('settle' as const);
    return { counter, amount, leaseMs, onLeaseExpiry, untilMs, isHeld: (state & HELD) !== 0, charged, chargedAtMs };
  });
  return { owner, memo, parts, isSettled: isSettled === 1 };
}
