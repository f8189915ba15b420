/** The store of a single process: counters, holds and target hints in memory. Nothing is written anywhere. */
export { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from './memory/memory-store.ts';
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
  StoreFacts,
  SweepResult,
} from './store.ts';
