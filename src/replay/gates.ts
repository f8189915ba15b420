import { formatMoney, type JsonObject, parseShare } from '#core';
import { type GateWaiver, waiverFor } from './gate-waivers.ts';
import { parseDailyRate } from './money-rate.ts';
import type { Mover, Tally } from './tally.ts';

/** One gate with what was measured. */
export interface GateResult {
  /** The key in `Project.spec.gates`. */
  readonly rule: string;
  readonly limit: number | string;
  /** Null where nothing could be measured. */
  readonly actual: number | string | null;
  readonly passed: boolean;
  /** Name of the waiver that lets it pass. */
  readonly waiver: string | null;
  /** Why a gate says nothing, or what was left out. */
  readonly note: string | null;
}

/** What gates look at. */
export interface GateInput {
  /** `Project.spec.gates` of the base, as written: a change cannot loosen its own gate. */
  readonly gates: JsonObject;
  readonly tally: Tally;
  readonly waivers: readonly GateWaiver[];
  /** Days that the recording covers, at least an hour. */
  readonly days: number;
  /** What the head declares, and what of it records reach. */
  readonly coverage: Coverage;
}

/** Routes and targets of the head together. */
export interface Coverage {
  readonly reached: number;
  readonly declared: number;
}

type Amounts = Pick<Mover, 'baseMicroUsd' | 'headMicroUsd' | 'newDenials' | 'tierDowngrades' | 'capabilityLosses'>;

/** Judges every gate that the base declares, in the order of the contract. Pure. */
export function judgeGates(input: GateInput): readonly GateResult[] {
  const { gates } = input;
  const results: GateResult[] = [];
  if (gates.costIncrease !== undefined) results.push(costGate(input));
  for (const rule of ['newDenials', 'tierDowngrades', 'capabilityLosses'] as const) {
    if (typeof gates[rule] === 'number') results.push(countGate(input, rule, gates[rule]));
  }
  const { counts } = input.tally;
  const fallback = shareOf(gates.fallbackShareIncrease);
  if (fallback !== null) {
    const rise = share(counts.headFallbacks, counts.headAnswers) - share(counts.baseFallbacks, counts.baseAnswers);
    results.push(shareGate(input, 'fallbackShareIncrease', fallback, rise, rise <= fallback));
  }
  const fidelity = shareOf(gates.minFidelity);
  if (fidelity !== null) {
    const reproduced = counts.checked === 0 ? null : share(counts.reproduced, counts.checked);
    results.push(shareGate(input, 'minFidelity', fidelity, reproduced, reproduced === null || reproduced >= fidelity));
  }
  const indeterminate = shareOf(gates.maxIndeterminate);
  if (indeterminate !== null) {
    const missing = share(counts.indeterminate, counts.weight);
    results.push(shareGate(input, 'maxIndeterminate', indeterminate, missing, missing <= indeterminate));
  }
  const coverage = shareOf(gates.minCoverage);
  if (coverage !== null) {
    const { reached, declared } = input.coverage;
    const actual = declared === 0 ? 1 : reached / declared;
    results.push(shareGate(input, 'minCoverage', coverage, actual, actual >= coverage));
  }
  return results;
}

function costGate(input: GateInput): GateResult {
  const gate = input.gates.costIncrease as { readonly absolute?: string; readonly relative?: string };
  const absolute = gate.absolute === undefined ? null : parseDailyRate(gate.absolute);
  const relative = gate.relative === undefined ? null : parseShare(gate.relative);
  const exceeds = ({ baseMicroUsd, headMicroUsd }: Pick<Mover, 'baseMicroUsd' | 'headMicroUsd'>): boolean => {
    const delta = headMicroUsd - baseMicroUsd;
    if (delta <= 0) return false;
    const isMuch = absolute === null || delta / input.days > absolute;
    return isMuch && (relative === null || delta > baseMicroUsd * relative);
  };
  const { counts } = input.tally;
  const { amounts, waiver } = afterWaivers(input, 'costIncrease', counts, exceeds);
  const delta = counts.headMicroUsd - counts.baseMicroUsd;
  const percent = counts.baseMicroUsd === 0 ? '' : `, ${signedPercent(delta / counts.baseMicroUsd)}`;
  return {
    rule: 'costIncrease',
    limit: [gate.absolute, gate.relative].filter((part) => part !== undefined).join(' and '),
    actual: `${delta < 0 ? '-' : '+'}${moneyText(Math.abs(delta) / input.days)}/day${percent}`,
    passed: !exceeds(amounts),
    waiver,
    note: null,
  };
}

