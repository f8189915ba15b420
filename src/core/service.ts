import type { JsonObject } from './json.ts';
import type { Usage } from './usage.ts';

/** One kind of call beside chats, as a caller's API has it. */
export type ServiceName =
  | 'embeddings'
  | 'embed-content'
  | 'batch-embed-contents'
  | 'moderations'
  | 'rerank'
  | 'image-generation'
  | 'image-edit'
  | 'image-variation'
  | 'speech'
  | 'transcription'
  | 'translation'
  | 'realtime';

/** A request to a service in the neutral form; `kind` tells what is asked for, whatever the API. */
export type ServiceRequest =
  | EmbeddingRequest
  | ModerationRequest
  | RerankRequest
  | ImageRequest
  | SpeechRequest
  | TranscriptionRequest
  | RealtimeRequest;

/** What is asked for. */
export type ServiceKind = ServiceRequest['kind'];

interface Common {
  readonly model: string;
  /** Top-level fields without a place in the neutral form, as sent; they reach APIs of the same dialect only. */
  readonly extra: JsonObject;
}

/** Vectors of texts. */
export interface EmbeddingRequest extends Common {
  readonly kind: 'embeddings';
  /** Texts, or token ids of one tokenizer, which no other model can read. */
  readonly inputs: readonly (string | readonly number[])[];
  /** Whether there are pictures, sound or files among them, which only the caller's own dialect can say. */
  readonly hasMedia?: boolean;
  readonly dimensions?: number;
  /** What the vectors are for, where the caller says it. */
  readonly purpose?: 'query' | 'document' | 'classification' | 'clustering' | 'similarity';
  readonly user?: string;
}

/** A judgement of texts and images. */
export interface ModerationRequest extends Common {
  readonly kind: 'moderation';
  readonly inputs: readonly string[];
  /** Images by address or as data. */
  readonly images: number;
  readonly body: JsonObject;
}

/** Documents in the order of what they say about a query. */
export interface RerankRequest extends Common {
  readonly kind: 'rerank';
  readonly query: string;
  readonly documents: readonly string[];
  readonly topN?: number;
  /** Whether the caller wants the documents back. */
  readonly returnDocuments: boolean;
  /** Under the caller's own name, such as Cohere's `max_tokens_per_doc`. */
  readonly maxTokensPerDocument?: number;
}

/** New pictures, or changed ones. */
export interface ImageRequest extends Common {
  readonly kind: 'images';
  readonly prompt: string;
  readonly count: number;
  /** Pictures that came with the request. */
  readonly sources: number;
  readonly sourceBytes: number;
  readonly stream: boolean;
  readonly user?: string;
}

/** A text read aloud. */
export interface SpeechRequest extends Common {
  readonly kind: 'speech';
  readonly input: string;
  readonly instructions?: string;
}

/** A recording written down. */
export interface TranscriptionRequest extends Common {
  readonly kind: 'transcription';
  readonly sizeBytes: number;
  readonly prompt?: string;
  readonly stream: boolean;
  /** The caller's word for the shape of the answer. */
  readonly format?: string;
}

/** A session of sound and text, in both directions at once. */
export interface RealtimeRequest extends Common {
  readonly kind: 'realtime';
}

/** An answer of a service in the neutral form. */
export type ServiceResponse =
  | {
      readonly kind: 'embeddings';
      readonly model: string;
      /** In the order of the inputs. */
      readonly vectors: readonly (readonly number[])[];
      readonly usage?: Usage;
    }
  | {
      readonly kind: 'rerank';
      readonly id?: string;
      readonly model?: string;
      /** The best first. */
      readonly results: readonly RerankResult[];
      /** What Cohere bills, where told. */
      readonly searchUnits?: number;
      readonly usage?: Usage;
    }
  /** Services of one dialect, whose answers pass as they are; `texts` is what a model wrote in them. */
  | {
      readonly kind: 'as-is';
      readonly body: JsonObject;
      readonly images: number;
      readonly texts: readonly string[];
      readonly usage?: Usage;
    };

/** One document that was ranked. */
export interface RerankResult {
  readonly index: number;
  readonly score: number;
}

/** A text of a request, with the path of the field that holds it. */
export interface ServiceText {
  readonly path: string;
  readonly text: string;
}
