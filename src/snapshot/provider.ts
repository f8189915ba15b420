import type { DialectName, JsonObject } from '#core';

/** A secret is only ever a typed reference; its value lives outside the snapshot. `id` is its canonical text, such as `env:OPENAI_API_KEY`. */
export interface SecretRef {
  readonly id: string;
  readonly source: 'env' | 'file' | 'store';
  readonly name: string;
  readonly optional: boolean;
  /** When the value was made, as the policy says; absent where it does not. */
  readonly createdAtMs?: number;
  /** A text of several lines, such as a key file, that never is a header itself. */
  readonly isText?: boolean;
}

/** An upstream API: where it is, how it is spoken to, what it does with data. */
export interface Provider {
  readonly name: string;
  readonly dialect: DialectName;
  /** Served under the same base URL; their callers pass through. */
  readonly alsoSpeaks: readonly DialectName[];
  /** Without a trailing slash, version segment included. */
  readonly baseUrl: string;
  readonly auth: {
    readonly kind: 'bearer' | 'header' | 'azure' | 'entra' | 'aws' | 'google' | 'none';
    /** Header name for kind `header`. */
    readonly header: string | null;
    /** In order; more than one is a key pool. Empty for kind `none`. */
    readonly secrets: readonly SecretRef[];
    /** For the kinds `aws`, `entra` and `google`. */
    readonly cloud?: CloudAuth;
  };
  readonly headers: readonly { readonly name: string; readonly value: string | SecretRef }[];
  readonly region: string | null;
  readonly dataPolicy: { readonly trainsOnData: boolean | null; readonly retentionMs: number | null };
  readonly onDisconnect: 'abort' | 'drain';
  readonly quirks: Quirks;
}

/** What a signature or a cloud's token is made of beside its secret; null where the machine's own settings count. */
export interface CloudAuth {
  readonly region: string | null;
  readonly accessKeyId: SecretRef | null;
  readonly sessionToken: SecretRef | null;
  readonly profile: string | null;
  readonly role: string | null;
  readonly externalId: string | null;
  readonly scope: string | null;
  readonly tenant: string | null;
  readonly clientId: string | null;
  /** Without a trailing slash. */
  readonly authority: string | null;
}

/** What a provider does differently from its dialect, as data. */
export interface Quirks {
  readonly renameParams: Readonly<Record<string, string>>;
  readonly dropParams: readonly string[];
  readonly maxStopSequences: number | null;
  /** Query parameters added to every call, such as Azure's api-version. */
  readonly query: Readonly<Record<string, string>>;
  /** A path template that replaces the dialect's own, with `{model}`; null for the dialect's. */
  readonly path: string | null;
  /** The same of a stream; null where they are one. */
  readonly streamPath: string | null;
  /** Whether the path alone names the model. */
  readonly modelInPath: boolean;
  /** Fields that every chat body holds, whatever the caller sent. */
  readonly fields: JsonObject;
  /** Efforts of reasoning by the provider's own words. */
  readonly efforts: Readonly<Record<string, string>>;
  /** Parts of messages that have another form here. */
  readonly parts: {
    readonly inputAudio?: 'text';
    readonly file?: 'document_url';
    readonly refusal?: 'text';
  };
  /** Put before the upstream model name. */
  readonly modelPrefix: string;
  /** Whether a stream's usage must not be asked for (`stream_options`), because the provider refuses the field. */
  readonly noStreamOptions: boolean;
  /** The role under which instructions are sent; null leaves a caller of the same dialect its own. */
  readonly systemRole: 'system' | 'developer' | 'user' | null;
  /** Further quirks as written. */
  readonly other: JsonObject;
}
