import { formatMoney, type Place } from '#core';
import { type DryRunReport, type End, moneyText, number, percentText, signedMoney, signedPercent } from '#replay';

/** How a policy file is named to the reader. */
export type PathOf = (file: string) => string;

/** One line of the totals, as text. */
export interface TotalsRow {
  readonly name: string;
  readonly base: string;
  readonly head: string;
  readonly delta: string;
  /** How sure it is; null for plain counts. */
  readonly label: string | null;
}

/** The totals of a report, the same in every form. Pure. */
export function totalsOf(report: DryRunReport): readonly TotalsRow[] {
  const { cost, denials, failures, fallbacks, cacheHits, cacheEligible, latency } = report;
  const ratio =
    cost.baseMicroUsd === 0 || cost.deltaMicroUsd === 0
      ? ''
      : ` ${signedPercent(cost.deltaMicroUsd / cost.baseMicroUsd)}`;
  const rows: TotalsRow[] = [
    {
      name: 'cost',
      base: moneyText(cost.baseMicroUsd),
      head: moneyText(cost.headMicroUsd),
      delta: signedMoney(cost.deltaMicroUsd),
      label: `${cost.label}${ratio}`,
    },
    {
      name: 'cost a day',
      base: moneyText(cost.perDay.baseMicroUsd),
      head: moneyText(cost.perDay.headMicroUsd),
      delta: signedMoney(cost.perDay.deltaMicroUsd),
      label: bandText(report),
    },
    countRow('denials', denials.base, denials.head, denialsText(denials)),
    countRow('failures', failures.base, failures.head, null),
    countRow(
      'answers by fallback',
      fallbacks.base,
      fallbacks.head,
      `${percentText(fallbacks.baseShare)} → ${percentText(fallbacks.headShare)}`,
    ),
    countRow(
      'may be cached',
      cacheEligible.base,
      cacheEligible.head,
      cacheEligible.head === 0 && cacheEligible.base === 0 ? null : 'eligible, not hits',
    ),
    countRow('cache hits', cacheHits.base, cacheHits.head, hitsText(cacheHits)),
  ];
  if (latency.baseP95Ms !== null && latency.headP95Ms !== null) {
    const delta = latency.headP95Ms - latency.baseP95Ms;
    rows.push({
      name: 'p95 of answers',
      base: `${number(latency.baseP95Ms)} ms`,
      head: `${number(latency.headP95Ms)} ms`,
      delta: `${signed(delta)} ms`,
      label: 'estimated',
    });
  }
  return rows;
}

function hitsText({ base, head, headLow, headHigh, label }: DryRunReport['cacheHits']): string | null {
  if (base + head === 0) return null;
  return headLow === headHigh ? label : `${label} ${number(headLow)} to ${number(headHigh)}`;
}

function denialsText({ new: added, removed, headLow, headHigh }: DryRunReport['denials']): string | null {
  const parts = [
    ...(added > 0 || removed > 0 ? [`${number(added)} new, ${number(removed)} less`] : []),
    ...(headLow === headHigh ? [] : [`estimated ${number(headLow)} to ${number(headHigh)}`]),
  ];
  return parts.length === 0 ? null : parts.join('; ');
}

/** The band of an estimate for a day, such as `+400.00 to +424.00 USD`; null for an exact figure. Pure. */
export function bandText({ cost, window }: DryRunReport): string | null {
  if (cost.requests.unknown > 0 && cost.label !== 'estimated') return `${number(cost.requests.unknown)} unknown`;
  if (cost.label !== 'estimated' || cost.deltaLowMicroUsd === cost.deltaHighMicroUsd) return null;
  const low = signedMoney(cost.deltaLowMicroUsd / window.days).replace(' USD', '');
  return `${low} to ${signedMoney(cost.deltaHighMicroUsd / window.days).replace(' USD', '')}`;
}

function countRow(name: string, base: number, head: number, label: string | null): TotalsRow {
  return { name, base: number(base), head: number(head), delta: signed(head - base), label };
}

function signed(amount: number): string {
  return amount === 0 ? '0' : `${amount < 0 ? '-' : '+'}${number(Math.abs(amount))}`;
}

/** Both ends of a transition, with as much as tells them apart. Pure. */
export function endText(from: End, to: End): readonly [string, string] {
  const was = nameOf(from);
  const is = nameOf(to);
  if (was !== is) return [was, is];
  if (from.model !== to.model) return [`${was} ${from.model ?? 'unknown model'}`, to.model ?? 'unknown model'];
  if (from.route !== to.route) return [`${was} by ${from.route ?? 'no route'}`, `${is} by ${to.route ?? 'no route'}`];
  if (from.fallback !== to.fallback)
    return [`${was}${from.fallback ? ', a fallback' : ''}`, `${is}${to.fallback ? ', a fallback' : ''}`];
  if (from.cache !== to.cache) return [`${was}, ${cacheText(from)}`, `${is}, ${cacheText(to)}`];
  return [was, `${is} at another price`];
}

function nameOf({ kind, target, code }: End): string {
  if (kind === 'denied') return `denied ${code ?? ''}`.trimEnd();
  if (kind === 'failed') return `failed ${target ?? ''} ${code ?? ''}`.replace(/ +/g, ' ').trimEnd();
  return kind === 'cache' ? 'cache hit' : (target ?? 'answered');
}

function cacheText({ cache }: End): string {
  return cache === null ? 'never cached' : `may be cached (${cache})`;
}

type Example = DryRunReport['examples'][number];

/** Why an example was chosen, and what it asked for. Pure. */
export function askedText({ why, consumer, model, inputTokens }: Example): string {
  return `${why}: ${consumer ?? 'unknown'} asks for ${model ?? 'no model'}, ${number(inputTokens ?? 0)} tokens in`;
}

/** What one side does with it: route, target or refusal, cost, and why. Pure. */
export function sideText({ route, target, model, status, code, costMicroUsd, label, trace }: Example['base']): string {
  const end = target === null ? `${status} ${code ?? ''}`.trim() : `${target}${model === null ? '' : ` (${model})`}`;
  const sure = label === 'exact' ? '' : ` ${label}`;
  const owed = target === null ? '' : `, ${formatMoney(costMicroUsd ?? 0)}${sure}`;
  const cost = costMicroUsd === null ? ', cost unknown' : owed;
  const why = trace.length > 1 ? `: ${trace.slice(1).join('; ')}` : '';
  return `${route ?? 'no route'} → ${end}${cost}${why}`;
}

/** `policies/chains/premium.yaml:31`; null without a place. Pure. */
export function placeText(at: Place | null, pathOf: PathOf): string | null {
  return at === null ? null : `${pathOf(at.file)}:${at.line}`;
}
