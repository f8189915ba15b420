import type { CounterKey, CounterState, Facts, Reservation, Settlement } from '#decision';

/**
 * What the gateway keeps between requests: budget counters with holds, and hints about the health of targets. Everything
 * is keyed by stable ids (budget and window, `chain/target`), so that it survives a reload of the policies.
 * Counters are exact and shared by all who use the store; hints may be rough.
 */
export interface Store {
  /** All that one decision reads, in one round trip. A key or target nobody touched is absent. */
  readonly readFacts: (query: FactsQuery) => Promise<StoreFacts>;
  /**
   * Takes every reservation of a request or none: each enforced counter must have room for its amount on top of what is
   * spent and held. Taking a hold id again replaces its amounts, with room needed only for what is added: so a repeated
   * call changes nothing, and a hold can be raised before a further attempt. A refused raise leaves the hold as it was.
   */
  readonly reserve: (hold: Hold) => Promise<ReserveResult>;
  /**
   * Turns a hold into what was really spent and gives the rest back. Idempotent by hold id: the second time, and for a
   * hold nobody knows, nothing changes and `applied` is false. A hold whose lease has ended is put right afterwards.
   */
  readonly commit: (account: HoldAccount) => Promise<CommitResult>;
  /** Starts the leases of a hold anew: for streams that outlive them. False when the hold is gone. */
  readonly renew: (holdId: string) => Promise<boolean>;
  /** Ends the holds whose lease is over, as each budget's `onLeaseExpiry` says, and forgets what no window needs any more. */
  readonly sweep: () => Promise<SweepResult>;
  /**
   * What steps have left for the usage ledger and nobody has said to be `accounted`, told again: whoever was told may have been killed before it wrote it down. Only
   * what has waited so long, some thousands at once at most.
   */
  readonly unaccounted: (waitedMs: number) => Promise<readonly Unaccounted[]>;
  /** It is written down by now, and not told again. Keys that nobody knows change nothing. */
  readonly accounted: (keys: readonly string[]) => Promise<void>;
  /**
   * Takes a name for so many ms: true for the first who asks, on whatever process, false for all others until the time is over. For what must happen once
   * (a signature that is used, an event that is told). While a shared store is away the names of this process count alone.
   */
  readonly claim: (name: string, forMs: number) => Promise<boolean>;
  /** When each of the names was taken, in ms since 1970; those that nobody has are absent. */
  readonly claimedAt: (names: readonly string[]) => Promise<Readonly<Record<string, number>>>;

  /** Counts a call in flight at the target, perhaps as its breaker's probe. Each call is ended exactly once by `attemptEnded`. */
  readonly attemptStarted: (target: string, breaker: BreakerPolicy | null) => void;
  /** Ends a call in flight, and takes its outcome into the target's breaker and latency. */
  readonly attemptEnded: (report: AttemptReport) => void;
  /** Breaker state of every target that is not closed, for status pages. */
  readonly openBreakers: () => Promise<Readonly<Record<string, 'open' | 'half-open'>>>;
  /** Lets go of timers and connections. */
  readonly close: () => Promise<void>;
}

/** What one decision needs to know. */
export interface FactsQuery {
  readonly counters: readonly CounterKey[];
  /** Plan target ids. */
  readonly targets: readonly string[];
}

/** The part of `Facts` that lives in the store. */
export type StoreFacts = Pick<Facts, 'counters' | 'breakers' | 'latencies' | 'inFlight'>;

/** What a request may cost at most, on every counter it falls under; taken before its first call. */
export interface Hold {
  /** The request id. */
  readonly id: string;
  /** The process that will settle, for the record of an expired hold. */
  readonly owner: string;
  /** What whoever holds it wants to be told with its end, should nobody settle it; empty by default. */
  readonly memo?: string;
  /** Each with its lease and what happens at its end. */
  readonly reservations: readonly Reservation[];
}

/** Held, or refused with the counters that have no room. */
export type ReserveResult =
  | { readonly kind: 'held' }
  /** `exhausted` are the keys without room; `counters` every counter of the hold as it is now. */
  | {
      readonly kind: 'refused';
      readonly exhausted: readonly string[];
      readonly counters: Readonly<Record<string, CounterState>>;
    };

