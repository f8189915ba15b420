import type { Usage } from '#core';
import type { TrafficRecord } from '#decision-log';

type Request = TrafficRecord['request'];

/** One request of another system, as far as its log tells; what is absent is unknown. */
export interface SourceRow {
  readonly atMs: number;
  readonly endpoint?: Request['endpoint'];
  /** As the log names it. */
  readonly model?: string;
  readonly provider?: string;
  readonly consumer?: string;
  readonly team?: string;
  readonly path?: string;
  readonly session?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly stream?: boolean;
  readonly tools?: number;
  readonly temperature?: number;
  readonly maxOutputTokens?: number;
  readonly usage: Usage | null;
  readonly status: number;
  readonly durationMs?: number;
  readonly firstTokenMs?: number;
  readonly costMicroUsd?: number;
  readonly isCacheHit?: boolean;
}

/** A row, nothing (a line that holds none), or what is wrong with a line. */
export type ReadRow = { readonly rows: readonly SourceRow[] } | { readonly problem: string };

/** What the user says of a source that does not say it itself. */
export interface ImportRule {
  /** In place of every model of the source. */
  readonly model: string | null;
  readonly consumer: string | null;
  readonly endpoint: Request['endpoint'] | null;
  /** When a source with relative times began. */
  readonly startMs: number;
}

/** Reads the lines of one format. */
export interface SourceReader {
  /** Each line in turn, from 1; the first may be a header. */
  readonly read: (text: string, line: number) => ReadRow;
}
