import { type DryRunReport, number, signedMoney } from '#replay';
import { safeText } from '../report/safe-text.ts';
import { barChart } from './bar-chart.ts';
import { escapeHtml } from './escape-html.ts';
import { askedText, endText, type PathOf, placeText, sideText, totalsOf } from './report-parts.ts';

const STYLE = `
:root { color-scheme: light dark; background: Canvas; color: CanvasText; --good: #1a7f37; --bad: #c62828; --base: #8a94a6; --head: #2f6fde; }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.3rem; text-wrap: balance; } h2 { font-size: 1.05rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .6rem; vertical-align: top; } tr { border-bottom: 1px solid #8884; }
.name { padding-left: 0; min-width: 13rem; } .figure { text-align: right; white-space: nowrap; overflow-wrap: normal; }
ol, ul { padding-left: 1.6rem; } li { margin-bottom: .5rem; }
.key { display: inline-block; width: .8rem; height: .8rem; border-radius: 2px; margin: 0 .3rem 0 0; vertical-align: -.1rem; }
.key.base { background: var(--base); } .key.head { background: var(--head); margin-left: 1rem; }
.pass { color: var(--good); } .fail { color: var(--bad); } .dim { opacity: .7; }
code { font-size: .92em; } svg { width: 100%; max-width: 26rem; height: auto; } svg text { fill: currentColor; font: 12px system-ui, sans-serif; }
.base { fill: var(--base); } .head { fill: var(--head); }
@media (prefers-color-scheme: dark) { :root { --good: #4ac26b; --bad: #ff7b72; } }
@media (max-width: 38rem) {
  body { margin-top: 1rem; } h1 { font-size: 1.15rem; } table { font-size: .87rem; } table, tbody { display: block; }
  tr { display: grid; grid-template-columns: repeat(var(--figures), 1fr); padding: .25rem 0; } th, td { padding: 0 .2rem; }
  .figure { white-space: normal; } .name, .note { min-width: 0; grid-column: 1 / -1; padding: 0; } .name:empty, .note:empty, th.note { display: none; }
}`;

/** What a column holds: the name of its line, a figure, or a remark. On a phone each name stands above its figures, and each remark below. */
type Column = readonly [kind: 'name' | 'figure' | 'note', head: string];

/** The whole report as one page without scripts, fonts or requests; every text is escaped. Pure. */
export function reportHtml(report: DryRunReport, pathOf: PathOf): string {
  const { verdict, base, head, environment, mode, records, window } = report;
  const mark = verdict.passed ? '<span class="pass">✓</span>' : '<span class="fail">✗</span>';
  const [from, to] = [window.from ?? '', window.to ?? ''].map((at) => at.slice(0, 10));
  const span = from === '' ? '' : from === to ? `, ${from}` : `, ${from} to ${to}`;
  const scope = `${base.name} → ${head.name}, ${environment}, ${mode}; ${number(records.replayed)} records${span}`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    `<title>Signalbox dry-run</title><style>${STYLE}</style></head><body>`,
    `<h1>${mark} ${text(verdict.text)}</h1><p class="dim">${text(scope)}</p>`,
    section('Totals', totals(report)),
    section('Gates', gates(report)),
    section('Cost by team', costChart(report)),
    section('From → to', transitions(report)),
    section('Movers', movers(report)),
    section('Examples', examples(report, pathOf)),
    section('Changed documents', changes(report, pathOf)),
    section('Blind spots and doubts', doubts(report)),
    `<p class="dim"><code>${text(report.reproduce)}</code><br>base ${text(base.digest)}<br>head ${text(head.digest)}<br>catalogue ${text(report.catalog)}<br>recording ${text(records.fingerprint)}<br>signalbox ${text(report.version)}</p>`,
    '</body></html>\n',
  ].join('\n');
}

function text(value: string): string {
  return escapeHtml(safeText(value));
}

function section(title: string, body: string): string {
  return body === '' ? '' : `<h2>${title}</h2>\n${body}`;
}

function table(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const line = (tag: 'th' | 'td', cells: readonly string[]) =>
    `<tr>${cells.map((cell, at) => `<${tag} class="${columns[at]?.[0]}">${cell}</${tag}>`).join('')}</tr>`;
  const heads = columns.map(([, head]) => head);
  const figures = columns.filter(([kind]) => kind === 'figure').length;
  return [
    `<table style="--figures:${Math.max(1, figures)}">${line('th', heads)}`,
    ...rows.map((cells) => line('td', cells.map(breakable))),
    '</table>',
  ].join('\n');
}

/** Paths break where they may. */
function breakable(cell: string): string {
  return cell.replace(/(?<=\w)\/(?=\w)(?!day\b)/g, '/<wbr>');
}

