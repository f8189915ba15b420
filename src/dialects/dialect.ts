import type {
  DialectName,
  Endpoint,
  GatewayError,
  JsonObject,
  NeutralEvent,
  NeutralRequest,
  NeutralResponse,
  OutcomeReason,
  ServiceName,
  StreamError,
  Usage,
} from '#core';
import type { InputSource } from './input-ceiling.ts';

/*
 * How a dialect is made: one folder `<name>/` with the same files in each, so that a reader who knows one knows all.
 *
 *   index.ts     the Dialect value, nothing else; entered in registry.ts
 *   shape.ts     readShape: what policy needs of a same-dialect request
 *   request.ts   readRequest and writeRequest (split by direction where one file grows too long)
 *   pass.ts      passRequest: policy's edits on the caller's own body
 *   response.ts  readResponse, writeResponse, readUsage
 *   stream.ts    the stream reader and writer
 *   errors.ts    readError, writeError
 *
 * Shared parts: sse-framer.ts (bytes to SseEvent), splice.ts (edits to bytes), retry-after.ts, estimate-tokens.ts, input-ceiling.ts,
 * response-events.ts and collect-events.ts (answer to events and back). No dialect knows another: everything crosses
 * through the neutral forms of #core. What a target cannot express is named in `lost`, never dropped in silence.
 * Requests are read strictly (400 with the field's path), upstream answers laxly.
 */

/** One wire format, both ways. Every function is pure; stream readers and writers keep their own state and nothing else. */
export interface Dialect {
  readonly name: DialectName;

  /** Reads what policy needs of a request without translating it; throws GatewayError `invalid_request` with the field's path. Cheap: one walk, no copies of text. */
  readonly readShape: (body: JsonObject, context: InboundContext) => RequestShape;
  /** Reads a whole request; throws GatewayError `invalid_request` with the field's path. */
  readonly readRequest: (body: JsonObject, context: InboundContext) => NeutralRequest;
  /** Writes a request for an upstream of this dialect. */
  readonly writeRequest: (request: NeutralRequest, target: OutboundTarget) => WrittenRequest;
  /** Same-dialect request: edits on the caller's own body that policy asks for; everything else stays byte for byte. */
  readonly passRequest: (body: JsonObject, target: OutboundTarget, context: InboundContext) => PassedRequest;

  /** Reads a whole 2xx answer, laxly; returns a StreamError with reason `malformed` (or the error inside a 200) when it is not one. */
  readonly readResponse: (body: unknown) => NeutralResponse | StreamError;
  readonly writeResponse: (response: NeutralResponse, caller: CallerContext) => JsonObject;
  /** Usage of a same-dialect answer, without translating it; undefined when the provider sent none. */
  readonly readUsage: (body: JsonObject) => Usage | undefined;

  /** Absent: server-sent events. */
  readonly streamFormat?: StreamFormat;
  readonly createStreamReader: () => StreamReader;
  readonly createStreamWriter: (caller: CallerContext) => StreamWriter;

  /** Classifies a non-2xx answer. `body` is the text as received, perhaps HTML or empty; `nowMs` serves absolute retry times when the answer has no `date`. */
  readonly readError: (
    status: number,
    headers: Readonly<Record<string, string>>,
    body: string,
    nowMs?: number,
  ) => UpstreamFailure;
  /** Writes an error in this dialect's own shape, `code` and hint included. */
  readonly writeError: (error: GatewayError, requestId: string) => JsonObject;
  /** The header in which this dialect's clients look for the id of a request. */
  readonly requestIdHeader?: string;
}

/** What the path of a call says beside its body. */
export interface InboundContext {
  readonly endpoint: Endpoint;
  /** Model from the path, for dialects that carry it there. */
  readonly pathModel: string | null;
  /** Whether the path asks for a stream (Gemini); null where the body says it. */
  readonly pathStream: boolean | null;
  /** Whether only the tokens of the request are to be counted. */
  readonly isCount?: boolean;
  /** What is asked for, where it is no chat. */
  readonly service?: ServiceName;
}

/** What a same-dialect request reveals to policy. */
export interface RequestShape {
  readonly model: string;
  readonly stream: boolean;
  /** Whether the caller asked for usage in the stream. */
  readonly streamUsage: boolean;
  readonly toolCount: number;
  readonly images: number;
  readonly audio: number;
  readonly documents: number;
  readonly responseFormat: 'text' | 'json-object' | 'json-schema';
  readonly hasReasoning: boolean;
  readonly maxOutputTokens: number | null;
  /** How many answers are asked for, each with its own output; absent means one. */
  readonly choices?: number;
  readonly temperature: number | null;
  /** UTF-16 code units of prompt text by width, for the token estimate: [ASCII, wider]. */
  readonly textLength: readonly [number, number];
  /** Messages of the prompt, instructions apart from them included: each costs tokens beside its text. */
  readonly messageCount: number;
  /** What bounds the input tokens beside the body's length. */
  readonly source: Readonly<InputSource>;
  /** End-user or session id in the body, where the dialect has one. */
  readonly user: string | null;
  /** True where the caller speaks OpenAI's older `functions`, and so expects `function_call` back. */
  readonly legacyFunctions?: boolean;
}

