import { nothingToCheck } from '../../load-tree.ts';
import { countText } from '../../report/report.ts';
import type { Check, Installation } from '../installation.ts';
import { good, type Outcome } from '../outcome.ts';

/** Whether the policies compile for each environment, and how many findings `lint` has. */
export const checkPolicies: Check = async ({ options, tree, compiled, findings }) => {
  const where = options.policies;
  const problem = nothingToCheck(tree);
  if (problem !== null) {
    const hint = 'Name the folder by --policies, or make one: signalbox init.';
    return [{ check: 'policies', status: 'error', where, message: problem.message, hint }];
  }
  const refused = compiled.filter(({ snapshot }) => snapshot === null);
  const served = compiled.filter(({ snapshot }) => snapshot !== null);
  const isClean = findings.every(({ severity }) => severity === 'info');
  const files = `${tree.loaded.sources.length} file${tree.loaded.sources.length === 1 ? '' : 's'}`;
  return [
    ...refused.map(({ environment, diagnostics }): Outcome => {
      const [first] = diagnostics.filter(({ severity }) => severity === 'error');
      const at = first === undefined ? '' : `: ${first.file}:${first.line} ${first.message}`;
      const message = `${environment} does not compile${at}`;
      return { check: 'policies', status: 'error', where, message, hint: 'See every finding: signalbox lint.' };
    }),
    ...(served.length === 0
      ? []
      : [good('policies', where, `${files}; ${namesOf(served)} compile${served.length === 1 ? 's' : ''}`)]),
    isClean
      ? good('policies', where, `lint: ${countText(findings)}`)
      : {
          check: 'policies',
          status: 'warn',
          where,
          message: `lint: ${countText(findings)}`,
          hint: 'See them: signalbox lint.',
        },
  ];
};

function namesOf(compiled: Installation['compiled']): string {
  return compiled.map(({ environment }) => environment).join(', ');
}
