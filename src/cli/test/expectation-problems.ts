import type { Snapshot, TestExpectation } from '#snapshot';
import { type Problem, unknown, unknownTarget } from '../request/build-situation.ts';
import { knownTargets } from '../request/known-targets.ts';
import { expectedFields } from './compare.ts';
import { spendingAlerts } from './fired-alerts.ts';

/** Why an expectation can say nothing: it names nothing, or what the environment does not have. Pure. */
export function expectationProblems(snapshot: Snapshot, expect: TestExpectation | undefined): readonly Problem[] {
  if (expect === undefined || expectedFields(expect).length === 0) {
    const hint = 'Name what must come of it, such as `expect: { route: default, status: 200 }`.';
    return [{ path: ['name'], message: 'the case expects nothing, so it cannot fail', hint }];
  }
  const targets = knownTargets(snapshot);
  const bare = new Set([...targets].map((id) => id.slice(id.lastIndexOf('/') + 1)));
  const problems: Problem[] = [];
  const check = (
    field: keyof TestExpectation,
    what: string,
    name: string | null | undefined,
    names: Iterable<string>,
  ) => {
    if (name == null) return;
    const known = [...names];
    if (!known.includes(name)) problems.push(unknown(['expect', field], what, name, known));
  };
  check('route', 'route', expect.route, snapshot.routes.keys());
  check('chain', 'chain', expect.chain, snapshot.chains.keys());
  check('provider', 'provider', expect.provider, snapshot.providers.keys());
  check('model', 'model', expect.model, snapshot.models.keys());
  if (expect.target != null && !targets.has(expect.target)) {
    problems.push(unknownTarget(['expect', 'target'], expect.target, targets));
  }
  for (const [at, id] of (expect.attempts ?? []).entries()) {
    if (!targets.has(id) && !bare.has(id)) problems.push(unknownTarget(['expect', 'attempts', at], id, targets));
  }
  for (const id of Object.keys(expect.skipped ?? {})) {
    if (!targets.has(id) && !bare.has(id)) problems.push(unknownTarget(['expect', 'skipped', id], id, targets));
  }
  problems.push(...guardrailProblems(snapshot, expect));
  if (expect.alerts !== undefined && expect.alerts.length > 0) problems.push(...alertProblems(snapshot, expect.alerts));
  return problems;
}

/** Checks that no guardrail has can have no verdict. */
function guardrailProblems(snapshot: Snapshot, { guardrails = {} }: TestExpectation): readonly Problem[] {
  const known = [...snapshot.guardrails.values()].flatMap(({ name, checks }) =>
    checks.flatMap(({ id }) => [String(id), `${name}/${id}`]),
  );
  return (['input', 'output'] as const).flatMap((stage) =>
    Object.keys(guardrails[stage] ?? {})
      .filter((id) => !known.includes(id))
      .map((id) => unknown(['expect', 'guardrails', stage, id], 'check', id, known)),
  );
}

function alertProblems(snapshot: Snapshot, alerts: readonly string[]): readonly Problem[] {
  const known = spendingAlerts(snapshot).map(({ name }) => name);
  return alerts.flatMap((name, at): readonly Problem[] => {
    const path = ['expect', 'alerts', at];
    if (known.includes(name)) return [];
    const isOther = snapshot.carried.some((document) => document.kind === 'Alert' && document.name === name);
    if (!isOther) return [unknown(path, 'alert', name, known)];
    const message = `alert \`${name}\` looks at many requests over time; one case can never set it off`;
    return [
      { path, message, hint: 'Expect alerts on `budget-used` and thresholds of budgets (`BUDGET-PERCENT`) only.' },
    ];
  });
}
