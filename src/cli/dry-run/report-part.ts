import { readFile } from 'node:fs/promises';
import { canonicalJson, isObject } from '#core';
import { buildReport, type DryRunReport, mergeTallies, type ReplayContext, type Shard, type Tally } from '#replay';
import { UsageError } from '../usage-error.ts';
import { whyUnreadable } from '../why-unreadable.ts';

/** What `--shard i/n --format json` prints: one part of a report. */
export interface ReportPart {
  readonly format: 'signalbox-dry-run-part/1';
  readonly shard: Shard;
  readonly context: ReplayContext;
  readonly tally: Tally;
}

const FORMAT = 'signalbox-dry-run-part/1';
const PART = 'Parts come from signalbox dry-run --shard i/n --format json=FILE.';

/** Packs a part: examples are explained, so their records can go. */
export function partOf(context: ReplayContext, tally: Tally, shard: Shard): ReportPart {
  for (const { example } of Object.values(tally.transitions)) example.record = null;
  return { format: FORMAT, shard, context, tally };
}

/** Puts the parts of one replay together: the report that one machine would have made. Throws `UsageError` when they are none, not all, or not of one replay. */
export async function mergeParts(
  paths: readonly string[],
): Promise<{ readonly report: DryRunReport; readonly tally: Tally }> {
  const parts = await Promise.all(paths.map(readPart));
  const [first] = parts;
  if (first === undefined)
    throw new UsageError('name the parts to merge', 'signalbox dry-run merge part-1.json part-2.json');
  const { of } = first.shard;
  for (const [at, part] of parts.entries()) {
    if (part.shard.of !== of || canonicalJson(part.context) !== canonicalJson(first.context)) {
      throw new UsageError(
        `${paths[at]} is part of another replay than ${paths[0]}`,
        'Run every shard with the same policies, options and program.',
      );
    }
  }
  const present = new Set(parts.map(({ shard }) => shard.index));
  const missing = Array.from({ length: of }, (_, index) => index).filter((index) => !present.has(index));
  if (missing.length > 0 || parts.length !== of) {
    const what =
      missing.length > 0
        ? `part ${missing.map((index) => `${index + 1}/${of}`).join(', ')} is missing`
        : 'a part is given twice';
    throw new UsageError(what, `Give each of the ${of} parts once.`);
  }
  const tally = mergeTallies(parts.map((part) => part.tally));
  return { report: buildReport(first.context, tally), tally };
}

async function readPart(path: string): Promise<ReportPart> {
  let value: unknown;
  try {
    value = JSON.parse(await readFile(path, 'utf8'));
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new UsageError(`${path} cannot be read: it is no JSON`, PART, { cause: error });
    throw new UsageError(`${path} cannot be read: ${whyUnreadable(error)}`, PART, { cause: error });
  }
  if (!isObject(value) || value.format !== FORMAT) {
    throw new UsageError(`${path} is no part of a dry-run`, PART);
  }
  return value as unknown as ReportPart;
}
