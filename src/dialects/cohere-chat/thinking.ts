import { asString, type JsonObject, type Reasoning } from '#core';
import type { OutboundTarget } from '../dialect.ts';

/** Whether the target's model thinks; a model that the catalogue does not know says so in its name (command-a-reasoning). */
export function canThink(target: OutboundTarget): boolean {
  return target.capabilities?.has('reasoning') ?? /reasoning/i.test(target.upstreamModel);
}

/** Usual budgets of the effort words, as other dialects here have them; the highest has none. */
const BUDGETS: Readonly<Record<string, number>> = { minimal: 1024, low: 2048, medium: 8192 };

/** Writes `thinking`; names in `lost` what a model that does not think is asked for. */
export function writeThinking(
  reasoning: Reasoning | undefined,
  target: OutboundTarget,
  lost: string[],
): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  const { effort, budgetTokens, enabled } = reasoning;
  const isOff = enabled === false || effort === 'none';
  if (!canThink(target)) {
    if (!isOff && (effort !== undefined || budgetTokens !== undefined || enabled === true))
      lost.push('reasoning_effort');
    return undefined;
  }
  if (isOff) return { type: 'disabled' };
  const budget = budgetTokens ?? BUDGETS[effort ?? ''];
  if (effort === undefined && budget === undefined && enabled === undefined) return undefined;
  return { type: 'enabled', ...(budget === undefined ? {} : { token_budget: budget }) };
}

/** An effort word that a policy sets, as the neutral form has it. */
export function effortSetting(value: unknown): Reasoning {
  const effort = asString(value) as NonNullable<Reasoning['effort']> | undefined;
  return effort === undefined ? {} : { effort };
}
