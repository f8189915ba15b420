import { type DryRunReport, number, signedMoney, signedPercent } from '#replay';
import { codeSpan, escapeCell } from '../report/markdown.ts';
import { reasonUnchecked } from './reason-unchecked.ts';
import { askedText, endText, type PathOf, placeText, sideText, totalsOf } from './report-parts.ts';

/** Marks the comment, so that the next run updates it in place instead of adding another. */
export const COMMENT_MARKER = '<!-- signalbox-dry-run -->';

const MOST = 10;

/** The comment of a pull request: the verdict and the gates in sight, the rest folded. Text of recordings and policies is disarmed. Pure. */
export function reportMarkdown(report: DryRunReport, pathOf: PathOf): string {
  const { verdict } = report;
  const head = `### ${verdict.passed ? '✅' : '🛑'} signalbox dry-run: ${escapeCell(verdict.text)}`;
  return `${[COMMENT_MARKER, head, ...dryRunSections(report, pathOf)].join('\n\n')}\n`;
}

/** What follows the verdict, section by section in order of weight; a change without an effect is told in few words. Pure. */
export function dryRunSections(report: DryRunReport, pathOf: PathOf): readonly string[] {
  const { verdict, records, changes } = report;
  const isQuiet = verdict.passed && records.changed === 0 && records.indeterminate === 0;
  const parts = isQuiet
    ? [
        changes.length === 0
          ? ''
          : fold(`${changes.length} changed documents without an effect on this traffic`, changesTable(report, pathOf)),
      ]
    : [
        totalsTable(report),
        gatesTable(report),
        transitionsTable(report),
        fold('Top movers by team and route', moversTable(report)),
        fold('Changed requests, explained', examplesText(report, pathOf)),
        fold('Changed documents', changesTable(report, pathOf)),
        fold('Blind spots, and what to know', doubtsText(report)),
      ];
  return [...parts, footer(report)].filter((part) => part !== '');
}

