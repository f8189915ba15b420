import type { Rule } from '../rule.ts';
import { LATEST_RULESET } from '../ruleset.ts';

/** A ruleset that this version does not have. */
export const projectUnknownRuleset: Rule = {
  meta: {
    id: 'project/unknown-ruleset',
    severity: 'warn',
    summary: 'The project pins a ruleset that this version does not have.',
    why: 'Rules of that ruleset are not checked, though the project says that they hold: a pull request passes here that fails with a newer version.',
    bad: `
kind: Project
metadata: { name: example }
spec: { ruleset: 2099-01 }`,
    good: `
kind: Project
metadata: { name: example }
spec: { ruleset: ${LATEST_RULESET} }`,
  },
  check({ every }) {
    return every('Project')
      .filter(({ spec: { ruleset } }) => ruleset !== undefined && !isKnown(ruleset))
      .map((project) => ({
        at: project.at('ruleset'),
        subject: project.key,
        message: `this version has no ruleset \`${project.spec.ruleset}\`; its newest is ${LATEST_RULESET}`,
        hint: `Write \`ruleset: ${LATEST_RULESET}\`, or use a newer version of Signalbox.`,
      }));
  },
};

function isKnown(ruleset: string): boolean {
  return /^\d{4}-(?:0[1-9]|1[0-2])$/.test(ruleset) && ruleset <= LATEST_RULESET;
}
