import { VERSION } from '#core';
import { suggest } from '#policy';
import { USAGE_GROUPS, type UsageGroup, type UsageSummary, type UsageSummaryQuery } from '#state';
import { textOption } from '../options.ts';
import { FORMATS, readOutputs } from '../report/formats.ts';
import { writeReportFile, writeReports } from '../report/write-reports.ts';
import { readUsage } from '../usage/read-usage.ts';
import { showUsage } from '../usage/show-usage.ts';
import { usageCsv } from '../usage/usage-csv.ts';
import { usageMarkdown } from '../usage/usage-markdown.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const MAX_TOP = 1000;

/** `signalbox usage`: who used what, from the ledger of a data folder or a running gateway; exit code 2 when there is no ledger. */
export const usage: Verb = {
  configure(command) {
    command
      .option('--by <group>', `${USAGE_GROUPS.join('|')}`, 'consumer')
      .option('--from <when>', 'a date in the timezone of the Project, or an instant (default: the first of the month)')
      .option('--to <when>', 'up to, and without, this date or instant (default: now)')
      .option('--top <n>', 'how many of the largest requests to name', '5')
      .option('--data-dir <dir>', 'folder of the ledger (default: $SIGNALBOX_DATA_DIR, else .signalbox)')
      .option('--url <url>', 'ask this running gateway instead, with $SIGNALBOX_ADMIN_TOKEN')
      .option(
        '--format <format>',
        `${FORMATS.join('|')}|csv; FORMAT=FILE writes a file beside what goes to stdout (repeatable)`,
        (value: string, before: readonly string[] = []) => [...before, value],
      );
  },
  run: reportUsage,
};

async function reportUsage(call: VerbCall): Promise<ExitCode> {
  const { csv, outputs } = readFormats(call);
  const query = readQuery(call);
  const summary = await readUsage(call, query);
  const { nowMs } = query;
  const { terminal } = call;
  for (const file of csv) {
    if (file === null) terminal.out(usageCsv(summary));
    else await writeReportFile(file, usageCsv(summary));
  }
  await writeReports(reportOf(summary), outputs, terminal, {
    own: {
      pretty: (look) => showUsage(summary, look, nowMs),
      markdown: () => usageMarkdown(summary, nowMs),
    },
  });
  return 0;
}

function reportOf(summary: UsageSummary) {
  return {
    verb: 'usage',
    findings: [],
    json: { version: VERSION, exitCode: 0, ...summary },
    failLevel: 'error' as const,
    exitCode: 0,
    pathOf: (file: string) => file,
    texts: new Map<string, string>(),
    scope: `${summary.totals.requests} requests`,
    notes: [],
  };
}

/** CSV is a form of this verb alone; null is stdout, which takes one report. */
function readFormats(call: VerbCall) {
  const formats = (call.options.format ?? []) as readonly string[];
  const isCsv = (format: string) => /^csv(=|$)/.test(format);
  const csv = formats.filter(isCsv).map((format) => {
    if (format === 'csv=') throw new UsageError('--format csv= names no file', 'Write csv=FILE, or csv for stdout.');
    return format === 'csv' || format === 'csv=-' ? null : format.slice('csv='.length);
  });
  const others = { ...call, options: { ...call.options, format: formats.filter((each) => !isCsv(each)) } };
  const outputs = readOutputs(others, ['csv']);
  const bare = formats.filter((format) => !format.includes('=') || format.endsWith('=-'));
  if (bare.length > 1) {
    throw new UsageError('only one report can go to stdout', 'Write the others to files: --format FORMAT=FILE.');
  }
  return { csv, outputs: csv.includes(null) ? outputs.filter(({ file }) => file !== null) : outputs };
}

function readQuery({ options, terminal }: VerbCall): UsageSummaryQuery {
  const top = Number(options.top);
  if (!Number.isInteger(top) || top < 0 || top > MAX_TOP || String(options.top).trim() === '') {
    throw new UsageError(`--top is a whole number from 0 to ${MAX_TOP}, not ${JSON.stringify(options.top)}`);
  }
  return {
    from: textOption(options.from) ?? null,
    to: textOption(options.to) ?? null,
    by: readGroup(textOption(options.by) ?? 'consumer'),
    top,
    nowMs: terminal.nowMs(),
  };
}

function readGroup(text: string): UsageGroup {
  const found = USAGE_GROUPS.find((name) => name === text);
  if (found !== undefined) return found;
  const meant = suggest(text, USAGE_GROUPS);
  throw new UsageError(
    `usage cannot be listed by ${JSON.stringify(text)}`,
    meant ? `Did you mean ${meant}?` : `Groups are ${USAGE_GROUPS.join(', ')}.`,
  );
}
