/** The context window that a call asks for by its headers; null for none. Pure. */
export { askedWindow } from './asked-window.ts';
/** What the bytes of a body can ask a provider to write to its prompt cache: nothing, for five minutes, for an hour. Pure. */
export { type CacheWrites, cacheWritesIn } from './cache-writes.ts';
export { collectEvents, type EventCollector } from './collect-events.ts';
export { asCount } from './count-answer.ts';
/** What of a request the target's dialect has no place or no use for, and what changes nothing about what is asked. Pure. */
export { crossingHints } from './crossing-hints.ts';
export type {
  CallerContext,
  Dialect,
  Framer,
  InboundContext,
  OutboundTarget,
  PassedRequest,
  RequestShape,
  SseEvent,
  StreamFormat,
  StreamReader,
  StreamWriter,
  UpstreamFailure,
  WrittenRequest,
} from './dialect.ts';
/** Whether some object of a JSON text has a key twice, of which another parser may take the other. Pure. */
export { holdsDuplicateKeys } from './duplicate-keys.ts';
export { editsBetween } from './edits-between.ts';
export { createTextMeter, estimateTokens, type TextLength, type TextMeter } from './estimate-tokens.ts';
/** Leaves the oldest turns out of a conversation that is too long. Pure. */
export { type TrimmedHistory, trimHistory } from './history.ts';
export { createInputSource, type InputSource, inputCeiling } from './input-ceiling.ts';
export { countingDialectOf, dialectOf, wireDialects } from './registry.ts';
export { responseEvents } from './response-events.ts';
export { type RetryAdvice, readRetryAfter } from './retry-after.ts';
export { addUsage, readRealtimeUsage } from './services/openai-realtime.ts';
export { familyOf, inboundService, outboundService } from './services/registry.ts';
export type { EventFigures, InboundService, OutboundService } from './services/service.ts';
export { serviceTexts, shapeOfService } from './services/shape.ts';
export { unreportedUsage } from './services/unreported-usage.ts';
export { spliceTopLevel } from './splice.ts';
export { createSseFramer, type SseFramer, SseFrameTooLargeError } from './sse-framer.ts';
