import { parseMoney } from '#core';
import type { TestExpectation } from '#snapshot';
import type { Actual } from './play-case.ts';
import { showValue } from './show-value.ts';

/** A field that came out otherwise than expected. */
export interface Mismatch {
  readonly field: keyof Actual;
  readonly expected: unknown;
  readonly actual: unknown;
}

/** Compares what is named in `expect`, and nothing else. Pure. */
export function compare(expect: TestExpectation, actual: Actual): readonly Mismatch[] {
  return expectedFields(expect).flatMap((field): readonly Mismatch[] => {
    const expected = expect[field];
    switch (field) {
      case 'attempts':
        return isSame(spell(expect.attempts ?? [], actual), actual.attempts)
          ? []
          : [{ field, expected, actual: actual.attempts }];
      case 'alerts':
        return isSame([...(expect.alerts ?? [])].sort(), [...actual.alerts].sort())
          ? []
          : [{ field, expected, actual: actual.alerts }];
      case 'skipped':
        return compareSkipped(expect.skipped ?? {}, actual);
      case 'guardrails':
        return compareGuardrails(expect.guardrails ?? {}, actual);
      case 'prompt':
        return comparePrompt(expect.prompt ?? {}, actual);
      case 'cost':
        return actual.cost !== null && parseMoney(expect.cost ?? '') === parseMoney(actual.cost)
          ? []
          : [{ field, expected, actual: actual.cost }];
      default:
        return expected === actual[field] ? [] : [{ field, expected, actual: actual[field] }];
    }
  });
}

/** The fields that a case names, without extensions (`x-…`). Pure. */
export function expectedFields(expect: TestExpectation): readonly (keyof Actual)[] {
  return (Object.keys(expect) as (keyof Actual)[]).filter((field) => !field.startsWith('x-'));
}

function compareSkipped(expected: NonNullable<TestExpectation['skipped']>, actual: Actual): readonly Mismatch[] {
  const found = Object.entries(expected).map(([id, reason]) => {
    const [short = id] = spell([id], actual);
    return { id, isMet: actual.skipped[short] === reason };
  });
  return found.every(({ isMet }) => isMet) ? [] : [{ field: 'skipped', expected, actual: actual.skipped }];
}

/** Only the texts that are named count. */
function comparePrompt(expected: NonNullable<TestExpectation['prompt']>, { prompt }: Actual): readonly Mismatch[] {
  const named = (['prepend', 'append'] as const).filter((side) => expected[side] !== undefined);
  const wanted = Object.fromEntries(named.map((side) => [side, expected[side]]));
  const given = Object.fromEntries(named.map((side) => [side, prompt?.[side] ?? null]));
  return named.every((side) => wanted[side] === given[side])
    ? []
    : [{ field: 'prompt', expected: wanted, actual: given }];
}

/** Verdicts by the id of the check, or with its guardrail before it; only what is named counts. */
function compareGuardrails(
  expected: NonNullable<TestExpectation['guardrails']>,
  { guardrails }: Actual,
): readonly Mismatch[] {
  const given: Record<string, unknown> = {};
  for (const stage of ['input', 'output'] as const) {
    if (expected[stage] === undefined) continue;
    const verdicts = Object.keys(expected[stage]).map((name) => [name, verdictOf(guardrails?.[stage] ?? {}, name)]);
    given[stage] = Object.fromEntries(verdicts);
  }
  for (const field of ['sent', 'answer'] as const)
    if (expected[field] !== undefined) given[field] = guardrails?.[field] ?? null;
  const wanted = Object.fromEntries(Object.keys(given).map((key) => [key, expected[key as keyof typeof expected]]));
  const isMet = showValue(wanted) === showValue(given);
  return isMet ? [] : [{ field: 'guardrails', expected: wanted, actual: given }];
}

function verdictOf(verdicts: Readonly<Record<string, string>>, name: string): string | null {
  if (verdicts[name] !== undefined) return verdicts[name];
  const found = Object.entries(verdicts).find(([key]) => key.endsWith(`/${name}`));
  return found?.[1] ?? null;
}

/** Cases may write a target of the own chain in full as well. */
function spell(ids: readonly string[], { chain }: Actual): readonly string[] {
  return ids.map((id) => (chain !== null && id.startsWith(`${chain}/`) ? id.slice(chain.length + 1) : id));
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, at) => item === b[at]);
}
