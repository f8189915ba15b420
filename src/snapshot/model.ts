import type { Capability, MicroUsd, TokenClass } from '#core';

/** A model of the catalogue as one provider serves it. */
export interface Model {
  /** Catalogue name, such as `openai/gpt-4o`. */
  readonly name: string;
  readonly provider: string;
  readonly upstreamName: string;
  readonly aliases: readonly string[];
  /** small = 1, standard = 2, frontier = 3, or the number given; null when not declared. */
  readonly tier: number | null;
  readonly contextWindow: number | null;
  readonly maxOutput: number | null;
  /** Null when not declared: then nothing is refused for lacking one. */
  readonly capabilities: ReadonlySet<Capability> | null;
  readonly retiresAt: string | null;
  /** Oldest first; empty when unpriced. */
  readonly prices: readonly Price[];
}

/** One row of prices in USD per million tokens, as exact integers: micro-USD per million tokens equals pico-USD per token. */
export interface Price {
  /** Valid from this instant (ms since 1970). */
  readonly fromMs: number;
  /** Micro-USD per million tokens; null where the row names no price for the class. */
  readonly perMillion: Readonly<Record<TokenClass, MicroUsd | null>>;
  /** Prices of longer prompts, rising by `aboveInputTokens`; each is whole, with the classes it does not name taken from the row. */
  readonly tiers: readonly PriceTier[];
  readonly imageMicroUsd: MicroUsd | null;
  readonly requestMicroUsd: MicroUsd | null;
  readonly source: string;
  readonly readAt: string | null;
}

/** The prices of every token of a request with more input tokens, of all classes, than `aboveInputTokens`. */
export interface PriceTier {
  readonly aboveInputTokens: number;
  readonly perMillion: Readonly<Record<TokenClass, MicroUsd | null>>;
}
