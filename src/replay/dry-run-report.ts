import type { ChosenExample } from './choose-examples.ts';
import type { Coverage, GateResult } from './gates.ts';
import type { PolicyChange } from './policy-changes.ts';
import type { ReplayContext } from './replay-context.ts';
import type { End, Problem } from './tally.ts';

/** A revision that made records and is not at hand. */
export type UnknownRevision = Counted<'revision'> & {
  /** Whether its records name the catalogue of this program, another, or none. */
  readonly catalog: 'same' | 'other' | 'unknown';
};

/** What `signalbox dry-run --format json` prints (`schemas/dry-run-report.schema.json`). Money in micro-USD over the recording; delta is head minus base. */
export interface DryRunReport {
  readonly version: string;
  readonly catalog: string;
  readonly exitCode: number;
  readonly verdict: { readonly passed: boolean; readonly text: string };
  readonly base: ReplayContext['base'];
  readonly head: ReplayContext['head'];
  readonly environment: string;
  readonly mode: ReplayContext['mode'];
  readonly modeReason: string;
  readonly window: { readonly from: string | null; readonly to: string | null; readonly days: number };
  readonly records: {
    readonly replayed: number;
    readonly changed: number;
    readonly indeterminate: number;
    /** Requests that the records stand for. */
    readonly requests: number;
    readonly inline: number;
    readonly otherEnvironment: number;
    readonly invalid: number;
    readonly cut: number;
    /** Tells one set of records from another, whatever their order. */
    readonly fingerprint: string;
  };
  readonly problems: readonly Problem[];
  readonly indeterminate: readonly Counted<'field'>[];
  readonly assumptions: readonly (Counted<'fact'> & { readonly text: string })[];
  readonly fidelity: number | null;
  readonly fidelityDetail: {
    readonly checked: number;
    readonly reproduced: number;
    readonly mismatches: readonly Counted<'what'>[];
    readonly withoutPolicies: readonly UnknownRevision[];
  };
  readonly cost: {
    readonly baseMicroUsd: number;
    readonly headMicroUsd: number;
    readonly deltaMicroUsd: number;
    readonly label: 'exact' | 'estimated' | 'unknown';
    readonly deltaLowMicroUsd: number;
    readonly deltaHighMicroUsd: number;
    readonly perDay: { readonly baseMicroUsd: number; readonly headMicroUsd: number; readonly deltaMicroUsd: number };
    /** Requests by how well their cost is known; unknown ones are in no total. */
    readonly requests: { readonly exact: number; readonly estimated: number; readonly unknown: number };
  };
  readonly denials: {
    readonly new: number;
    readonly removed: number;
    readonly base: number;
    readonly head: number;
    /** Where a budget meets costs that are estimated, the head may refuse as few or as many. */
    readonly headLow: number;
    readonly headHigh: number;
    readonly label: 'exact' | 'estimated';
  };
  readonly failures: { readonly base: number; readonly head: number };
  readonly fallbacks: {
    readonly base: number;
    readonly head: number;
    readonly baseShare: number;
    readonly headShare: number;
  };
  readonly cacheHits: {
    readonly base: number;
    readonly head: number;
    /** A gateway lets each kept answer live up to a tenth shorter, by chance: as few or as many hits may come of it. */
    readonly headLow: number;
    readonly headHigh: number;
    readonly label: 'exact' | 'estimated';
  };
  readonly cacheEligible: { readonly base: number; readonly head: number };
  readonly latency: {
    readonly baseP95Ms: number | null;
    readonly headP95Ms: number | null;
    readonly label: 'estimated';
  };
  readonly tierDowngrades: number;
  readonly capabilityLosses: number;
  readonly transitions: readonly ReportTransition[];
  readonly movers: { readonly teams: readonly ReportMover[]; readonly routes: readonly ReportMover[] };
  readonly examples: readonly ChosenExample[];
  /** Routes and targets of the head that a record reaches. */
  readonly coverage: Coverage;
  readonly blindSpots: { readonly routes: readonly string[]; readonly targets: readonly string[] };
  readonly changes: readonly PolicyChange[];
  readonly gates: readonly GateResult[];
  readonly waivers: readonly {
    readonly name: string;
    readonly rule: string;
    readonly reason: string;
    readonly expires: string | null;
  }[];
  readonly newWaivers: readonly string[];
  readonly reproduce: string;
}

/** Something with the number of requests it stands for. */
export type Counted<Key extends string> = { readonly [K in Key]: string } & { readonly requests: number };

/** Requests that went from one end to another. */
export interface ReportTransition {
  readonly from: End;
  readonly to: End;
  readonly requests: number;
  readonly deltaMicroUsd: number;
  readonly tierDowngrades: number;
  readonly capabilityLosses: number;
}

/** What a team or route contributes. */
export interface ReportMover {
  readonly name: string;
  readonly requests: number;
  readonly changed: number;
  readonly baseMicroUsd: number;
  readonly headMicroUsd: number;
  readonly deltaMicroUsd: number;
  readonly newDenials: number;
}
