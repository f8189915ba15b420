import type { Reasoning } from '#core';

type Effort = NonNullable<Reasoning['effort']>;

const EFFORTS: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);

/** Whether a word is an effort that the neutral form knows. Pure. */
export function isEffort(word: string | undefined): word is Effort {
  return word !== undefined && EFFORTS.has(word);
}

/**
 * The effort word for OpenAI. A bare budget becomes the word whose usual budget is nearest: up to 2,048 tokens `low`,
 * up to 8,192 `medium`, above `high` (OpenRouter's shares of a 10,000-token answer: 20%, 50%, 80%). Thinking switched on
 * without a figure is what reasoning models do anyway, so nothing is sent. Switched off cannot be said to every model:
 * `none` is new with gpt-5.1 and a 400 before it; it is only said where the caller used that word.
 */
export function effortOf(reasoning: Reasoning): Effort | undefined {
  if (reasoning.effort !== undefined) return reasoning.effort;
  const budget = reasoning.budgetTokens;
  if (budget === undefined || reasoning.enabled === false) return undefined;
  if (budget <= 2048) return 'low';
  return budget <= 8192 ? 'medium' : 'high';
}