/** How an upstream's stream is cut into events, where it is not by server-sent events. */
export interface StreamFormat {
  /** The content type of such a stream, without parameters; its first bytes may look like anything. */
  readonly contentType: string;
  readonly createFramer: () => Framer;
}

/** Cuts bytes into events; the `raw` of all, one after another, is the input. */
export interface Framer {
  /** Throws SseFrameTooLargeError. */
  readonly push: (bytes: Uint8Array) => SseEvent[];
  /** What is left when the connection ends. */
  readonly end: () => SseEvent[];
}

/** Where a request goes and what policy sets on the way. */
export interface OutboundTarget {
  readonly upstreamModel: string;
  /** Output cap that policy sets (already the smallest); null to leave the request's. For dialects that demand one, `defaultMaxOutputTokens` is used when both are absent. */
  readonly maxOutputTokens: number | null;
  readonly defaultMaxOutputTokens: number;
  /** Parameters a policy sets, by neutral wire names (`temperature`, `top_p`, `max_tokens`, `seed`, …). */
  readonly params: JsonObject;
  readonly prompt: { readonly prepend: string | null; readonly append: string | null };
  readonly quirks: {
    readonly renameParams: Readonly<Record<string, string>>;
    readonly dropParams: readonly string[];
    readonly maxStopSequences: number | null;
    readonly noStreamOptions: boolean;
    /** The role of instructions; absent leaves the caller's own words where the dialect has them. */
    readonly systemRole?: 'system' | 'developer' | 'user';
    /** Efforts of reasoning by the provider's own words. */
    readonly efforts?: Readonly<Record<string, string>>;
    /** Parts of messages that have another form at a host of OpenAI's dialect. */
    readonly parts?: {
      readonly inputAudio?: 'text';
      readonly file?: 'document_url';
      readonly refusal?: 'text';
    };
  };
  readonly capabilities: ReadonlySet<string> | null;
}

/** A request ready for an upstream, before base URL and credentials. */
export interface WrittenRequest {
  /** Appended to the provider's base URL, such as `/chat/completions`. */
  readonly path: string;
  /** Query parameters of the dialect, such as `alt=sse`. */
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** What the target's dialect could not express, by the caller's field path; for the record, `explain` and `x-signalbox-dropped-params`. */
  readonly lost: readonly string[];
}

/** As WrittenRequest, for a body that passes in its own dialect: edits in place of a body. */
export interface PassedRequest {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  /** Top-level keys to set (undefined removes); empty means the caller's bytes go out untouched. */
  readonly edits: Readonly<Record<string, unknown>>;
  readonly lost: readonly string[];
}

/** What a writer needs to know of the caller besides the answer. */
export interface CallerContext {
  /** The model as the caller named it. */
  readonly model: string;
  readonly requestId: string;
  readonly streamUsage: boolean;
  /** Seconds since 1970, for dialects that stamp answers. */
  readonly createdAt: number;
  /** How the caller wants a stream framed: Gemini callers without `alt=sse` get one JSON array, Ollama callers a line for each event, AWS clients binary frames. */
  readonly framing: 'sse' | 'json-array' | 'ndjson' | 'aws-eventstream';
  /** From RequestShape: answer with `function_call` instead of `tool_calls`. */
  readonly legacyFunctions?: boolean;
  /**
   * Told what of the answer the caller's dialect cannot express, by a short name that never holds text of the answer:
   * `citations`, `logprobs`, `audio`, `choices[1]`. A name may be told more than once.
   */
  readonly lose?: (what: string) => void;
}

/** Turns SSE events of one upstream stream into neutral events. */
export interface StreamReader {
  /** One parsed SSE event; `[DONE]` and pings included. */
  readonly push: (event: SseEvent) => readonly NeutralEvent[];
  /** The connection ended: closes what is open, or reports a stream that ended too early as an `error` event with reason `stream-error`. */
  readonly end: () => readonly NeutralEvent[];
}

/**
 * Turns neutral events into the caller's SSE text (event, data and blank line included); an empty string where an event has no counterpart. Under the framing
 * `aws-eventstream` the text stands for bytes, one character (up to U+00FF) each.
 */
export interface StreamWriter {
  readonly push: (event: NeutralEvent) => string;
  /** The explicit error event of this dialect, for a stream already begun; no normal terminator follows. */
  readonly error: (error: GatewayError, requestId: string) => string;
}

/** One frame of a server-sent event stream: everything up to and with its blank line. */
export interface SseEvent {
  /** The `event:` field; empty when absent. */
  readonly event: string;
  /** `data:` lines joined by LF; null for a frame without data (comments, keep-alives). */
  readonly data: string | null;
  /** The frame's bytes exactly as received, for passing through. */
  readonly raw: Uint8Array;
}

/** A non-2xx answer, classified. */
export interface UpstreamFailure {
  readonly reason: OutcomeReason;
  readonly code: string | null;
  /** The provider's own text: only for the caller's answer, never for a log. */
  readonly message: string;
  readonly retryAfterMs: number | null;
  readonly noRetry: boolean;
}
