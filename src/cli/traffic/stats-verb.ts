import { createStatsCounter, moneyText, number, plural, type Share, type TrafficStats } from '#replay';
import { createPaint, type Paint } from '../report/colours.ts';
import { safeJson, safeText } from '../report/safe-text.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, VerbCall } from '../verb.ts';
import { type BadLine, readRecordings } from './read-recording.ts';

const MOST = 8;

/** `signalbox traffic stats FILES`: volume, mix, duplicates, strata, window and gaps. */
export async function statsVerb({ options, args, terminal }: VerbCall): Promise<ExitCode> {
  if (args.length === 0) throw new UsageError('no recording is named', 'signalbox traffic stats FILE.ndjson.gz');
  const format = options.format ?? 'pretty';
  if (format !== 'pretty' && format !== 'json')
    throw new UsageError(`--format is pretty or json, not ${JSON.stringify(format)}`);
  const counter = createStatsCounter();
  const bad: BadLine[] = [];
  let badLines = 0;
  await readRecordings(args, counter.add, (line) => {
    badLines += 1;
    if (bad.length < MOST) bad.push(line);
  });
  const stats = counter.stats();
  if (stats.records === 0)
    throw new UsageError(
      'the files hold no record',
      bad[0] ? `${bad[0].file}:${bad[0].line}: ${bad[0].message}` : null,
    );
  if (format === 'json') terminal.out(`${safeJson({ ...stats, badLines, problems: bad })}\n`);
  else terminal.out(showStats(stats, badLines, bad, createPaint(terminal.hasColours)));
  return 0;
}

function showStats(stats: TrafficStats, badLines: number, bad: readonly BadLine[], paint: Paint): string {
  const { records, requests, from, to, perHour, inputTokens, outputTokens, costMicroUsd, mix, strata, gaps, p95Ms } =
    stats;
  const weighted = records === requests ? '' : ` for ${number(requests)} requests`;
  const lines = [
    paint('strong', `${plural(records, 'record')}${weighted}`),
    `  window          ${from?.slice(0, 19)} to ${to?.slice(0, 19)} UTC, ${number(perHour)} an hour`,
    `  tokens          ${number(inputTokens)} in, ${number(outputTokens)} out`,
    `  recorded cost   ${moneyText(costMicroUsd)}`,
    ...(p95Ms === null ? [] : [`  p95 of answers  ${number(p95Ms)} ms`]),
    `  duplicates      ${number(stats.duplicateIds)} ids seen before${stats.duplicatesAreLowerBound ? ' (at least)' : ''}, ${number(stats.repeatedPrompts)} prompts asked before`,
    `  strata          ${number(strata.length)} of route, consumer, model and outcome`,
    ...gaps.slice(0, MOST).map((gap) => `  no record       ${gap.from.slice(0, 16)} to ${gap.to.slice(0, 16)} UTC`),
    ...(badLines === 0
      ? []
      : [
          paint('warn', `  bad lines       ${number(badLines)}`),
          ...bad.map(({ file, line, message }) => `    ${safeText(file)}:${line}: ${message}`),
        ]),
    ...(['model', 'consumer', 'route', 'endpoint', 'outcome'] as const).flatMap((name) =>
      table(name, mix[name], records, paint),
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function table(name: string, shares: readonly Share[], records: number, paint: Paint): readonly string[] {
  const rows = shares
    .slice(0, MOST)
    .map(
      (share) =>
        `  ${safeText(share.name).slice(0, 44).padEnd(46)}${number(share.records).padStart(12)}${`${Math.round((share.records / records) * 1000) / 10}%`.padStart(8)}`,
    );
  const rest = shares.length - MOST;
  return ['', paint('strong', `By ${name}`), ...rows, ...(rest > 0 ? [paint('dim', `  and ${rest} more`)] : [])];
}
