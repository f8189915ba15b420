import { type MailPage, renderHtml, textLines } from '#alerts';
import { VERSION } from '#core';
import { startOfDate } from '#decision';
import { figuresOfFolder } from '#gateway';
import { suggest } from '#policy';
import {
  plainReport,
  type ReportFigures,
  type ReportPage,
  type ReportRule,
  reportRules,
  spanBefore,
  writeReport,
} from '#reports';
import type { Snapshot } from '#snapshot';
import { StoreOpenError, usageFile } from '#state';
import { chosenEnvironment, loadTree } from '../load-tree.ts';
import { textOption, withEnvironment, withPolicies } from '../options.ts';
import { createPaint } from '../report/colours.ts';
import { safeJson } from '../report/safe-text.ts';
import { writeReportFile } from '../report/write-reports.ts';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const FORMATS = ['text', 'html', 'json'] as const;
type ReportFormat = (typeof FORMATS)[number];

const PLAIN = { hasColours: false, columns: 80 };
/** Longer lines are hard to read. */
const MAX_COLUMNS = 110;

/** What a file's name says of its format. */
const EXTENSIONS: readonly (readonly [RegExp, ReportFormat])[] = [
  [/\.html?$/i, 'html'],
  [/\.json$/i, 'json'],
];

/** `signalbox report [NAME]`: the report that gateways mail, now; exit code 2 when there is no ledger. */
export const report: Verb = {
  configure(command) {
    command.argument('[name]', 'a Report document (default: everything, of the last week)');
    withEnvironment(withPolicies(command), 'production')
      .option('--period <period>', 'day|week|month: the last whole one (default: as the document says)')
      .option('--at <date>', 'as if made on this date, in the timezone of the report (default: now)')
      .option('--data-dir <dir>', 'folder of the ledger (default: $SIGNALBOX_DATA_DIR, else .signalbox)')
      .option('--format <format>', `${FORMATS.join('|')} (default: by the name of --out, else text)`)
      .option('--out <file>', 'write a file in place of stdout; HTML prints to PDF as it is');
  },
  run: showReport,
};

async function showReport(call: VerbCall): Promise<ExitCode> {
  const { options, terminal } = call;
  const file = textOption(options.out);
  const format = formatOf(textOption(options.format), file);
  const snapshot = await compiled(call);
  const rule = ruleOf(call, snapshot);
  const nowMs = readAt(textOption(options.at), rule.timezone) ?? terminal.nowMs();
  const dataDir = textOption(options.dataDir) ?? (terminal.env.SIGNALBOX_DATA_DIR || '.signalbox');
  const figures = await read({ dataDir, span: spanBefore(rule, nowMs), timezone: rule.timezone, nowMs });
  const page = await writeReport(rule, figures, snapshot);
  const look = file === undefined ? terminal : PLAIN;
  const text = write({ format, page, figures, rule, look });
  if (file === undefined) terminal.out(text);
  else await writeReportFile(file, text);
  return 0;
}

async function read(query: Parameters<typeof figuresOfFolder>[0]): Promise<ReportFigures> {
  try {
    const figures = await figuresOfFolder(query);
    if (figures !== null) return figures;
  } catch (error) {
    if (error instanceof StoreOpenError) throw new UsageError(error.message, error.hint, { cause: error });
    throw error;
  }
  throw new UsageError(
    `there is no usage ledger: ${usageFile(query.dataDir)} does not exist`,
    'A gateway writes one when it serves. Name its folder by --data-dir.',
  );
}

async function compiled(call: VerbCall): Promise<Snapshot> {
  const tree = await loadTree(call);
  const known = tree.environments.includes('production') ? 'production' : tree.environments[0];
  const { snapshot, diagnostics } = tree.compile(chosenEnvironment(call, tree) ?? known ?? 'development');
  if (snapshot !== null) return snapshot;
  const [first] = diagnostics.filter(({ severity }) => severity === 'error');
  throw new UsageError(
    `the policies do not compile: ${first?.file}:${first?.line}: ${first?.message}`,
    'signalbox lint says more.',
  );
}

function ruleOf({ args, options }: VerbCall, snapshot: Snapshot): ReportRule {
  const rules = reportRules(snapshot);
  const [name] = args;
  const found = rules.find((rule) => rule.name === name) ?? null;
  if (name !== undefined && found === null) {
    const names = rules.map((rule) => rule.name);
    const meant = suggest(name, names);
    throw new UsageError(
      `there is no report ${JSON.stringify(name)} in environment ${snapshot.environment}`,
      meant ? `Did you mean ${meant}?` : names.length > 0 ? `Reports are ${names.join(', ')}.` : 'Leave the name out.',
    );
  }
  const rule = found ?? plainReport(snapshot.project.timezone ?? 'UTC');
  const period = textOption(options.period);
  if (period === undefined) return rule;
  if (period === 'day' || period === 'week' || period === 'month') return { ...rule, period };
  throw new UsageError(`--period is day, week or month, not ${JSON.stringify(period)}`);
}

function readAt(text: string | undefined, timezone: string): number | null {
  if (text === undefined) return null;
  const atMs = startOfDate(timezone, text);
  if (atMs === null) throw new UsageError(`--at is a date such as 2026-11-23, not ${JSON.stringify(text)}`);
  return atMs;
}

function formatOf(format: string | undefined, file: string | undefined): ReportFormat {
  if (format === undefined) return EXTENSIONS.find(([ending]) => ending.test(file ?? ''))?.[1] ?? 'text';
  const found = FORMATS.find((each) => each === format);
  if (found === undefined) throw new UsageError(`--format is ${FORMATS.join(', ')}, not ${JSON.stringify(format)}`);
  return found;
}

interface WriteInput {
  readonly format: ReportFormat;
  readonly page: ReportPage;
  readonly figures: ReportFigures;
  readonly rule: ReportRule;
  readonly look: Pick<Terminal, 'hasColours' | 'columns'>;
}

function write({ format, page: { page, images }, figures, rule, look }: WriteInput): string {
  if (format === 'text') return writeText(page, look);
  if (format === 'json') return `${safeJson({ version: VERSION, exitCode: 0, report: rule.name, ...figures })}\n`;
  // A file has no attachments: its images stand in it.
  return images.reduce(
    (html, { cid, contentType, base64 }) => html.replaceAll(`cid:${cid}`, `data:${contentType};base64,${base64}`),
    renderHtml(page),
  );
}

function writeText(page: MailPage, { hasColours, columns }: WriteInput['look']): string {
  const paint = createPaint(hasColours);
  const lines = textLines(page, Math.min(columns, MAX_COLUMNS));
  return lines.map(({ part, text }) => `${part === 'plain' ? text : paint(part, text)}\n`).join('');
}
