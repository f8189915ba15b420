import { parseDuration } from '#core';
import type { ProjectSpec } from '#snapshot';
import type { LintContext } from './context.ts';

type Options = NonNullable<ProjectSpec['lint']>;

const DAY_MS = 86_400_000;

/** What the Project sets for a rule in `lint`; empty where it leaves everything as the rule has it. Pure. */
export function optionsOf<Rule extends keyof Options>(
  { every }: Pick<LintContext, 'every'>,
  rule: Rule,
): Partial<NonNullable<Options[Rule]>> {
  return every('Project')[0]?.spec.lint?.[rule] ?? {};
}

/** Days of a duration such as `90d`; what the rule has, where nothing is set. Pure. */
export function daysOf(duration: string | undefined, otherwise: number): number {
  const ms = parseDuration(duration ?? '');
  return ms === null ? otherwise : ms / DAY_MS;
}
