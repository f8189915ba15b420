import type { ForecastLine, UsageLine, UsageRequest, UsageTotals } from '#state';
import type { RecordTally } from './record-tally.ts';
import type { ReportSpan } from './report-time.ts';

/** All figures of a report, of one ledger or of several. Money in micro-USD. */
export interface ReportFigures {
  readonly span: ReportSpan;
  readonly timezone: string;
  readonly totals: UsageTotals;
  /** Of the span before; null where the ledger holds nothing of it. */
  readonly before: UsageTotals | null;
  /** One for each local date of both spans, in their order. */
  readonly days: readonly DayFigures[];
  readonly teams: readonly LineFigures[];
  readonly models: readonly LineFigures[];
  readonly consumers: readonly LineFigures[];
  readonly top: { readonly byCost: readonly UsageRequest[]; readonly byTokens: readonly UsageRequest[] };
  /** Windows that are open when the report is made. */
  readonly budgets: readonly ForecastLine[];
  readonly tally: RecordTally;
}

/** One day of the ledger. */
export interface DayFigures {
  readonly date: string;
  readonly requests: number;
  readonly costMicroUsd: number;
  readonly savedMicroUsd: number;
}

/** A line with what it cost in the span before. */
export type LineFigures = Pick<
  UsageLine,
  'key' | 'requests' | 'failed' | 'fallbacks' | 'inputTokens' | 'outputTokens' | 'costMicroUsd' | 'savedMicroUsd'
> & { readonly beforeMicroUsd: number };
