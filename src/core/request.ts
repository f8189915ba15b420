import type { DialectName } from './capabilities.ts';
import type { Citation } from './citation.ts';
import type { JsonObject } from './json.ts';
import type { TokenLogprob } from './logprob.ts';

/** A request in the neutral form: what every dialect reads into and writes from. Unknown fields travel in `extra`. */
export interface NeutralRequest {
  /** The dialect it was read from; only a writer of the same dialect sends `extra` and its own spellings on. */
  readonly dialect?: DialectName;
  readonly model: string;
  /** In wire order. System and developer messages may stand anywhere; dialects that hoist them do so when writing. */
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
  readonly toolChoice?: ToolChoice;
  readonly parallelToolCalls?: boolean;
  readonly stream: boolean;
  /** Whether the caller asked for a usage event in the stream (always true in dialects that always send it). */
  readonly streamUsage: boolean;
  readonly maxOutputTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly stop?: readonly string[];
  readonly seed?: number;
  /** Number of choices asked for. */
  readonly n?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly logprobs?: { readonly top?: number };
  readonly responseFormat?: ResponseFormat;
  readonly reasoning?: Reasoning;
  /** End-user id as the caller sent it. */
  readonly user?: string;
  readonly serviceTier?: string;
  /** Top-level fields the reading dialect did not know, as sent; forwarded only to the same dialect. */
  readonly extra: JsonObject;
  /**
   * Paths of fields without which the request would mean something else, and which no other dialect can say: an earlier
   * answer that the provider keeps, a text behind the gap to be filled. No policy may drop them: only a target of the
   * same dialect can serve.
   */
  readonly sameDialectOnly?: readonly string[];
}

/** One turn. Content keeps the caller’s order. */
export type Message =
  | { readonly role: 'system' | 'developer'; readonly content: readonly TextPart[]; readonly name?: string }
  | { readonly role: 'user'; readonly content: readonly UserPart[]; readonly name?: string }
  | { readonly role: 'assistant'; readonly content: readonly AssistantPart[]; readonly name?: string };

/** What a user turn may hold. Tool results are parts of it; dialects with a tool role split them out when writing. */
export type UserPart = TextPart | ImagePart | AudioPart | DocumentPart | ToolResultPart | OpaquePart;
/** What an assistant turn may hold. */
export type AssistantPart = TextPart | ImagePart | AudioPart | ReasoningPart | RefusalPart | ToolCallPart | OpaquePart;
/** Any content part. */
export type Part = UserPart | AssistantPart;

/** Plain text. */
export interface TextPart {
  readonly kind: 'text';
  readonly text: string;
  readonly cache?: CacheMarker;
  /** Of an answer: what the words rest on. */
  readonly citations?: readonly Citation[];
  /** Of an answer: how likely each token was, where the caller asked. */
  readonly logprobs?: readonly TokenLogprob[];
}

/** An image. */
export interface ImagePart {
  readonly kind: 'image';
  readonly source: Source;
  readonly detail?: string;
  readonly cache?: CacheMarker;
}

/** A sound recording. */
export interface AudioPart {
  readonly kind: 'audio';
  readonly source: Source;
}

/** A file to be read, such as a PDF. */
export interface DocumentPart {
  readonly kind: 'document';
  readonly source: Source | { readonly kind: 'text'; readonly text: string };
  readonly name?: string;
  readonly cache?: CacheMarker;
}

/** The model asks for a tool to be run. */
export interface ToolCallPart {
  readonly kind: 'tool-call';
  readonly id: string;
  readonly name: string;
  /** JSON text, exactly as sent; an empty string means no arguments. */
  readonly arguments: string;
  /** Provider signature that must come back with the call (Gemini thoughtSignature). */
  readonly signature?: string;
  readonly cache?: CacheMarker;
}

/** What a tool answered, tied to its call by id. */
export interface ToolResultPart {
  readonly kind: 'tool-result';
  readonly id: string;
  /** The tool's name where the dialect carries it or history tells it. */
  readonly name?: string;
  readonly content: readonly (TextPart | ImagePart | DocumentPart | OpaquePart)[];
  readonly isError?: boolean;
  readonly cache?: CacheMarker;
}

/** The model’s own thinking. */
export interface ReasoningPart {
  readonly kind: 'reasoning';
  readonly text: string;
  readonly signature?: string;
  /** The item's id, where the dialect names its thoughts (OpenAI Responses). */
  readonly id?: string;
  /** Encrypted reasoning without readable text (Anthropic redacted_thinking). */
  readonly redacted?: string;
}

/** The model’s refusal in words. */
export interface RefusalPart {
  readonly kind: 'refusal';
  readonly text: string;
}

/** A part only its own dialect understands; kept for that dialect, named in `lost` by the others. */
export interface OpaquePart {
  readonly kind: 'opaque';
  readonly dialect: string;
  /** The part's own type name, for `lost`. */
  readonly type: string;
  readonly value: unknown;
}

/** Where the bytes of a part are. */
export type Source =
  | { readonly kind: 'base64'; readonly mediaType: string; readonly data: string }
  | { readonly kind: 'url'; readonly url: string; readonly mediaType?: string }
  | { readonly kind: 'file'; readonly id: string; readonly mediaType?: string };

/** A provider shall cache the prompt up to this part. */
export interface CacheMarker {
  readonly ttl?: '5m' | '1h';
}

/** A tool on offer: a function, or one that only its own dialect knows. */
export type Tool =
  | {
      readonly kind: 'function';
      readonly name: string;
      readonly description?: string;
      /** JSON Schema exactly as sent; absent when the caller sent none. */
      readonly parameters?: JsonObject;
      readonly strict?: boolean;
      readonly cache?: CacheMarker;
    }
  | { readonly kind: 'opaque'; readonly dialect: string; readonly type: string; readonly value: unknown };

/** Whether and which tool must be used. */
export type ToolChoice =
  | { readonly kind: 'auto' | 'none' | 'required' }
  | { readonly kind: 'tool'; readonly name: string };

/** The form the answer must have. */
export type ResponseFormat =
  | { readonly kind: 'text' }
  | { readonly kind: 'json-object' }
  | {
      readonly kind: 'json-schema';
      readonly name?: string;
      readonly description?: string;
      readonly schema: JsonObject;
      readonly strict?: boolean;
    };

/** How much the model may think: an effort word, a token budget, or both as the caller sent them. */
export interface Reasoning {
  readonly effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh';
  readonly budgetTokens?: number;
  /** False where the caller switched thinking off, true where switched on without a figure. */
  readonly enabled?: boolean;
  /** Whether thoughts shall be shown to the caller. */
  readonly includeThoughts?: boolean;
}
