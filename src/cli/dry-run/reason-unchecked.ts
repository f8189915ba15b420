import type { DryRunReport } from '#replay';

type UnknownRevision = DryRunReport['fidelityDetail']['withoutPolicies'][number];

const REASONS: Readonly<Record<UnknownRevision['catalog'], string>> = {
  same: 'its policies are not at hand',
  other: 'it was compiled with another catalogue of models and prices',
  unknown: 'its policies, or the catalogue they were compiled with, are not at hand',
};

/** Why decisions of a recorded revision cannot be made again. Pure. */
export function reasonUnchecked({ catalog }: UnknownRevision): string {
  return REASONS[catalog];
}
