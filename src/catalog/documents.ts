import type { Capability, DialectName, JsonObject } from '#core';

/** What both kinds of catalogue document share; the envelope of every policy document. */
interface Envelope {
  readonly apiVersion: 'signalbox/v1';
  readonly metadata: { readonly name: string; readonly description?: string };
}

/** A built-in provider as written in its file; valid by `schemas/provider.schema.json`. */
export interface ProviderDocument extends Envelope {
  readonly kind: 'Provider';
  readonly spec: {
    readonly dialect: DialectName;
    readonly baseUrl: string;
    readonly auth: ProviderAuth;
    readonly headers?: Readonly<Record<string, string | EnvironmentSecret>>;
    readonly region?: string;
    readonly dataPolicy?: {
      readonly trainsOnData?: boolean;
      readonly retention?: string;
      readonly 'x-source'?: string;
    };
    readonly quirks?: JsonObject;
    readonly website?: string;
    /** How and when the address was checked, and what is assumed. */
    readonly 'x-verified'?: string;
  };
}

interface ProviderAuth {
  readonly kind: 'bearer' | 'header' | 'none';
  /** Name of the header, for kind `header`. */
  readonly name?: string;
  readonly secret?: EnvironmentSecret;
}

interface EnvironmentSecret {
  readonly env: string;
  readonly optional?: boolean;
}

/** A built-in model as written in its provider's file; valid by `schemas/model.schema.json`. */
export interface ModelDocument extends Envelope {
  readonly kind: 'Model';
  readonly spec: {
    readonly provider: string;
    readonly upstreamName: string;
    readonly aliases?: readonly string[];
    readonly tier: 'small' | 'standard' | 'frontier';
    readonly contextWindow?: number;
    readonly maxOutput?: number;
    readonly dimensions?: number;
    readonly capabilities: readonly Capability[];
    readonly retiresAt?: string;
    /** Parameters the model answers with 400; noted, not acted on. */
    readonly 'x-unsupportedParams'?: readonly string[];
    readonly prices: readonly PriceRow[];
  };
}

/** Prices from a day on. */
export interface PriceRow extends TokenPrices {
  readonly from: string;
  readonly source: string;
  readonly readAt: string;
  /** The prices of longer prompts, rising. */
  readonly tiers?: readonly (TokenPrices & { readonly aboveInputTokens: number })[];
}

/** Decimal strings in USD per million tokens; `image` per piece, `request` per call. */
interface TokenPrices {
  readonly input?: string;
  readonly cacheRead?: string;
  readonly cacheWrite?: string;
  readonly cacheWrite1h?: string;
  readonly output?: string;
  readonly reasoning?: string;
  readonly audioInput?: string;
  readonly audioOutput?: string;
  readonly image?: string;
  readonly request?: string;
}

/** A document of the catalogue with the place where it begins. */
export interface CatalogEntry {
  /** Such as `catalog/providers/openai.yaml`, the same in a checkout and in the package. */
  readonly file: string;
  readonly line: number;
  readonly document: ProviderDocument | ModelDocument;
}
