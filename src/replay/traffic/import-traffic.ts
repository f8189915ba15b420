import { sha256 } from '#core';
import { readBlocks } from '../record-blocks.ts';
import { readAzure, readBurstGpt } from './csv-sources.ts';
import { readCloudflare, readLiteLlm, readMooncake, readPortkey } from './json-sources.ts';
import { readOtlp } from './otlp-source.ts';
import { recordOfRow } from './record-of-row.ts';
import { linesOf } from './source-lines.ts';
import type { ImportRule, SourceReader } from './source-row.ts';

/** Formats that can be imported. */
export const SOURCE_KINDS = [
  'burstgpt-csv',
  'azure-llm-csv',
  'mooncake-jsonl',
  'litellm-jsonl',
  'portkey-jsonl',
  'cloudflare-jsonl',
  'otlp-json',
] as const;

/** One of them. */
export type SourceKind = (typeof SOURCE_KINDS)[number];

const READERS: Readonly<Record<SourceKind, (rule: ImportRule) => SourceReader>> = {
  'burstgpt-csv': readBurstGpt,
  'azure-llm-csv': readAzure,
  'mooncake-jsonl': readMooncake,
  'litellm-jsonl': readLiteLlm,
  'portkey-jsonl': readPortkey,
  'cloudflare-jsonl': readCloudflare,
  'otlp-json': readOtlp,
};

/** What came of an import. */
export interface ImportResult {
  readonly records: number;
  readonly bad: number;
  /** The first bad lines. */
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const NAMED = 20;

/**
 * Turns another system's log into records, line by line in constant memory, packed or not. An id is the hash of its line (and of the span's place in it), so
 * that importing again gives the same file. `write` gets one line of NDJSON at a time. Throws `UnreadableRecording`, `SourceFormatError`. Effect: reads the file.
 */
export async function importTraffic(
  kind: SourceKind,
  path: string,
  rule: ImportRule,
  write: (line: string) => Promise<void>,
): Promise<ImportResult> {
  const reader = READERS[kind](rule);
  const problems: { line: number; message: string }[] = [];
  let records = 0;
  let bad = 0;
  for await (const { text, line } of linesOf(readBlocks(path, 0), kind === 'otlp-json')) {
    const read = reader.read(text, line);
    if ('problem' in read) {
      bad += 1;
      if (problems.length < NAMED) problems.push({ line, message: read.problem });
      continue;
    }
    for (const [index, row] of read.rows.entries()) {
      const id = `imp_${sha256(`${kind}\n${index}\n${text}`).slice(0, 24)}`;
      await write(`${JSON.stringify(recordOfRow(row, id, rule))}\n`);
      records += 1;
    }
  }
  return { records, bad, problems };
}
