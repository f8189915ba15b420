import { asObject, type JsonObject, type Reasoning } from '#core';
import { compact } from '../compact.ts';
import { readBoolean, readNumber, readObject, readString } from '../read-fields.ts';

type Effort = NonNullable<Reasoning['effort']>;

const EFFORTS: ReadonlySet<string> = new Set(['none', 'minimal', 'low', 'medium', 'high', 'xhigh']);

function isEffort(word: string | undefined): word is Effort {
  return word !== undefined && EFFORTS.has(word);
}

/**
 * Reads how much the model may think, in the spellings of OpenAI (`reasoning_effort`), OpenRouter (`reasoning`),
 * DeepSeek, Zhipu and Moonshot (`thinking`) and Qwen (`enable_thinking`, `thinking_budget`). Efforts of a host's own
 * (Groq's `default`) are returned in `rest`, to travel with the fields the neutral form does not know.
 */
export function readReasoningSettings(body: JsonObject): { readonly settings?: Reasoning; readonly rest: JsonObject } {
  const word = readString(body, 'reasoning_effort');
  const router = readObject(body, 'reasoning') ?? {};
  const thinking = readObject(body, 'thinking') ?? {};
  const routerWord = readString(router, 'effort', 'reasoning.effort');
  const exclude = readBoolean(router, 'exclude', 'reasoning.exclude');
  const type = readString(thinking, 'type', 'thinking.type');
  const settings = compact<Reasoning>({
    effort: isEffort(word) ? word : isEffort(routerWord) ? routerWord : undefined,
    budgetTokens:
      readNumber(router, 'max_tokens', 'reasoning.max_tokens') ??
      readNumber(thinking, 'budget_tokens', 'thinking.budget_tokens') ??
      readNumber(body, 'thinking_budget'),
    enabled:
      readBoolean(router, 'enabled', 'reasoning.enabled') ??
      readBoolean(body, 'enable_thinking') ??
      (type === 'enabled' || type === 'disabled' ? type === 'enabled' : undefined),
    includeThoughts: exclude === undefined ? undefined : !exclude,
  });
  const rest = word === undefined || isEffort(word) ? {} : { reasoning_effort: word };
  return Object.keys(settings).length === 0 ? { rest } : { settings, rest };
}

/** Whether a body asks for reasoning in any of these spellings; cheap and without checks. */
export function asksForReasoning(body: JsonObject): boolean {
  const effort = body.reasoning_effort ?? asObject(body.reasoning).effort ?? null;
  if (effort !== null) return effort !== 'none';
  const router = asObject(body.reasoning);
  if (router.enabled === true || typeof router.max_tokens === 'number') return true;
  return asObject(body.thinking).type === 'enabled' || body.enable_thinking === true;
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
