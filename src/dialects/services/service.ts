import type { JsonObject, ServiceKind, ServiceRequest, ServiceResponse, StreamError, Usage } from '#core';
import type { CallerContext, InboundContext, OutboundTarget, PassedRequest, WrittenRequest } from '../dialect.ts';

/*
 * Calls beside chats. Each has two sides, as a dialect has: what a caller sends and reads (`InboundService`, by dialect and
 * `ServiceName`), and what a provider reads and sends (`OutboundService`, by dialect and `ServiceKind`). They meet in the neutral
 * forms of #core; where both sides speak the same dialect, the caller's own bytes pass.
 */

/** The caller's side of one kind of call. Pure. */
export interface InboundService {
  readonly kind: ServiceKind;
  /** How the body comes: JSON, or a form with files of which `readRequest` sees name, type and size. */
  readonly form: 'json' | 'multipart';
  /** Reads a request; throws GatewayError `invalid_request` with the field's path. Copies no text. */
  readonly readRequest: (body: JsonObject, context: InboundContext) => ServiceRequest;
  /** Policy's edits on the caller's own body; null where even the same dialect has several spellings, so that it is always written anew. */
  readonly pass: ((body: JsonObject, target: OutboundTarget, context: InboundContext) => PassedRequest) | null;
  /** The answer in the caller's shape; `body` is the request's. */
  readonly writeResponse: (response: ServiceResponse, body: JsonObject, caller: CallerContext) => JsonObject;
}

/** The provider's side of one kind of call. Pure. */
export interface OutboundService {
  /** Why a model of the provider cannot take the request, whatever a policy drops; null where it can. */
  readonly refusal?: (request: ServiceRequest, upstreamModel: string) => string | null;
  readonly writeRequest: (request: ServiceRequest, target: OutboundTarget) => WrittenRequest;
  /** Reads a whole 2xx answer in JSON, laxly; a StreamError when it is none. `headers` by lower-case name. */
  readonly readResponse: (body: unknown, headers?: Readonly<Record<string, string>>) => ServiceResponse | StreamError;
  /** Figures in an event of an answer that passes as it comes. */
  readonly readEvent?: (event: JsonObject) => EventFigures;
  /** Whether an answer may be something else than JSON: sound, subtitles, events. It passes as it comes. */
  readonly mayBeRaw: boolean;
}

/** What an event tells of what is to be paid. */
export interface EventFigures {
  readonly usage?: Usage | undefined;
  /** Pictures that it brings whole. */
  readonly pieces?: number;
}

/** Both sides, of an API that has callers and providers. */
export interface Service extends InboundService, OutboundService {}
