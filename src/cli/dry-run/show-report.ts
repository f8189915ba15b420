import { formatMoney } from '#core';
import { type DryRunReport, number, signedMoney, signedPercent } from '#replay';
import { createPaint, type Paint } from '../report/colours.ts';
import type { Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { wrap } from '../report/wrap.ts';
import { reasonUnchecked } from './reason-unchecked.ts';
import { endText, type PathOf, placeText, totalsOf } from './report-parts.ts';

const MOST = 8;

/** The report for a terminal: the verdict, what changes, the gates, then who, what and where. Pure. */
export function showReport(report: DryRunReport, look: Look, pathOf: PathOf): string {
  const paint = createPaint(look.hasColours);
  const width = Math.max(60, Math.min(look.columns, 100));
  const head = [headLine(report, paint, width), '', scope(report, paint, width)];
  const sections = look.isQuiet ? [gates(report, paint, width)] : all(report, paint, width, pathOf);
  return `${[...head, ...sections.filter((section) => section !== '')].join('\n')}\n`;
}

function all(report: DryRunReport, paint: Paint, width: number, pathOf: PathOf): readonly string[] {
  return [
    totals(report, paint),
    gates(report, paint, width),
    transitions(report, paint, width),
    movers(report, paint),
    examples(report, paint, width, pathOf),
    changes(report, paint, width, pathOf),
    blindSpots(report, paint, width),
    doubts(report, paint, width),
    footer(report, paint, width),
  ];
}

function headLine({ verdict }: DryRunReport, paint: Paint, width: number): string {
  const mark = verdict.passed ? paint('good', '✓') : paint('error', '✗');
  return `${mark} ${paint('strong', wrap(safeText(verdict.text), width - 2, '  ').trimStart())}`;
}

function scope({ base, head, environment, mode, window, records }: DryRunReport, paint: Paint, width: number): string {
  const span = window.from === null ? '' : `, ${window.from.slice(0, 16)} to ${window.to?.slice(0, 16)} UTC`;
  const text = `${safeText(base.name)} → ${safeText(head.name)}, ${environment}, ${mode}; ${number(records.replayed)} records${span}`;
  return paint('dim', wrap(text, width, ''));
}

function title(text: string, paint: Paint): string {
  return `\n${paint('strong', text)}`;
}

function totals(report: DryRunReport, paint: Paint): string {
  const lines = totalsOf(report).map(({ name, base, head, delta, label }) => {
    const note = label === null ? '' : `  ${paint('dim', label)}`;
    return `  ${name.padEnd(20)}${base.padStart(13)}${head.padStart(13)}${delta.padStart(13)}${note}`.trimEnd();
  });
  return [
    title(`Totals${' '.repeat(16)}${'base'.padStart(13)}${'head'.padStart(13)}${'change'.padStart(13)}`, paint),
    ...lines,
  ].join('\n');
}

function gates({ gates: results }: DryRunReport, paint: Paint, width: number): string {
  if (results.length === 0) return `${title('Gates', paint)}\n  none: the base's Project declares no gates`;
  const lines = results.flatMap(({ rule, limit, actual, passed, waiver, note }) => {
    const mark = passed ? paint('good', '✓') : paint('error', '✗');
    const more = waiver !== null ? `waived by ${safeText(waiver)}` : note;
    const line = `  ${mark} ${rule.padEnd(22)} ${String(actual ?? 'not measured').padEnd(24)} ${paint('dim', `limit ${limit}`)}`;
    return more === null ? [line] : [line, paint('dim', wrap(more, width, '      '))];
  });
  return [title('Gates', paint), ...lines].join('\n');
}

function transitions(report: DryRunReport, paint: Paint, width: number): string {
  if (report.transitions.length === 0) return '';
  const lines = report.transitions
    .slice(0, MOST)
    .map(({ from, to, requests, deltaMicroUsd, tierDowngrades, capabilityLosses }) => {
      const [was, is] = endText(from, to);
      const flags = [tierDowngrades > 0 ? 'lower tier' : '', capabilityLosses > 0 ? 'capability lost' : ''].filter(
        (flag) => flag !== '',
      );
      const money = deltaMicroUsd === 0 ? '' : signedMoney(deltaMicroUsd);
      const text = `${safeText(was)} → ${safeText(is)}${flags.length === 0 ? '' : ` (${flags.join(', ')})`}`;
      const room = width - 30;
      const first = text.length > room ? `${text.slice(0, room - 1)}…` : text;
      return `  ${number(requests).padStart(9)}  ${first.padEnd(room)}${money.padStart(16)}`.trimEnd();
    });
  const rest = report.transitions.length - MOST;
  if (rest > 0) lines.push(paint('dim', `             and ${rest} more; see --format json`));
  return [title('From → to', paint), ...lines].join('\n');
}

function movers({ movers: { teams, routes } }: DryRunReport, paint: Paint): string {
  if (teams.length + routes.length === 0) return '';
  const row = (kind: string, name: string, changed: number, deltaMicroUsd: number, baseMicroUsd: number): string => {
    const ratio = baseMicroUsd === 0 || deltaMicroUsd === 0 ? '' : signedPercent(deltaMicroUsd / baseMicroUsd);
    const money = deltaMicroUsd === 0 ? '±0.00 USD' : signedMoney(deltaMicroUsd);
    return `  ${kind.padEnd(6)}${safeText(name).padEnd(26)}${`${number(changed)} changed`.padStart(18)}${money.padStart(17)}${ratio.padStart(9)}`.trimEnd();
  };
  const lines = [
    ...teams.slice(0, MOST).map((each) => row('team', each.name, each.changed, each.deltaMicroUsd, each.baseMicroUsd)),
    ...routes
      .slice(0, MOST)
      .map((each) => row('route', each.name, each.changed, each.deltaMicroUsd, each.baseMicroUsd)),
  ];
  return [title('Movers', paint), ...lines, paint('dim', '  everything else is unchanged')].join('\n');
}

function examples(report: DryRunReport, paint: Paint, width: number, pathOf: PathOf): string {
  if (report.examples.length === 0) return '';
  const lines = report.examples.flatMap((example, index) => {
    const who = `${example.consumer ?? 'unknown'} asks for ${example.model ?? 'no model'}, ${number(example.inputTokens ?? 0)} tokens in`;
    const side = (
      name: string,
      { route, target, model, code, status, costMicroUsd, label, trace }: (typeof example)['base'],
    ): string => {
      const end =
        target === null ? `${status} ${code ?? ''}`.trim() : `${target}${model === null ? '' : ` (${model})`}`;
      const cost =
        costMicroUsd === null
          ? ', cost unknown'
          : target === null
            ? ''
            : `, ${formatMoney(costMicroUsd)}${label === 'exact' ? '' : ` ${label}`}`;
      const why = trace.length > 1 ? `: ${trace.slice(1).join('; ')}` : '';
      return wrap(safeText(`${name}  ${route ?? 'no route'} → ${end}${cost}${why}`), width, '     ');
    };
    const place = placeText(example.because, pathOf);
    return [
      wrap(safeText(`${index + 1}. ${example.why}: ${who}`), width, '  '),
      side('base', example.base),
      side('head', example.head),
      paint('dim', wrap(safeText(`${place === null ? '' : `${place}  `}record ${example.id}`), width, '     ')),
    ];
  });
  return [title('Examples', paint), ...lines].join('\n');
}

function changes({ changes: found }: DryRunReport, paint: Paint, width: number, pathOf: PathOf): string {
  if (found.length === 0) return '';
  const lines = found.slice(0, 2 * MOST).map(({ document, change, at, paths }) => {
    const what = paths.length === 0 ? change : paths.join(', ');
    return wrap(safeText(`${placeText(at, pathOf)}  ${document}: ${what}`), width, '  ');
  });
  if (found.length > 2 * MOST) lines.push(paint('dim', `  and ${found.length - 2 * MOST} more documents`));
  return [title('Changed documents', paint), ...lines].join('\n');
}

function blindSpots({ blindSpots: { routes, targets } }: DryRunReport, paint: Paint, width: number): string {
  if (routes.length + targets.length === 0) return '';
  const lines = [];
  if (routes.length > 0) lines.push(wrap(`routes: ${routes.join(', ')}`, width, '  '));
  if (targets.length > 0) lines.push(wrap(`targets: ${targets.join(', ')}`, width, '  '));
  return [title('Blind spots (no record reaches them)', paint), ...lines].join('\n');
}

function doubts(report: DryRunReport, paint: Paint, width: number): string {
  const { indeterminate, assumptions, fidelityDetail, problems, records } = report;
  const lines = [
    ...indeterminate.map(({ field, requests }) => `${number(requests)} indeterminate: ${field} is not recorded`),
    ...assumptions.map(({ text, requests }) => `${number(requests)} requests: ${text}`),
    ...fidelityDetail.mismatches.map(
      ({ what, requests }) => `${number(requests)} recorded decisions do not come out again: ${what}`,
    ),
    ...fidelityDetail.withoutPolicies.map(
      (unknown) =>
        `${number(unknown.requests)} recorded decisions of revision ${unknown.revision} are not checked: ${reasonUnchecked(unknown)}`,
    ),
    ...(records.otherEnvironment === 0
      ? []
      : [`${number(records.otherEnvironment)} records of other environments are left out`]),
    ...(records.inline === 0
      ? []
      : [`${number(records.inline)} requests brought their own plan in a header; policies do not decide them`]),
    ...problems.map(({ file, line, message }) => `${file}:${line}: ${message}`),
    ...(records.invalid > problems.length ? [`${number(records.invalid)} lines in all are no records`] : []),
    ...report.newWaivers.map((name) => `waiver ${name} is new: it is not in force before it is merged`),
  ];
  return lines.length === 0
    ? ''
    : [title('To know', paint), ...lines.map((line) => wrap(safeText(line), width, '  '))].join('\n');
}

function footer(
  { version, catalog, base, head, records, modeReason, reproduce }: DryRunReport,
  paint: Paint,
  width: number,
): string {
  const digests = `base ${base.digest.slice(0, 12)}, head ${head.digest.slice(0, 12)}, catalogue ${catalog.slice(0, 12)}, recording ${records.fingerprint}, signalbox ${version}; ${modeReason}`;
  return ['', paint('dim', wrap(digests, width, '')), paint('dim', wrap(safeText(reproduce), width, ''))].join('\n');
}
