import { splitCsv } from './read-csv.ts';
import { numberOf, timeOf, usageOf } from './read-values.ts';
import type { ImportRule, ReadRow, SourceReader, SourceRow } from './source-row.ts';

type Row = Readonly<Record<string, string>>;

/** Columns `TIMESTAMP,ContextTokens,GeneratedTokens` (Azure/AzurePublicDataset): times in UTC, no model, no user. */
export function readAzure(): SourceReader {
  return csvReader(['timestamp', 'contexttokens', 'generatedtokens'], (row) => {
    const atMs = timeOf(row.timestamp);
    const input = tokens(row.contexttokens);
    const output = tokens(row.generatedtokens);
    if (atMs === undefined) return `TIMESTAMP is ${quote(row.timestamp)}, not a time`;
    if (input === null || output === null) return 'ContextTokens and GeneratedTokens must be whole numbers from 0';
    return { atMs, usage: usageOf(input, output), status: 200 };
  });
}

/**
 * Columns `Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type` (HPMLL/BurstGPT; later releases add a session and the elapsed time): seconds
 * since the trace began; no response tokens mean that the request failed.
 */
export function readBurstGpt(rule: ImportRule): SourceReader {
  return csvReader(['timestamp', 'model', 'request tokens', 'response tokens'], (row) => {
    const seconds = numberOf(row.timestamp);
    const input = tokens(row['request tokens']);
    const output = tokens(row['response tokens']);
    if (seconds === undefined || seconds < 0) return `Timestamp is ${quote(row.timestamp)}, not seconds from 0`;
    if (input === null || output === null) return 'Request tokens and Response tokens must be whole numbers from 0';
    const isFailure = output === 0;
    const elapsed = numberOf(row['elapsed time']);
    return {
      atMs: rule.startMs + Math.round(seconds * 1000),
      model: BURST_MODELS[row.model ?? ''] ?? row.model ?? '',
      ...(row['session id'] ? { session: row['session id'] } : {}),
      usage: isFailure ? null : usageOf(input, output),
      status: isFailure ? 500 : 200,
      ...(elapsed === undefined ? {} : { durationMs: Math.round(elapsed * 1000) }),
    };
  });
}

/** The names the trace uses, by the models its authors say they stand for. */
const BURST_MODELS: Readonly<Record<string, string>> = { ChatGPT: 'gpt-3.5-turbo', 'GPT-4': 'gpt-4' };

function csvReader(needed: readonly string[], rowOf: (row: Row) => SourceRow | string): SourceReader {
  let columns: readonly string[] | null = null;
  return {
    read(text, line): ReadRow {
      const fields = splitCsv(text.replace(/\r$/, '').replace(/^\ufeff/, ''));
      if (fields === null) return { problem: 'a quote is left open' };
      if (columns === null) {
        columns = fields.map((field) => field.trim().toLowerCase());
        const missing = needed.filter((name) => !columns?.includes(name));
        if (missing.length === 0) return { rows: [] };
        throw new SourceFormatError(
          `line ${line} is no header of this format: column ${missing.map(quote).join(', ')} is missing`,
        );
      }
      if (fields.length !== columns.length) return { problem: `${fields.length} fields, expected ${columns.length}` };
      const row = rowOf(Object.fromEntries(columns.map((name, at) => [name, fields[at] ?? ''])));
      return typeof row === 'string' ? { problem: row } : { rows: [row] };
    },
  };
}

/** A source that is not of the format named. */
export class SourceFormatError extends Error {
  override readonly name = 'SourceFormatError';
}

function tokens(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,12}$/.test(text.trim()) ? Number(text) : null;
}

function quote(text: string | undefined): string {
  return JSON.stringify((text ?? '').slice(0, 40));
}
