import type { Counter, LedgerKey } from './counter.ts';
import type { HoldRecord } from './hold-record.ts';

/**
 * Where a ledger keeps its counters and holds. The rules of the ledger are written once, over these, and each call of a rule is one step: nothing else
 * reads or writes the books meanwhile.
 */
export interface Books {
  /** The counter as of now, made with nothing on it when nobody has touched it. May throw before anything is changed. */
  readonly counterOf: (key: LedgerKey, nowMs: number) => Counter;
  /** The counter as of now; undefined when nobody has touched it. */
  readonly knownCounter: (key: string, nowMs: number) => Counter | undefined;
  /** Must follow every change of a counter. */
  readonly changed: (counter: Counter) => void;
  /** The hold of that id, its lease over or not. */
  readonly holdOf: (id: string) => HoldRecord | undefined;
  /** Keeps a new or changed hold; one that is not open any more may be forgotten after a while. */
  readonly keepHold: (id: string, record: HoldRecord) => void;
  readonly dropHold: (id: string) => void;
}
