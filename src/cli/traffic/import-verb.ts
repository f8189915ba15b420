import { suggest } from '#policy';
import {
  type ImportRule,
  importTraffic,
  number,
  plural,
  SOURCE_KINDS,
  SourceFormatError,
  type SourceKind,
  UnreadableRecording,
} from '#replay';
import { textOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';
import { openRecordWriter } from './record-writer.ts';

type Endpoint = NonNullable<ImportRule['endpoint']>;

const ENDPOINTS: readonly Endpoint[] = [
  'chat',
  'responses',
  'messages',
  'generate',
  'completions',
  'embeddings',
  'images',
  'audio',
  'moderations',
  'rerank',
  'mcp',
];

/** A time that no one mistakes for a real one: sources with relative times begin here unless told otherwise. */
const DEFAULT_START = '2024-01-01T00:00:00Z';

/** `signalbox traffic import --from KIND SOURCE`: another system's log as records. Bad lines are counted and named; a file without any record is exit 1. */
export async function importVerb({ options, args, terminal }: VerbCall): Promise<ExitCode> {
  const [source] = args;
  if (source === undefined)
    throw new UsageError(
      'no source is named',
      'signalbox traffic import --from azure-llm-csv SOURCE --out FILE.ndjson.gz',
    );
  const kind = readKind(options.from);
  const rule = readRule(options);
  const writer = openRecordWriter(textOption(options.out), terminal);
  try {
    const result = await importTraffic(kind, source, rule, writer.write);
    await writer.close();
    const missing = [
      rule.model === null && LACKS_MODEL.has(kind) ? '--model' : '',
      rule.consumer === null && LACKS_CONSUMER.has(kind) ? '--consumer' : '',
    ].filter((name) => name !== '');
    for (const { line, message } of result.problems) terminal.err(`${source}:${line}: ${message}\n`);
    if (result.bad > result.problems.length)
      terminal.err(`and ${number(result.bad - result.problems.length)} more bad lines\n`);
    terminal.err(
      `${plural(result.records, 'record')} imported${result.bad === 0 ? '' : `, ${plural(result.bad, 'bad line')} left out`}.\n`,
    );
    if (missing.length > 0)
      terminal.err(
        `${kind} does not tell ${missing.map((name) => name.slice(2)).join(' and ')}: without ${missing.join(' and ')} a dry-run finds these records indeterminate.\n`,
      );
    return result.records === 0 ? 1 : 0;
  } catch (error) {
    await writer.abort();
    if (error instanceof SourceFormatError)
      throw new UsageError(`${source}: ${error.message}`, `Is it ${kind}? Formats are ${SOURCE_KINDS.join(', ')}.`);
    if (error instanceof UnreadableRecording) throw new UsageError(error.message, null, { cause: error });
    throw error;
  }
}

const LACKS_MODEL: ReadonlySet<SourceKind> = new Set(['azure-llm-csv', 'mooncake-jsonl']);
const LACKS_CONSUMER: ReadonlySet<SourceKind> = new Set(['azure-llm-csv', 'mooncake-jsonl', 'burstgpt-csv']);

function readKind(value: unknown): SourceKind {
  const text = textOption(value);
  if (text === undefined)
    throw new UsageError('the format of the source is not named', `--from is one of ${SOURCE_KINDS.join(', ')}.`);
  const kind = SOURCE_KINDS.find((known) => known === text);
  if (kind !== undefined) return kind;
  const meant = suggest(text, SOURCE_KINDS);
  throw new UsageError(
    `there is no source format ${JSON.stringify(text)}`,
    meant ? `Did you mean ${meant}?` : `Formats are ${SOURCE_KINDS.join(', ')}.`,
  );
}

function readRule(options: VerbCall['options']): ImportRule {
  const endpointText = textOption(options.endpoint);
  const endpoint = ENDPOINTS.find((known) => known === endpointText) ?? null;
  if (endpointText !== undefined && endpoint === null) {
    throw new UsageError(
      `there is no endpoint ${JSON.stringify(endpointText)}`,
      `Endpoints are ${ENDPOINTS.join(', ')}.`,
    );
  }
  const start = textOption(options.start) ?? DEFAULT_START;
  const startMs = Date.parse(start);
  if (Number.isNaN(startMs))
    throw new UsageError(`--start ${JSON.stringify(start)} is no time`, `Write it like ${DEFAULT_START}.`);
  return {
    model: textOption(options.model) ?? null,
    consumer: textOption(options.consumer) ?? null,
    endpoint,
    startMs,
  };
}