function countGate(
  input: GateInput,
  rule: 'newDenials' | 'tierDowngrades' | 'capabilityLosses',
  limit: number,
): GateResult {
  const exceeds = (amounts: Pick<Mover, typeof rule>): boolean => amounts[rule] / 1000 > limit;
  const { counts } = input.tally;
  const { amounts, waiver } = afterWaivers(input, rule, counts, exceeds);
  return { rule, limit, actual: requests(counts[rule]), passed: !exceeds(amounts), waiver, note: null };
}

/** Takes what waivers cover out of a gate's amounts, one waiver after another, until it holds. */
function afterWaivers(
  input: GateInput,
  rule: string,
  whole: Amounts,
  exceeds: (amounts: Amounts) => boolean,
): { readonly amounts: Amounts; readonly waiver: string | null } {
  let amounts: Amounts = whole;
  const used: string[] = [];
  for (const waiver of input.waivers) {
    if (!exceeds(amounts)) break;
    if (waiver.rule !== rule) continue;
    const covered = coveredBy(waiver, input.tally, whole);
    if (covered === undefined) continue;
    amounts = waiver.scope === null ? NOTHING : minus(amounts, covered);
    used.push(waiver.name);
  }
  return { amounts, waiver: used.length === 0 ? null : used.join(', ') };
}

function coveredBy({ scope }: GateWaiver, { teamMovers, routeMovers }: Tally, whole: Amounts): Amounts | undefined {
  if (scope === null) return whole;
  return (scope.kind === 'team' ? teamMovers : routeMovers)[scope.name];
}

const NOTHING: Amounts = { baseMicroUsd: 0, headMicroUsd: 0, newDenials: 0, tierDowngrades: 0, capabilityLosses: 0 };

function minus(a: Amounts, b: Amounts): Amounts {
  return {
    // What is left must not look cheaper than it is: the base of the waived part stays, its increase goes.
    baseMicroUsd: a.baseMicroUsd,
    headMicroUsd: a.headMicroUsd - (b.headMicroUsd - b.baseMicroUsd),
    newDenials: a.newDenials - b.newDenials,
    tierDowngrades: a.tierDowngrades - b.tierDowngrades,
    capabilityLosses: a.capabilityLosses - b.capabilityLosses,
  };
}

function shareGate(
  { gates, waivers }: GateInput,
  rule: string,
  limit: number,
  actual: number | null,
  holds: boolean,
): GateResult {
  const waiver = holds ? null : waiverFor(waivers, rule);
  const note = actual === null ? 'no record has a decision of a revision that is at hand' : null;
  return {
    rule,
    limit: String(gates[rule] ?? limit),
    actual: actual === null ? null : percentText(actual),
    passed: holds || waiver !== null,
    waiver: waiver?.name ?? null,
    note,
  };
}

/** A share as text, cut so that it never looks better than it is: 98.96% is not 99%. Pure. */
export function percentText(ratio: number): string {
  return `${Math.floor(ratio * 10_000 + 1e-7) / 100}%`;
}

/** `+18.2%` or `-3%`. Pure. */
export function signedPercent(ratio: number): string {
  const percent = Math.round(ratio * 1000) / 10;
  return `${percent < 0 ? '-' : '+'}${Math.abs(percent)}%`;
}

/** Requests from thousandths. Pure. */
export function requests(weight: number): number {
  return Math.round(weight / 1000);
}

/** Micro-USD to the nearest cent; amounts below a cent keep their digits. Pure. */
export function roundToCent(micro: number): number {
  return Math.abs(micro) < 10_000 ? Math.round(micro) : Math.round(micro / 10_000) * 10_000;
}

/** An amount in a report: `12,345.68 USD`, to the cent from a cent on. Pure. */
export function moneyText(micro: number): string {
  return formatMoney(roundToCent(micro)).replace(/\B(?=(\d{3})+\.)/g, ',');
}

/** A part of a whole; 0 of nothing. Pure. */
export function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function shareOf(value: unknown): number | null {
  return typeof value === 'string' ? parseShare(value) : null;
}
