/** What processes tell each other for alerts, and which of them leads. */
export type { AlertBoard } from './board/alert-board.ts';
/** Opens the board that process settings name: Redis, `memory:`, or `alerts.db`. */
export { type BoardOptions, createBoard } from './board/create-board.ts';
/** Keeps answers of a cache: what they are found by, what a purge means, how the process settings choose one. */
export type { AnswerLabels, AnswerStore, PurgeQuery, StoredAnswer } from './cache/answer-store.ts';
/** Opens the store of answers that process settings name: Redis, `memory:`, or `cache.db`. Throws StoreOpenError. */
export { type AnswerStoreOptions, createAnswerStore } from './cache/create-answer-store.ts';
/** Keeps the questions of answers with their meaning, for an index that is rebuilt from it. */
export type { QuestionStore, StoredQuestion } from './cache/question-store.ts';
/** Opens the store that process settings name: Redis, `memory:`, or the embedded one. */
export { createStore, readDurability, type StoreOptions } from './create-store.ts';
/** How the Redis of a URL is, as a gateway would find it; nothing is written. */
export { inspectRedis } from './inspect-redis.ts';
/** One budget counter, whatever keeps it: a rolling window forgets in sixty pieces. Effects: on the counter only. */
export { type Counter, createCounter, refreshCounter, spend } from './ledger/counter.ts';
/** The store of a single process: counters, holds and target hints in memory. Nothing is written anywhere. */
export { createMemoryStore, type MemoryStore, type MemoryStoreOptions } from './memory/memory-store.ts';
/** When a step of the embedded store counts as written, and whether its file can be opened; changes nothing. Throws StoreOpenError. */
export { type Durability, inspectLedgerFile, ledgerFile } from './sqlite/open-ledger-file.ts';
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
  LeaseCharge,
  LeaseEnd,
  ReserveResult,
  Store,
  StoreEvent,
  StoreFacts,
  SweepResult,
  Unaccounted,
} from './store.ts';
/** What a store says when it cannot answer, or cannot be opened. */
export { StoreOpenError, StoreUnavailableError } from './store-errors.ts';
/** Where the usage ledger of a data folder is. Pure. */
export { usageFile } from './usage/open-usage-file.ts';
/** Reads the usage ledger of a data folder beside the gateways that write it. Throws StoreOpenError. */
export { openUsageReader } from './usage/open-usage-reader.ts';
/** What `/admin/usage` and `signalbox usage` say of a ledger; UsageQueryError for what is no date. */
export {
  type ForecastLine,
  type ForecastSummary,
  forecastLine,
  forecastSummary,
  summarizeUsage,
  UsageQueryError,
  type UsageRules,
  type UsageSummary,
  type UsageSummaryQuery,
} from './usage/summarize-usage.ts';
/** One request with its charges, as the usage ledger keeps it; costs in micro-USD, budgets in their units. */
export type { BudgetCharge, UsageCharge, UsageEntry } from './usage/usage-entry.ts';
/** The append-only account of what was used, written to `usage.db` off the request path. Throws StoreOpenError. */
export {
  createUsageLedger,
  type UsageLedger,
  type UsageLedgerEvent,
  type UsageLedgerOptions,
} from './usage/usage-ledger.ts';
/** Sums, groups, largest requests and budget standings out of a usage ledger. */
export type { UsageReader } from './usage/usage-reader.ts';
/** What reports hold, and what they can be grouped by. */
export {
  type BudgetStanding,
  USAGE_GROUPS,
  type UsageGroup,
  type UsageLine,
  type UsageQuery,
  type UsageReport,
  type UsageRequest,
  type UsageTotals,
} from './usage/usage-report.ts';
