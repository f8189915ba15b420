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
  readonly semantic: JsonObject | null;
}
