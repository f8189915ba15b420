/** Opens the store that process settings name: Redis, `memory:`, or the embedded one. */
export { createStore, type StoreOptions } from './create-store.ts';
/** The store of a single process: counters, holds and target hints in memory. Nothing is written anywhere. */
export { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from './memory/memory-store.ts';
/** When a step of the embedded store counts as written. */
export type { Durability } from './sqlite/open-ledger-file.ts';
/** The embedded durable store: counters and holds journalled in `ledger.db`, shared by the processes of one machine, kept through kill -9. */
export { createSqliteStore, type SqliteStoreOptions } from './sqlite/sqlite-store.ts';
/** The contract of every store: budgets' counters with holds, breakers, latencies, calls in flight. Amounts in the budget's unit. */
export type {
  AttemptReport,
  BreakerEvent,
  BreakerPolicy,
  BreakerRules,
  CommitResult,
  CounterChange,
  FactsQuery,
  Hold,
  HoldAccount,
  ReserveResult,
  Store,
  StoreEvent,
  StoreFacts,
  SweepResult,
} from './store.ts';
/** What a store says when it cannot answer, or cannot be opened. */
export { StoreOpenError, StoreUnavailableError } from './store-errors.ts';
