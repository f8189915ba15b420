export { advance, backoffMs, type Moment } from './advance.ts';
export {
  advanceBreaker,
  type BreakerEvent,
  type BreakerState,
  breakerView,
  CLOSED_BREAKER,
  healthOf,
} from './breaker.ts';
export { type BudgetTarget, type BudgetUse, budgetsInScope, counterOf, windowStartOf } from './budget-scope.ts';
export { decide } from './decide.ts';
export { type Denial, denyUnknownConsumer, denyUnmatched, skipText } from './denials.ts';
export {
  type ExplainedBudget,
  type ExplainedCall,
  type ExplainedTarget,
  type ExplainOptions,
  type Explanation,
  explain,
} from './explain.ts';
export { explainMatch, explainWhyNot, type Rival } from './explain-match.ts';
export { type Failure, failureOf } from './failure.ts';
export { type Forecast, type ForecastInput, forecast, type HourSpend } from './forecast.ts';
export { isIpAllowed } from './ip-allow.ts';
export { localDate, startOfDate } from './local-date.ts';
export { match } from './match.ts';
export { mayCache } from './may-cache.ts';
export { neededFacts } from './needed-facts.ts';
export { stickyDraws } from './order-runs.ts';
/** What keeps the answers of a cache apart: its names, its words, its values for a request. Pure. */
export { describePartition, partitionOf, partitionValues } from './partition.ts';
export { type ModelNames, mayUseModel } from './permissions.ts';
/** Where a field of a document is written. Pure. */
export { placeOf } from './place.ts';
export { classPrice, costOf, priceAt, tierOf } from './price.ts';
export { isFixedPrompt, NO_PROMPT, promptVariables, renderPrompt, valueOfVariable } from './render-prompt.ts';
export { requestedModel, resolveModel } from './resolve-model.ts';
export { outcomeOfStatus, type ScriptedOutcome, type UpstreamScript } from './script.ts';
export { raiseHolds, settle } from './settle.ts';
export { type SimulatedCall, type Simulation, simulateRequest } from './simulate-request.ts';
export { stableDraw } from './stable-draw.ts';
export { asSent, trimLimit, trimmedFacts } from './trim-limit.ts';
export type {
  Attempt,
  Charge,
  CounterKey,
  CounterState,
  Decision,
  Facts,
  MatchResult,
  NeededFacts,
  Next,
  Note,
  OuterChain,
  Plan,
  PlanTarget,
  RequestFacts,
  Reservation,
  Settlement,
  SkippedTarget,
  TrimmedInput,
} from './types.ts';
export { type Window, windowOf } from './window.ts';
export { type WorstCase, worstCaseOf } from './worst-case.ts';