/** What a request cost on each counter it held; a counter left out is charged nothing. */
export interface HoldAccount {
  readonly id: string;
  readonly charges: Settlement['charges'];
  /**
   * The request was let through while the store could not be reached, so that no hold is known: charge it all the same, once under this id. A hold that
   * did arrive is settled as usual.
   */
  readonly isUnheld?: boolean;
  /** What the usage ledger is to say of it: kept in the same step under the hold's id, when the account is taken, until it is `accounted`. */
  readonly note?: string;
}

/** What the usage ledger is still to say: the note of an account, or the end of a lease that was charged or taken back. */
export type Unaccounted =
  | { readonly key: string; readonly kind: 'note'; readonly note: string }
  | { readonly key: string; readonly kind: 'ended' | 'undone'; readonly end: LeaseEnd };

/** Whether an account was taken, and what it moved. */
export interface CommitResult {
  readonly applied: boolean;
  /** Spent before and after on each counter, for alerts at a share of the limit. */
  readonly counters: readonly CounterChange[];
}

/** One counter before and after a charge; amounts in the budget’s unit. */
export interface CounterChange {
  readonly key: string;
  readonly budget: string;
  readonly limit: number;
  readonly before: number;
  readonly after: number;
}

/** Holds that ended because nobody settled them in time. */
export interface SweepResult {
  /** Each told once, by whichever process has ended it. */
  readonly expired: readonly LeaseEnd[];
}

/** A hold that ended with its lease. */
export interface LeaseEnd {
  readonly id: string;
  readonly owner: string;
  readonly memo: string;
  /** When its last charge was made, in ms since 1970; 0 where nothing was charged. */
  readonly endedMs: number;
  /** One for each reservation, in their order. */
  readonly charges: readonly LeaseCharge[];
}

/** What the end of a lease charged on one counter, in the budget's unit: 0 where it was given back. */
export interface LeaseCharge {
  readonly key: string;
  readonly budget: string;
  readonly limit: number;
  readonly amount: number;
  /** On the counter in all, just afterwards. */
  readonly spent: number;
}

/** How a call to a target went, for its breaker and latency. */
export interface AttemptReport {
  readonly target: string;
  /** How the call went for the breaker; `ignored` says nothing about the target's health (a refused request, a hang-up). */
  readonly health: 'success' | 'failure' | 'ignored';
  /** Time to the first token, or to the whole answer; null when the call gave none. */
  readonly latencyMs: number | null;
  readonly breaker: BreakerPolicy | null;
}

/** When a target's breaker opens, and for how long. */
export interface BreakerPolicy {
  readonly failures: number;
  readonly withinMs: number;
  readonly openForMs: number;
}

/** The breaker as a pure state machine, handed in where the store is made: `{ closed: CLOSED_BREAKER, advance: advanceBreaker, view: breakerView }`. */
export interface BreakerRules<State> {
  readonly closed: State;
  readonly advance: (state: State, event: BreakerEvent, policy: BreakerPolicy, nowMs: number) => State;
  readonly view: (state: State, nowMs: number) => 'closed' | 'open' | 'half-open';
}

/** What moves a breaker: a call that starts, or how it went. */
export interface BreakerEvent {
  readonly kind: 'started' | AttemptReport['health'];
}

/** What happens to a store behind the requests' backs, each told once; `detail` is for logs and holds no secret. */
export type StoreEvent =
  | { readonly kind: 'lost'; readonly detail: string }
  /** It answers again; so many accounts of requests that ended meanwhile are delivered now, so many were given up since the start. */
  | {
      readonly kind: 'found';
      readonly detail: string;
      readonly lateAccounts: number;
      readonly droppedAccounts: number;
    }
  /** The server is set up so that it may drop counters. */
  | { readonly kind: 'may-forget'; readonly detail: string }
  /** The account of a hold came after its lease had ended: what was charged then is taken back, and the account counts. */
  | { readonly kind: 'lease-undone'; readonly end: LeaseEnd };
