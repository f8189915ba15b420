/** The parts of a check: how one is written, what it is given and what it answers. Types only, but for the error and the passing verdict. */

/** The refusal of a check, for those who ask others. Pure. */
export { blockedBy } from './blocked.ts';
export {
  type Action,
  type Check,
  type CheckContext,
  CheckOptionError,
  type CheckOptions,
  type CheckSample,
  type CompiledCheck,
  type GuardedRequest,
  type GuardedToolCall,
  PASS,
  type RemoteCheck,
  type RequestCheck,
  type SampleCase,
  type Span,
  type SpanCheck,
  type Stage,
  type ToolCallCheck,
  type Verdict,
  type WholeCheck,
  type WholeSubject,
} from './check.ts';
/** The checks at work: on the body of a request, on a whole answer, on the events of a stream. Throw GatewayError `guardrail_blocked`. */
export { applyVerdict, checkAnswer, judgeTexts, restoreAnswer, restoreBody, visibleTexts } from './check-answer.ts';
export { checkBody } from './check-body.ts';
export { createStreamCheck, type StreamCheck } from './check-stream.ts';
export type { GuardRun } from './check-text.ts';
/** Guardrails of a route made ready once, at activation. Throws CheckOptionError. Pure. */
export { compileCheck, compileGuard, type GuardCheck, type RouteGuard, type StageGuard } from './compile-guard.ts';
/** Every kind of check by its name in policies. */
export { CHECKS } from './registry.ts';
/** What checks came to, for records and metrics. */
export { createTally, type GuardOutcome, type GuardVerdict, type Tally } from './tally.ts';
/** Placeholders of one request and the way back. */
export { createVault, type Vault } from './vault.ts';
/** The body of an answer without neutral form, or of a request: every text visited. */
export { mapBody, mapFree } from './walk-json.ts';
