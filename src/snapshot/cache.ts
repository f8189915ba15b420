import type { JsonObject } from '#core';

/** What may be answered from memory, for how long and for whom. */
export interface Cache {
  readonly name: string;
  readonly mode: 'exact' | 'semantic' | 'off';
  readonly ttlMs: number;
  readonly partition: readonly string[];
  readonly share: JsonObject | null;
  readonly maxTemperature: number | null;
  readonly neverWhen: JsonObject;
  readonly staleWhileRevalidateMs: number;
  readonly staleIfErrorMs: number;
  readonly maxEntryBytes: number;
  /** Whether answers that call tools may be given again. */
  readonly keepToolCalls: boolean;
  readonly streamReplay: 'instant' | 'paced';
  readonly semantic: SemanticRule | null;
}

/** How meaning is compared. */
export interface SemanticRule {
  /** `local/en`, or a model of the catalogue. */
  readonly embedder: string;
  /** The chain that embeddings go along; null sends the model straight to its provider. */
  readonly chain: string | null;
  readonly threshold: number;
  readonly verify: readonly SemanticCheck[];
  /** Hits are only reported, not given. */
  readonly shadow: boolean;
}

/** What must agree beside the meaning. */
export type SemanticCheck = 'numbers' | 'negation' | 'names' | 'units' | 'language';
