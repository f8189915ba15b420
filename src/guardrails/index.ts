/** The parts of a check: how one is written, what it is given and what it answers. Types only, but for the error and the passing verdict. */
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
/** Every kind of check by its name in policies. */
export { CHECKS } from './registry.ts';
