import type { DryRunReport } from './dry-run-report.ts';
import { moneyText, signedPercent } from './gates.ts';

/** The one sentence that a reader takes away: whether a gate fails, and the largest effects. Pure. */
export function verdictText(report: DryRunReport): string {
  const { records, gates, changes, verdict } = report;
  const failed = gates.filter(({ passed }) => !passed);
  if (records.replayed === 0) return 'No record was replayed.';
  if (verdict.passed && records.changed === 0 && records.indeterminate === 0) {
    const what = changes.length === 0 ? 'The policies are the same' : 'Nothing changes for this traffic';
    return `${what}: ${plural(records.replayed, 'record')} replayed, every decision and cost as before.`;
  }
  const effects = effectsOf(report);
  const tail = effects.length === 0 ? '' : ` ${effects.join(', ')}.`;
  if (failed.length === 0) return `Passes every gate.${tail}`;
  return `Fails ${failed.length === 1 ? 'gate' : 'gates'} ${failed.map(({ rule }) => rule).join(', ')}.${tail}`;
}

function effectsOf({
  cacheEligible,
  cost,
  denials,
  tierDowngrades,
  capabilityLosses,
  records,
  movers,
}: DryRunReport): readonly string[] {
  const effects: string[] = [];
  const { deltaMicroUsd } = cost.perDay;
  if (cost.deltaMicroUsd !== 0) {
    const parts = [
      ...(cost.baseMicroUsd === 0 ? [] : [signedPercent(cost.deltaMicroUsd / cost.baseMicroUsd)]),
      ...(cost.label === 'exact' ? [] : [cost.label]),
    ];
    effects.push(`${signedMoney(deltaMicroUsd)} a day${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`);
  }
  if (denials.new > 0) {
    const team = movers.teams.filter(({ newDenials }) => newDenials > 0);
    const only = team.length === 1 && team[0]?.name !== 'other' ? ` for team ${team[0]?.name}` : '';
    effects.push(`${plural(denials.new, 'new denial')}${only}`);
  }
  if (denials.removed > 0) effects.push(`${plural(denials.removed, 'denial')} less`);
  if (tierDowngrades > 0) effects.push(`${plural(tierDowngrades, 'answer')} of a lower tier`);
  if (capabilityLosses > 0) effects.push(`${plural(capabilityLosses, 'request')} without a needed capability`);
  const eligible = cacheEligible.head - cacheEligible.base;
  if (eligible !== 0)
    effects.push(`${plural(Math.abs(eligible), 'request')} ${eligible > 0 ? 'more' : 'less'} may be cached`);
  effects.push(`${plural(records.changed, 'request')} changed of ${number(records.requests)}`);
  if (records.indeterminate > 0) effects.push(`${number(records.indeterminate)} indeterminate`);
  return effects;
}

/** `+412.00 USD`; cents from a cent on. Pure. */
export function signedMoney(micro: number): string {
  if (micro === 0) return '±0.00 USD';
  return `${micro < 0 ? '-' : '+'}${moneyText(Math.abs(micro))}`;
}

/** `1 record`, `2,000 records`. Pure. */
export function plural(amount: number, word: string): string {
  return `${number(amount)} ${word}${amount === 1 ? '' : 's'}`;
}

/** `12,345`, whatever the locale. Pure. */
export function number(amount: number): string {
  return String(amount).replace(/\B(?=(\d{3})+(?!\d))/g, ',');
}
