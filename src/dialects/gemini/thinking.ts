import { invalidField, type JsonObject, type Reasoning } from '#core';
import { compact } from '../compact.ts';
import { booleanAt, numberAt, stringAt } from './fields.ts';
import type { ModelFamily } from './model-family.ts';

type Effort = NonNullable<Reasoning['effort']>;

const EFFORT_OF_LEVEL: Readonly<Record<string, Effort>> = {
  minimal: 'minimal',
  low: 'low',
  medium: 'medium',
  high: 'high',
  xhigh: 'xhigh',
};

/** Reads `thinkingConfig`: a budget of 0 is off, -1 is on without a figure; thoughts are hidden unless asked for. Throws `invalid_request`. Pure. */
export function readThinking(config: JsonObject, path: string): Reasoning {
  const budget = numberAt(config, 'thinkingBudget', path);
  const level = stringAt(config, 'thinkingLevel', path)?.toLowerCase();
  const effort = level === undefined || level === 'thinking_level_unspecified' ? undefined : EFFORT_OF_LEVEL[level];
  if (level !== undefined && level !== 'thinking_level_unspecified' && effort === undefined) {
    throw invalidField(`${path}.thinkingLevel`, 'expected minimal, low, medium, high or xhigh');
  }
  return compact<Reasoning>({
    effort,
    budgetTokens: budget !== undefined && budget > 0 ? budget : undefined,
    enabled: budget === 0 ? false : budget === -1 ? true : undefined,
    includeThoughts: booleanAt(config, 'includeThoughts', path) ?? false,
  });
}

/**
 * Effort words as budgets for Gemini 2.5 and as levels from Gemini 3 on, after the table of Google's own OpenAI
 * compatibility (ai.google.dev/gemini-api/docs/openai, read 2026-11):
 *
 *     effort    2.5 budget         3 and later
 *     none      0 (pro: 128)       minimal (pro: low)
 *     minimal   1,024              minimal (pro: low)
 *     low       1,024              low
 *     medium    8,192              medium
 *     high      24,576             high
 *     xhigh     24,576 (pro: 32,768)  high
 *
 * A budget goes to Gemini 3 as the level that it fits: to 1,024 low, to 8,192 medium, above high. Pro models cannot be
 * kept from thinking.
 */
const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
};
const LEVELS: Readonly<Record<Effort, string>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
};
const PRO_LEAST_BUDGET = 128;
const PRO_MOST_BUDGET = 32_768;

/** Writes `thinkingConfig`; null where the model does not think, which is no loss when thinking was switched off. Pure. */
export function writeThinking(reasoning: Reasoning, family: ModelFamily): JsonObject | null {
  if (family.version < 2.5) return null;
  const isOff = reasoning.enabled === false || (reasoning.effort === 'none' && reasoning.budgetTokens === undefined);
  const wantsThoughts = reasoning.budgetTokens !== undefined || reasoning.enabled === true;
  const includeThoughts = isOff ? undefined : (reasoning.includeThoughts ?? (wantsThoughts ? true : undefined));
  const amount =
    family.version < 3
      ? { thinkingBudget: budgetOf(reasoning, isOff, family) }
      : { thinkingLevel: levelOf(reasoning, isOff, family) };
  return compact<{ thinkingBudget?: number; thinkingLevel?: string; includeThoughts?: boolean }>({
    ...amount,
    includeThoughts,
  });
}

/** Whether the amount asked for goes out as a lesser or other one than the caller named. Pure. */
export function isThinkingLessened(reasoning: Reasoning, family: ModelFamily): boolean {
  if (reasoning.effort === 'xhigh') return family.version >= 3 || !family.isPro;
  return family.isPro && (reasoning.enabled === false || reasoning.effort === 'none');
}

function budgetOf(reasoning: Reasoning, isOff: boolean, family: ModelFamily): number | undefined {
  if (isOff) return family.isPro ? PRO_LEAST_BUDGET : 0;
  if (reasoning.budgetTokens !== undefined) return reasoning.budgetTokens;
  if (reasoning.effort === undefined) return reasoning.enabled === true ? -1 : undefined;
  return reasoning.effort === 'xhigh' && family.isPro ? PRO_MOST_BUDGET : BUDGETS[reasoning.effort];
}

function levelOf(reasoning: Reasoning, isOff: boolean, family: ModelFamily): string | undefined {
  const { effort, budgetTokens } = reasoning;
  const level = isOff ? 'MINIMAL' : effort !== undefined ? LEVELS[effort] : levelOfBudget(budgetTokens);
  return level === 'MINIMAL' && family.isPro ? 'LOW' : level;
}

function levelOfBudget(budget: number | undefined): string | undefined {
  if (budget === undefined) return undefined;
  if (budget <= BUDGETS.low) return 'LOW';
  return budget <= BUDGETS.medium ? 'MEDIUM' : 'HIGH';
}
