import { compareText } from '#core';
import { chooseExamples } from './choose-examples.ts';
import type { Counted, DryRunReport, ReportMover, ReportTransition, UnknownRevision } from './dry-run-report.ts';
import { bucketMs } from './duration-buckets.ts';
import { judgeGates, requests, share } from './gates.ts';
import type { ReplayContext } from './replay-context.ts';
import type { Mover, Tally } from './tally.ts';
import { verdictText } from './verdict-text.ts';

/** Texts for what is taken for granted. */
const ASSUMPTIONS: Readonly<Record<string, string>> = {
  counters: 'what budgets had spent is not recorded: unchanged budgets are taken as having room, on both sides',
  secretsMissing: 'missing secrets are not recorded: every secret is taken as present, on both sides',
  breakers: 'breakers are not recorded: all are taken as closed, on both sides',
  start: 'what budgets had spent before the recording began is not known: counters start at zero, on both sides',
  disorder: 'records came too far out of order to be sorted: they met the state of a later moment',
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SMALL_GROUP = 5;
const MOST = 12;

/** Makes the report of a tally. The same tally and context give the same report, byte for byte. Pure. */
export function buildReport(context: ReplayContext, tally: Tally): DryRunReport {
  const { counts, span } = tally;
  const days = span.fromMs === null || span.toMs === null ? 1 : Math.max(span.toMs - span.fromMs, HOUR_MS) / DAY_MS;
  const delta = counts.headMicroUsd - counts.baseMicroUsd;
  const blindSpots = {
    routes: context.routes.filter((name) => tally.routes[name] === undefined),
    targets: context.targets.filter((name) => tally.targets[name] === undefined),
  };
  const declared = context.routes.length + context.targets.length;
  const coverage = { reached: declared - blindSpots.routes.length - blindSpots.targets.length, declared };
  const gates = judgeGates({ gates: context.gates, tally, waivers: context.waivers, days, coverage });
  const passed = gates.every((gate) => gate.passed);
  const band = bandOf(tally);
  const perDay = (micro: number): number => Math.round(micro / days);
  const untold: DryRunReport = {
    version: context.version,
    catalog: context.catalog,
    exitCode: passed ? 0 : 1,
    verdict: { passed, text: '' },
    base: context.base,
    head: context.head,
    environment: context.environment,
    mode: context.mode,
    modeReason: context.modeReason,
    window: { from: isoOf(span.fromMs), to: isoOf(span.toMs), days: Math.round(days * 1000) / 1000 },
    records: {
      replayed: counts.records,
      changed: requests(counts.changed),
      indeterminate: requests(counts.indeterminate),
      requests: requests(counts.weight),
      inline: requests(counts.inline),
      otherEnvironment: counts.otherEnvironment,
      invalid: counts.invalid,
      cut: counts.cut,
      fingerprint: counts.fingerprint.toString(16).padStart(12, '0'),
    },
    problems: [...tally.problems],
    indeterminate: counted('field', tally.missing),
    assumptions: counted('fact', tally.assumptions).map((each) => ({
      ...each,
      text: ASSUMPTIONS[each.fact] ?? each.fact,
    })),
    fidelity: counts.checked === 0 ? null : Math.floor(share(counts.reproduced, counts.checked) * 1e6 + 1e-6) / 1e6,
    fidelityDetail: {
      checked: requests(counts.checked),
      reproduced: requests(counts.reproduced),
      mismatches: counted('what', tally.mismatches).slice(0, MOST),
      withoutPolicies: unknownRevisions(tally),
    },
    cost: {
      baseMicroUsd: counts.baseMicroUsd,
      headMicroUsd: counts.headMicroUsd,
      deltaMicroUsd: delta,
      label: labelOf(tally),
      deltaLowMicroUsd: band.deltaLowMicroUsd,
      deltaHighMicroUsd: band.deltaHighMicroUsd,
      perDay: {
        baseMicroUsd: perDay(counts.baseMicroUsd),
        headMicroUsd: perDay(counts.headMicroUsd),
        deltaMicroUsd: perDay(delta),
      },
      requests: {
        exact: requests(counts.exact),
        estimated: requests(counts.estimated),
        unknown: requests(counts.unknown),
      },
    },
    denials: {
      new: requests(counts.newDenials),
      removed: requests(counts.removedDenials),
      base: requests(counts.baseDenials),
      head: requests(counts.headDenials),
      headLow: requests(band.denialsLow),
      headHigh: requests(band.denialsHigh),
      label: band.denialsLow === band.denialsHigh ? 'exact' : 'estimated',
    },
    failures: { base: requests(counts.baseFailures), head: requests(counts.headFailures) },
    fallbacks: {
      base: requests(counts.baseFallbacks),
      head: requests(counts.headFallbacks),
      baseShare: rounded(share(counts.baseFallbacks, counts.baseAnswers)),
      headShare: rounded(share(counts.headFallbacks, counts.headAnswers)),
    },
    cacheHits: {
      base: requests(counts.baseHits),
      head: requests(counts.headHits),
      headLow: requests(band.hitsLow),
      headHigh: requests(band.hitsHigh),
      label: context.mode === 'simulate' ? 'estimated' : 'exact',
    },
    cacheEligible: { base: requests(counts.baseEligible), head: requests(counts.headEligible) },
    latency: { baseP95Ms: p95(tally.durations.base), headP95Ms: p95(tally.durations.head), label: 'estimated' },
    tierDowngrades: requests(counts.tierDowngrades),
    capabilityLosses: requests(counts.capabilityLosses),
    transitions: transitionsOf(tally),
    movers: { teams: moversOf(tally.teamMovers), routes: moversOf(tally.routeMovers) },
    examples: chooseExamples(tally),
    coverage,
    blindSpots,
    changes: context.changes,
    gates,
    waivers: context.waivers.map(({ name, rule, reason, expires }) => ({ name, rule, reason, expires })),
    newWaivers: context.newWaivers,
    reproduce: reproduceCommand(context),
  };
  return { ...untold, verdict: { passed, text: verdictText(untold) } };
}

/** Where budgets meet estimated costs, neither end of a band need be an end of what follows: a cheaper answer may let one more request through. */
function bandOf({ counts }: Tally) {
  const isBounded = counts.bounded > 0;
  const deltas = isBounded
    ? [counts.lowMicroUsd - counts.lowBaseMicroUsd, counts.highMicroUsd - counts.highBaseMicroUsd]
    : [];
  const denials = [counts.headDenials, ...(isBounded ? [counts.lowDenials, counts.highDenials] : [])];
  const hits = [counts.headHits, ...(isBounded ? [counts.lowHits, counts.highHits] : [])];
  return {
    hitsLow: Math.min(...hits),
    hitsHigh: Math.max(...hits),
    deltaLowMicroUsd: Math.min(counts.deltaLowMicroUsd, ...deltas),
    deltaHighMicroUsd: Math.max(counts.deltaHighMicroUsd, ...deltas),
    denialsLow: Math.min(...denials),
    denialsHigh: Math.max(...denials),
  };
}

function labelOf({ counts }: Tally): DryRunReport['cost']['label'] {
  if (counts.exact + counts.estimated === 0 && counts.unknown > 0) return 'unknown';
  return counts.estimated > 0 ? 'estimated' : 'exact';
}

function reproduceCommand({ base, head, environment, mode }: ReplayContext): string {
  const to = head.commit === null ? '' : ` --head ${head.commit.slice(0, 12)}`;
  const from = base.commit === null ? base.name : base.commit.slice(0, 12);
  return `signalbox dry-run --traffic FILE... --base ${from}${to} --env ${environment} --mode ${mode}`;
}

function unknownRevisions({ strangers }: Tally): UnknownRevision[] {
  return counted('revision', strangers)
    .slice(0, MOST)
    .map(({ revision, requests }) => {
      const [name = '', catalog] = revision.split('|');
      return { revision: name, catalog: catalog === 'same' || catalog === 'other' ? catalog : 'unknown', requests };
    });
}

function counted<Key extends string>(key: Key, counts: Readonly<Record<string, number>>): readonly Counted<Key>[] {
  return Object.entries(counts)
    .sort(([a, x], [b, y]) => y - x || compareText(a, b))
    .map(([name, weight]) => ({ [key]: name, requests: requests(weight) }) as Counted<Key>);
}

function transitionsOf({ transitions }: Tally): readonly ReportTransition[] {
  return Object.entries(transitions)
    .sort(([a, x], [b, y]) => y.weight - x.weight || compareText(a, b))
    .map(([, { from, to, weight, deltaMicroUsd, tierDowngrades, capabilityLosses }]) => ({
      from,
      to,
      requests: requests(weight),
      deltaMicroUsd,
      tierDowngrades: requests(tierDowngrades),
      capabilityLosses: requests(capabilityLosses),
    }));
}

/** The largest moves; groups of a few requests, and what does not fit, are one line. */
function moversOf(movers: Tally['teamMovers']): readonly ReportMover[] {
  const all = Object.entries(movers)
    .filter(([, { changed }]) => changed > 0)
    .map(([name, mover]) => ({ name, mover }))
    .sort(
      (a, b) => sizeOf(b.mover) - sizeOf(a.mover) || b.mover.changed - a.mover.changed || compareText(a.name, b.name),
    );
  const large = all.filter(({ mover }) => mover.weight >= SMALL_GROUP * 1000).slice(0, MOST);
  const rest = all.filter((each) => !large.includes(each));
  const shown = large.map(({ name, mover }) => reportMover(name, mover));
  return rest.length === 0 ? shown : [...shown, reportMover('other', sumOf(rest.map(({ mover }) => mover)))];
}

function sizeOf({ baseMicroUsd, headMicroUsd }: Mover): number {
  return Math.abs(headMicroUsd - baseMicroUsd);
}

function reportMover(name: string, { weight, changed, baseMicroUsd, headMicroUsd, newDenials }: Mover): ReportMover {
  return {
    name,
    requests: requests(weight),
    changed: requests(changed),
    baseMicroUsd,
    headMicroUsd,
    deltaMicroUsd: headMicroUsd - baseMicroUsd,
    newDenials: requests(newDenials),
  };
}

function sumOf(movers: readonly Mover[]): Mover {
  const sum: Mover = {
    weight: 0,
    changed: 0,
    baseMicroUsd: 0,
    headMicroUsd: 0,
    newDenials: 0,
    tierDowngrades: 0,
    capabilityLosses: 0,
  };
  for (const mover of movers) {
    for (const key of Object.keys(sum) as (keyof Mover)[]) sum[key] += mover[key];
  }
  return sum;
}

function p95(buckets: Readonly<Record<string, number>>): number | null {
  const rising = Object.entries(buckets).sort(([a], [b]) => Number(a) - Number(b));
  const whole = rising.reduce((sum, [, weight]) => sum + weight, 0);
  let reached = 0;
  for (const [bucket, weight] of rising) {
    reached += weight;
    if (reached >= whole * 0.95) return bucketMs(bucket);
  }
  return null;
}

function rounded(ratio: number): number {
  return Math.round(ratio * 1e6) / 1e6;
}

function isoOf(atMs: number | null): string | null {
  return atMs === null ? null : new Date(atMs).toISOString();
}
