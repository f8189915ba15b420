export { canonicalJson, digestOf, sha256 } from './canonical-json.ts';
export type {
  Capability,
  DialectName,
  Endpoint,
} from './capabilities.ts';
export { type Channel, createChannel } from './channels.ts';
export type { Citation, CitationSource } from './citation.ts';
export type { Clock } from './clock.ts';
export {
  compareDiagnostics,
  compareText,
  type Diagnostic,
  type Fix,
  type FixEdit,
  type Place,
  type RelatedPlace,
  type Severity,
  type Span,
} from './diagnostic.ts';
export {
  type AttemptTrailEntry,
  ERRORS,
  type ErrorCode,
  type ErrorDetails,
  GatewayError,
  invalidField,
} from './errors.ts';
export { isContent, type NeutralEvent, type PartStart, type StreamError } from './events.ts';
export { compileGlob, fitsGlob, type Glob } from './glob.ts';
export { requestId, requestIdTime } from './ids.ts';
export { asArray, asNumber, asObject, asString, isObject, type JsonObject, omit, parseJson } from './json.ts';
export type { TokenLogprob } from './logprob.ts';
export { formatMoney, formatUsd, type MicroUsd, parseMoney } from './money.ts';
export { fitsMyNumber } from './my-number.ts';
export { once } from './once.ts';
export type { OutcomeReason, SkipReason } from './outcome.ts';
export { type Pieces, piecesOf } from './pieces.ts';
export { formatDuration, parseBytes, parseDuration, parseShare } from './quantities.ts';
export type {
  AssistantPart,
  AudioPart,
  CacheMarker,
  DocumentPart,
  ImagePart,
  Message,
  NeutralRequest,
  OpaquePart,
  Part,
  Reasoning,
  ReasoningPart,
  RefusalPart,
  ResponseFormat,
  Source,
  TextPart,
  Tool,
  ToolCallPart,
  ToolChoice,
  ToolResultPart,
  UserPart,
} from './request.ts';
export type { Choice, Finish, FinishReason, NeutralResponse } from './response.ts';
export { findSecrets, holdsSecret, maskSecrets } from './secret-shapes.ts';
export type {
  EmbeddingRequest,
  ImageRequest,
  ModerationRequest,
  RealtimeRequest,
  RerankRequest,
  RerankResult,
  ServiceKind,
  ServiceName,
  ServiceRequest,
  ServiceResponse,
  ServiceText,
  SpeechRequest,
  TranscriptionRequest,
} from './service.ts';
export { characterWidth, textWidth } from './text-width.ts';
export { inputTokens, NO_USAGE, outputTokens, TOKEN_CLASSES, type TokenClass, type Usage } from './usage.ts';
export { VERSION } from './version.ts';
export { wrapText } from './wrap-text.ts';