function totals(report: DryRunReport): string {
  return table(
    [
      ['name', ''],
      ['figure', 'base'],
      ['figure', 'head'],
      ['figure', 'change'],
      ['note', ''],
    ],
    totalsOf(report).map(({ name, base, head, delta, label }) => [name, base, head, delta, label ?? ''].map(text)),
  );
}

function gates({ gates: results }: DryRunReport): string {
  const rows = results.map(({ rule, limit, actual, passed, waiver, note }) => [
    `<span class="${passed ? 'pass' : 'fail'}">${passed ? '✓' : '✗'}</span>&nbsp;${text(rule)}`,
    text(String(limit)),
    text(String(actual ?? 'not measured')),
    text(waiver !== null ? `waived by ${waiver}` : (note ?? '')),
  ]);
  return rows.length === 0
    ? '<p>The base declares no gates.</p>'
    : table(
        [
          ['name', 'gate'],
          ['figure', 'limit'],
          ['figure', 'actual'],
          ['note', ''],
        ],
        rows,
      );
}

function costChart({ movers: { teams } }: DryRunReport): string {
  const chart = barChart(
    teams.map(({ name, baseMicroUsd, headMicroUsd }) => ({
      name: safeText(name),
      base: baseMicroUsd,
      head: headMicroUsd,
    })),
  );
  const key = '<p class="dim"><span class="key base"></span>base<span class="key head"></span>head</p>';
  return chart === '' ? '' : `${key}${chart}`;
}

function transitions({ transitions: found }: DryRunReport): string {
  return table(
    [
      ['name', ''],
      ['figure', 'requests'],
      ['figure', 'cost'],
      ['note', ''],
    ],
    found.slice(0, 50).map(({ from, to, requests, deltaMicroUsd, tierDowngrades, capabilityLosses }) => {
      const [was, is] = endText(from, to);
      const flags = [tierDowngrades > 0 ? 'lower tier' : '', capabilityLosses > 0 ? 'capability lost' : ''].filter(
        (flag) => flag !== '',
      );
      return [
        `${was} → ${is}`,
        number(requests),
        deltaMicroUsd === 0 ? '' : signedMoney(deltaMicroUsd),
        flags.join(', '),
      ].map(text);
    }),
  );
}

function movers({ movers: { teams, routes } }: DryRunReport): string {
  const row = (kind: string, { name, requests, changed, deltaMicroUsd, newDenials }: (typeof teams)[number]) =>
    [`${kind} ${name}`, number(requests), number(changed), signedMoney(deltaMicroUsd), number(newDenials)].map(text);
  return table(
    [
      ['name', ''],
      ['figure', 'requests'],
      ['figure', 'changed'],
      ['figure', 'cost'],
      ['figure', 'new denials'],
    ],
    [...teams.map((each) => row('team', each)), ...routes.map((each) => row('route', each))],
  );
}

function examples({ examples: chosen }: DryRunReport, pathOf: PathOf): string {
  const items = chosen.map((example) => {
    const place = placeText(example.because, pathOf);
    const where = place === null ? '' : ` <code>${text(place)}</code>`;
    const who = askedText(example);
    return `<li>${text(who)}${where}<br>base: ${text(sideText(example.base))}<br>head: ${text(sideText(example.head))}<br><span class="dim">record ${text(example.id)}</span></li>`;
  });
  return items.length === 0 ? '' : `<ol>${items.join('\n')}</ol>`;
}

function changes({ changes: found }: DryRunReport, pathOf: PathOf): string {
  return table(
    [
      ['name', 'document'],
      ['note', 'what'],
      ['note', 'where'],
    ],
    found.map(({ document, change, at, paths }) =>
      [document, paths.length === 0 ? change : paths.join(', '), placeText(at, pathOf) ?? ''].map(text),
    ),
  );
}

function doubts({ blindSpots, indeterminate, assumptions, problems, fidelity, fidelityDetail }: DryRunReport): string {
  const lines = [
    fidelity === null
      ? 'fidelity not measured'
      : `${number(fidelityDetail.reproduced)} of ${number(fidelityDetail.checked)} recorded decisions come out again`,
    ...fidelityDetail.mismatches.map(({ what, requests }) => `${number(requests)} do not: ${what}`),
    ...(blindSpots.routes.length === 0 ? [] : [`no record reaches the routes ${blindSpots.routes.join(', ')}`]),
    ...(blindSpots.targets.length === 0 ? [] : [`no record reaches the targets ${blindSpots.targets.join(', ')}`]),
    ...indeterminate.map(({ field, requests }) => `${number(requests)} indeterminate: ${field} is not recorded`),
    ...assumptions.map(({ text: what, requests }) => `${number(requests)} requests: ${what}`),
    ...problems.map(({ file, line, message }) => `${file}:${line}: ${message}`),
  ];
  return `<ul>${lines.map((line) => `<li>${text(line)}</li>`).join('\n')}</ul>`;
}
