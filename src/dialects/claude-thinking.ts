import { asArray, asNumber, isObject, type JsonObject, type Reasoning } from '#core';
import type { ClaudeTraits, Effort } from './claude.ts';

type EffortWord = NonNullable<Reasoning['effort']>;

/*
 * Effort words and budgets, both ways (`none` switches thinking off):
 *
 *     effort    budget_tokens         budget_tokens    effort
 *     minimal            1024         up to  2048      low
 *     low                2048         up to  8192      medium
 *     medium             8192         up to 16384      high
 *     high              16384         above            xhigh
 *     xhigh             32768
 *
 * 1024 is the least budget the API takes. Models with effort words get the nearest one they know: minimal as low,
 * xhigh as max where xhigh is unknown.
 */
const BUDGETS: Readonly<Record<Exclude<EffortWord, 'none'>, number>> = {
  minimal: 1024,
  low: 2048,
  medium: 8192,
  high: 16384,
  xhigh: 32768,
};
const LEAST_BUDGET = 1024;

/** What a request says about thinking, as body fields; `effort` belongs into `output_config`. */
export interface ThinkingFields {
  readonly thinking?: JsonObject;
  readonly effort?: Effort;
  /** The model cannot do what was asked. */
  readonly lost?: true;
}

/**
 * Writes neutral reasoning for a model. An effort word asks a reasoning model to think; in a request of this dialect
 * (`isOwn`) it says nothing about thinking, which has its own switch. Pure.
 */
export function writeThinking(reasoning: Reasoning | undefined, traits: ClaudeTraits, isOwn = false): ThinkingFields {
  if (reasoning === undefined) return {};
  const { effort, budgetTokens } = reasoning;
  if (reasoning.enabled === false || effort === 'none' || budgetTokens === 0) return writeOff(traits);
  if (effort === undefined && budgetTokens === undefined && reasoning.enabled === undefined) return {};
  if (traits.thinking === 'none') return { lost: true };
  const display = reasoning.includeThoughts;
  const shown = display === undefined ? {} : { display: display ? 'summarized' : 'omitted' };
  if (traits.thinking === 'budget' || (traits.thinking === 'either' && budgetTokens !== undefined)) {
    const budget = budgetTokens ?? BUDGETS[effort ?? 'medium'];
    // `display` came with the models that also know `adaptive`.
    const extra = traits.thinking === 'either' ? shown : {};
    return { thinking: { type: 'enabled', budget_tokens: Math.max(LEAST_BUDGET, budget), ...extra } };
  }
  const word = effort ?? (budgetTokens === undefined ? undefined : effortOf(budgetTokens));
  const known = word === undefined ? undefined : nearest(word, traits);
  const isSwitched = !isOwn || reasoning.enabled === true;
  return {
    ...(isSwitched ? { thinking: { type: 'adaptive', ...shown } } : {}),
    ...(known === undefined ? {} : { effort: known }),
  };
}

function writeOff(traits: ClaudeTraits): ThinkingFields {
  switch (traits.thinkingOff) {
    case 'omit':
      return {};
    case 'never':
      return { effort: 'low', lost: true };
    default:
      return { thinking: { type: traits.thinkingOff } };
  }
}

function effortOf(budget: number): EffortWord {
  if (budget <= 2048) return 'low';
  if (budget <= 8192) return 'medium';
  return budget <= 16384 ? 'high' : 'xhigh';
}

function nearest(word: EffortWord, traits: ClaudeTraits): Effort | undefined {
  if (word === 'none' || word === 'minimal') return 'low';
  if (word === 'xhigh') return traits.efforts.includes('xhigh') ? 'xhigh' : 'max';
  return word;
}

/** Whether a body switches thinking on. Pure. */
export function isThinking(body: JsonObject): boolean {
  const type = isObject(body.thinking) ? body.thinking.type : undefined;
  return type === 'enabled' || type === 'adaptive';
}

/**
 * Makes a body keep the API's rules about thinking and sampling: a budget below `max_tokens` (half of it, where the
 * budget was too large), no forced tool call beside thoughts, no thinking in the middle of a tool loop that began
 * without, temperature within 0 to 1, no sampling fields beside thoughts or where the generation has none. Returns the
 * fields to change (undefined removes); every change of what was asked is named in `lost`.
 */
export function fitThinking(
  body: JsonObject,
  traits: ClaudeTraits,
  lost: string[],
  names: { readonly thinking: string },
): Record<string, unknown> {
  const edits: Record<string, unknown> = {};
  const budget = isObject(body.thinking) ? asNumber(body.thinking.budget_tokens) : undefined;
  if (isThinking(body) && budget !== undefined) {
    const limit = asNumber(body.max_tokens) ?? Number.POSITIVE_INFINITY;
    if (limit <= LEAST_BUDGET || forcesTool(body) || isLoopWithoutThoughts(body)) {
      edits.thinking = undefined;
      lost.push(names.thinking);
    } else if (budget >= limit) {
      edits.thinking = {
        ...(body.thinking as JsonObject),
        budget_tokens: Math.max(LEAST_BUDGET, Math.floor(limit / 2)),
      };
    }
  } else if (isThinking(body) && forcesTool(body)) {
    // The effort word stays and still tells how hard to work.
    edits.thinking = undefined;
  }
  return { ...edits, ...fitSampling({ ...body, ...edits }, traits, lost) };
}

function fitSampling(body: JsonObject, traits: ClaudeTraits, lost: string[]): Record<string, unknown> {
  const edits: Record<string, unknown> = {};
  const temperature = asNumber(body.temperature);
  const topP = asNumber(body.top_p);
  function drop(key: 'temperature' | 'top_p' | 'top_k', isDefault: boolean): void {
    if (body[key] === undefined) return;
    edits[key] = undefined;
    if (!isDefault) lost.push(key);
  }
  if (traits.sampling === 'none') {
    drop('temperature', temperature === 1);
    drop('top_p', topP === 1);
    drop('top_k', false);
    return edits;
  }
  if (isThinking(body)) {
    drop('temperature', temperature === 1);
    drop('top_k', false);
    if (topP !== undefined && (topP < 0.95 || topP > 1)) drop('top_p', false);
    return edits;
  }
  if (temperature !== undefined && temperature > 1) {
    edits.temperature = 1;
    lost.push('temperature');
  }
  if (traits.sampling === 'one' && temperature !== undefined) drop('top_p', topP === 1);
  return edits;
}

function forcesTool(body: JsonObject): boolean {
  const type = isObject(body.tool_choice) ? body.tool_choice.type : undefined;
  return type === 'any' || type === 'tool';
}

/** Whether the request answers tool calls of a turn that does not begin with thoughts, as other models' turns do not. */
function isLoopWithoutThoughts(body: JsonObject): boolean {
  const messages = asArray(body.messages).filter(isObject);
  if (!blocksOf(messages.at(-1)).some((block) => block.type === 'tool_result')) return false;
  const [first] = blocksOf(messages.findLast((message) => message.role === 'assistant'));
  return first !== undefined && first.type !== 'thinking' && first.type !== 'redacted_thinking';
}

function blocksOf(message: JsonObject | undefined): readonly JsonObject[] {
  return asArray(message?.content).filter(isObject);
}
