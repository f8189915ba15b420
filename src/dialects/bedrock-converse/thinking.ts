import { asNumber, asObject, asString, type JsonObject, type Reasoning } from '#core';
import { claudeTraits } from '../claude.ts';
import { fitThinking, writeThinking } from '../claude-thinking.ts';
import { modelFamilyName } from './path.ts';

/**
 * What thinking is called in `additionalModelRequestFields`, by family of model; undefined where nothing is asked for, and
 * named in `lost` where the model has no such thing. Sources: docs.aws.amazon.com/bedrock, "Claude thinking", "Nova 2
 * reasoning", "OpenAI models", read 2026-11. Pure but for `lost`.
 */
export function thinkingFields(
  reasoning: Reasoning | undefined,
  model: string,
  canReason: boolean,
  lost: string[],
): JsonObject | undefined {
  if (reasoning === undefined) return undefined;
  const name = modelFamilyName(model);
  if (isClaude(name)) {
    const traits = claudeTraits(name);
    const written = writeThinking(reasoning, canReason ? traits : { ...traits, thinking: 'none' });
    if (written.lost) lost.push('reasoning_effort');
    return fieldsOf(written.thinking, written.effort);
  }
  const word = effortOf(reasoning);
  if (word === undefined) return undefined;
  if (/^openai\.|deepseek\.v3|qwen|kimi|glm/.test(name) && canReason)
    return word === 'none' ? undefined : { reasoning_effort: word };
  if (/^amazon\.nova-2/.test(name)) {
    return {
      reasoningConfig: word === 'none' ? { type: 'disabled' } : { type: 'enabled', maxReasoningEffort: word },
    };
  }
  if (word !== 'none') lost.push('reasoning_effort');
  return undefined;
}

/** Whether the model is one of Anthropic's. Pure. */
export function isClaude(name: string): boolean {
  return /claude/i.test(name);
}

function fieldsOf(thinking: JsonObject | undefined, effort: string | undefined): JsonObject | undefined {
  if (thinking === undefined && effort === undefined) return undefined;
  return {
    ...(thinking === undefined ? {} : { thinking }),
    ...(effort === undefined ? {} : { output_config: { effort } }),
  };
}

function effortOf({ effort, budgetTokens, enabled }: Reasoning): 'none' | 'low' | 'medium' | 'high' | undefined {
  if (enabled === false || effort === 'none' || budgetTokens === 0) return 'none';
  if (effort === 'minimal' || effort === 'low') return 'low';
  if (effort === 'high' || effort === 'xhigh') return 'high';
  if (effort === 'medium') return 'medium';
  if (budgetTokens !== undefined) return budgetTokens <= 2048 ? 'low' : budgetTokens <= 8192 ? 'medium' : 'high';
  return enabled === true ? 'medium' : undefined;
}

/** Makes a Claude model's body keep that API's rules about thinking and sampling; what had to go is named in `lost`. Pure but for `lost`. */
export function fitClaude(body: JsonObject, model: string, canReason: boolean, lost: string[]): JsonObject {
  const name = modelFamilyName(model);
  if (!isClaude(name)) return body;
  const traits = claudeTraits(name);
  const config = asObject(body.inferenceConfig);
  const additional = asObject(body.additionalModelRequestFields);
  const choice = asObject(asObject(body.toolConfig).toolChoice);
  const edits = fitThinking(
    {
      thinking: additional.thinking,
      max_tokens: config.maxTokens,
      temperature: config.temperature,
      top_p: config.topP,
      top_k: additional.top_k,
      tool_choice:
        choice.any !== undefined ? { type: 'any' } : choice.tool !== undefined ? { type: 'tool' } : undefined,
      messages: claudeTurns(body.messages),
    },
    canReason ? traits : { ...traits, thinking: 'none' },
    lost,
    { thinking: 'reasoning_effort' },
  );
  if (Object.keys(edits).length === 0) return body;
  const fitted = { ...config, ...pick(edits, { temperature: 'temperature', top_p: 'topP' }) };
  const fields = { ...additional, ...pick(edits, { thinking: 'thinking', top_k: 'top_k' }) };
  return {
    ...body,
    inferenceConfig: withoutUndefined(fitted),
    additionalModelRequestFields: withoutUndefined(fields),
  };
}

function pick(edits: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>): JsonObject {
  const picked = Object.entries(names).filter(([from]) => from in edits);
  return Object.fromEntries(picked.map(([from, to]) => [to, edits[from]]));
}

/** The object without undefined fields; undefined when nothing is left. Pure. */
export function withoutUndefined(object: JsonObject): JsonObject | undefined {
  const kept = Object.entries(object).filter(([, value]) => value !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** As much of the turns as the rules look at: which kinds of block follow one another. */
function claudeTurns(messages: unknown): unknown[] {
  if (!Array.isArray(messages)) return [];
  return messages.map(asObject).map(({ role, content }) => ({
    role,
    content: (Array.isArray(content) ? content : []).map(asObject).map((block) => ({
      type: block.toolResult !== undefined ? 'tool_result' : block.reasoningContent !== undefined ? 'thinking' : 'text',
    })),
  }));
}

/** `top_k` by the name that the model's family has for it; false where it has none. Pure. */
export function topKFields(model: string, topK: unknown): JsonObject | null {
  const name = modelFamilyName(model);
  if (isClaude(name) || /^mistral|qwen/.test(name)) return { top_k: topK };
  if (/^amazon\.nova/.test(name)) return { inferenceConfig: { topK } };
  return /^cohere/.test(name) ? { k: topK } : null;
}

/** The effort word of a policy's parameter as neutral reasoning. Pure. */
export function effortSetting(value: unknown): Reasoning {
  const budget = asNumber(value);
  if (budget !== undefined) return { budgetTokens: budget };
  return { effort: (asString(value) ?? 'medium') as NonNullable<Reasoning['effort']> };
}