/** Columns of figures are set to the right, the others to the left. */
function table(heads: readonly string[], rows: readonly (readonly string[])[], figures: readonly number[]): string {
  const align = heads.map((_, at) => (figures.includes(at) ? '---:' : '---'));
  return [heads, align, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function fold(summary: string, text: string): string {
  return text === '' ? '' : `<details><summary>${summary}</summary>\n\n${text}\n\n</details>`;
}

function totalsTable(report: DryRunReport): string {
  return table(
    ['', 'base', 'head', 'change', ''],
    totalsOf(report).map(({ name, base, head, delta, label }) => [name, base, head, delta, escapeCell(label ?? '')]),
    [1, 2, 3],
  );
}

function gatesTable({ gates }: DryRunReport): string {
  if (gates.length === 0) return 'The base declares no gates (`Project.spec.gates`).';
  const rows = gates.map(({ rule, limit, actual, passed, waiver, note }) => [
    `${passed ? '✅' : '🛑'} ${codeSpan(rule)}`,
    escapeCell(String(limit)),
    escapeCell(String(actual ?? 'not measured')),
    escapeCell(waiver !== null ? `waived by ${waiver}` : (note ?? '')),
  ]);
  return table(['gate', 'limit', 'actual', ''], rows, [1, 2]);
}

function transitionsTable({ transitions }: DryRunReport): string {
  if (transitions.length === 0) return '';
  const rows = transitions
    .slice(0, MOST)
    .map(({ from, to, requests, deltaMicroUsd, tierDowngrades, capabilityLosses }) => {
      const [was, is] = endText(from, to);
      const flags = [tierDowngrades > 0 ? 'lower tier' : '', capabilityLosses > 0 ? 'capability lost' : ''].filter(
        (flag) => flag !== '',
      );
      return [
        `${codeSpan(was)} → ${codeSpan(is)}`,
        number(requests),
        deltaMicroUsd === 0 ? '' : signedMoney(deltaMicroUsd),
        flags.join(', '),
      ];
    });
  const rest = transitions.length - MOST;
  return `${table(['from → to', 'requests', 'cost', ''], rows, [1, 2])}${rest > 0 ? `\n\nand ${rest} more in the JSON report` : ''}`;
}

function moversTable({ movers: { teams, routes } }: DryRunReport): string {
  const row = (
    kind: string,
    { name, requests, changed, baseMicroUsd, deltaMicroUsd, newDenials }: (typeof teams)[number],
  ): readonly string[] => [
    `${kind} ${codeSpan(name)}`,
    number(requests),
    number(changed),
    signedMoney(deltaMicroUsd),
    baseMicroUsd === 0 ? '' : signedPercent(deltaMicroUsd / baseMicroUsd),
    number(newDenials),
  ];
  const rows = [...teams.map((each) => row('team', each)), ...routes.map((each) => row('route', each))];
  if (rows.length === 0) return '';
  return `${table(['', 'requests', 'changed', 'cost', '', 'new denials'], rows, [1, 2, 3, 4, 5])}\n\nEverything else is unchanged.`;
}

function examplesText({ examples }: DryRunReport, pathOf: PathOf): string {
  return examples
    .map((example, index) => {
      const side = (name: string, of: (typeof example)['base']): string => `   - ${name}: ${escapeCell(sideText(of))}`;
      const place = placeText(example.because, pathOf);
      const who = askedText(example);
      const where = place === null ? '' : ` ${codeSpan(place)}`;
      return [
        `${index + 1}. ${escapeCell(who)}${where}`,
        side('base', example.base),
        side('head', example.head),
        `   - record ${codeSpan(example.id)}`,
      ].join('\n');
    })
    .join('\n');
}

function changesTable({ changes }: DryRunReport, pathOf: PathOf): string {
  if (changes.length === 0) return '';
  const rows = changes.map(({ document, change, at, paths }) => [
    codeSpan(document),
    paths.length === 0 ? escapeCell(change) : paths.map(codeSpan).join(', '),
    codeSpan(placeText(at, pathOf) ?? ''),
  ]);
  return table(['document', 'what', 'where'], rows, []);
}

function doubtsText({
  blindSpots,
  indeterminate,
  assumptions,
  fidelityDetail,
  problems,
  records,
  newWaivers,
}: DryRunReport): string {
  const lines = [
    ...(blindSpots.routes.length === 0
      ? []
      : [`no record reaches the routes ${blindSpots.routes.map(codeSpan).join(', ')}`]),
    ...(blindSpots.targets.length === 0
      ? []
      : [`no record reaches the targets ${blindSpots.targets.map(codeSpan).join(', ')}`]),
    ...indeterminate.map(
      ({ field, requests }) => `${number(requests)} indeterminate: ${codeSpan(field)} is not recorded`,
    ),
    ...assumptions.map(({ text, requests }) => `${number(requests)} requests: ${escapeCell(text)}`),
    ...fidelityDetail.mismatches.map(
      ({ what, requests }) => `${number(requests)} recorded decisions do not come out again: ${escapeCell(what)}`,
    ),
    ...fidelityDetail.withoutPolicies.map(
      (unknown) =>
        `${number(unknown.requests)} recorded decisions of revision ${codeSpan(unknown.revision)} are not checked: ${reasonUnchecked(unknown)}`,
    ),
    ...(records.otherEnvironment === 0
      ? []
      : [`${number(records.otherEnvironment)} records of other environments are left out`]),
    ...problems.map(({ file, line, message }) => `${codeSpan(`${file}:${line}`)} ${escapeCell(message)}`),
    ...newWaivers.map((name) => `waiver ${codeSpan(name)} is new: it is not in force before it is merged`),
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

function footer({
  version,
  catalog,
  base,
  head,
  environment,
  mode,
  records,
  window,
  fidelity,
  fidelityDetail,
  reproduce,
}: DryRunReport): string {
  const faith =
    fidelity === null
      ? 'fidelity not measured'
      : `fidelity ${Math.floor(fidelity * 10_000) / 100}% of ${number(fidelityDetail.checked)}`;
  const span =
    window.from === null
      ? ''
      : `, ${escapeCell(window.from.slice(0, 10))} to ${escapeCell((window.to ?? '').slice(0, 10))}`;
  const text = `${escapeCell(base.name)} ${codeSpan(base.digest.slice(0, 12))} → ${escapeCell(head.name)} ${codeSpan(head.digest.slice(0, 12))}, ${escapeCell(environment)}, ${mode}; ${number(records.replayed)} records${span}, recording ${codeSpan(records.fingerprint)}; signalbox ${escapeCell(version)}, catalogue ${codeSpan(catalog.slice(0, 12))}; ${faith}`;
  return `<sub>${text}<br>${codeSpan(reproduce)}</sub>`;
}
