import type { RuleMeta } from './rule.ts';

/** The ruleset of the rules that name none: that of the first release. */
export const FIRST_RULESET = '2026-11';

/** The newest ruleset of this version. A release that adds rules raises it, and gives them its month as `since`. */
export const LATEST_RULESET = '2026-11';

/**
 * Whether a rule is newer than the ruleset that a project pins; a project that pins none takes every rule. Such a rule is advice only: an update of the
 * program alone never fails a check. Pure.
 */
export function isNewerThan(pinned: string | undefined, { since = FIRST_RULESET }: Pick<RuleMeta, 'since'>): boolean {
  return pinned !== undefined && since > pinned;
}
