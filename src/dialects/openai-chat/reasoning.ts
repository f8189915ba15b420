import { asObject, type JsonObject, type Reasoning } from '#core';
import { compact } from '../compact.ts';
import { readBoolean, readNumber, readObject, readString } from '../read-fields.ts';
import { isEffort } from '../reasoning-effort.ts';

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
