import { compileGuard, type RouteGuard, type StageGuard } from '#guardrails';
import type { Snapshot } from '#snapshot';

/** What the guardrails of a route look at, and what they cost a stream in time, for people. Pure. */
export function guardRemarks({ routes, guardrails }: Snapshot, route: string | null): readonly string[] {
  const names = routes.get(route ?? '')?.guardrails ?? [];
  if (names.length === 0) return [];
  const guard = compileGuard(names.flatMap((name) => guardrails.get(name) ?? []));
  return [inputRemark(guard), outputRemark(guard)].filter((remark) => remark !== null);
}

function inputRemark({ input, restores }: RouteGuard): string | null {
  if (input === null) return null;
  const restored = restores ? ' What is masked with `restore` is put back into the answer.' : '';
  return `Guardrails check the request before anything is held or sent: ${listOf(input)}.${restored}`;
}

function outputRemark({ output }: RouteGuard): string | null {
  if (output === null) return null;
  const cost = output.isBuffered
    ? 'a stream is held until the answer is whole, so its first content comes with its last'
    : `a stream keeps back at most ${output.reach} characters, mostly a word, and calls of tools until they are whole`;
  return `Guardrails check the answer, ${cost}: ${listOf(output)}.`;
}

function listOf({ names }: StageGuard): string {
  return names.map(({ guardrail, id }) => `${guardrail}/${id}`).join(', ');
}
