import { once } from '#core';
import { type Cancellation, createCancellation, type Executed } from '#upstream';
import type { InboundCall } from '../inbound-call.ts';
import type { Broadcast } from './broadcast.ts';

/** How a call that several requests share began. */
export type Begun =
  | { readonly kind: 'json'; readonly executed: Extract<Executed, { kind: 'json' }> }
  | {
      readonly kind: 'stream';
      readonly executed: Extract<Executed, { kind: 'stream' }>;
      readonly broadcast: Broadcast;
    }
  | { readonly kind: 'failed'; readonly executed: Extract<Executed, { kind: 'failed' }> }
  | { readonly kind: 'cancelled' };

/** A place at a call in progress; each function counts once. */
export interface Seat {
  /** Its reader has begun, or there will be none. */
  readonly settle: () => void;
  readonly leave: () => void;
}

/** One call in progress, with a seat for everyone who wants its answer. */
export interface Flight {
  readonly key: string;
  /** The caller who began it: the bytes that pass are in its dialect and its ways. */
  readonly leader: { readonly call: InboundCall; readonly streamUsage: boolean; readonly legacyFunctions: boolean };
  /** Fires when every seat is left: only then is the call given up. */
  readonly cancellation: Cancellation;
  readonly begun: Promise<Begun>;
  readonly begin: (begun: Begun) => void;
  readonly fail: (error: unknown) => void;
  /** The call is over and its answer is kept, or not; never rejects. */
  readonly over: Promise<void>;
  readonly land: () => void;
  readonly seat: () => Seat;
  /** Whether somebody has a seat and has not begun to read: a stream's beginning is kept for them. */
  readonly isAwaited: () => boolean;
  /** Whether who comes now still gets everything. */
  readonly canJoin: () => boolean;
  /** What the call cost, once it is over; null when nobody knows. */
  costMicroUsd: number | null;
}

/** Calls in progress by cache key. */
export interface Flights {
  readonly find: (key: string) => Flight | null;
  /** Opens one; it is found by its key until it lands, unless another is there already. */
  readonly open: (key: string, leader: Flight['leader']) => Flight;
}

/** Creates a register without any call. */
export function createFlights(): Flights {
  const open = new Map<string, Flight>();
  return {
    find(key) {
      const flight = open.get(key);
      return flight?.canJoin() === true ? flight : null;
    },
    open(key, leader) {
      const flight = createFlight(key, leader, () => {
        if (open.get(key) === flight) open.delete(key);
      });
      if (!open.has(key)) open.set(key, flight);
      return flight;
    },
  };
}

function createFlight(key: string, leader: Flight['leader'], onLanded: () => void): Flight {
  const cancellation = createCancellation();
  const begun = Promise.withResolvers<Begun>();
  const over = Promise.withResolvers<void>();
  // Whoever waits for it hears of it; that nobody does is no fault.
  begun.promise.catch(() => undefined);
  let seats = 0;
  let unsettled = 0;
  let broadcast: Broadcast | null = null;
  let isOver = false;
  return {
    key,
    leader,
    cancellation,
    begun: begun.promise,
    begin(how) {
      if (how.kind === 'stream') broadcast = how.broadcast;
      begun.resolve(how);
    },
    fail: begun.reject,
    over: over.promise,
    land() {
      isOver = true;
      onLanded();
      over.resolve();
    },
    seat() {
      seats += 1;
      unsettled += 1;
      const settle = once(() => {
        unsettled -= 1;
      });
      const leave = once(() => {
        settle();
        seats -= 1;
        if (seats === 0 && !isOver) cancellation.cancel();
      });
      return { settle, leave };
    },
    isAwaited: () => unsettled > 0,
    canJoin: () => !isOver && !cancellation.isCancelled() && (broadcast === null || broadcast.isWhole()),
    costMicroUsd: null,
  };
}
