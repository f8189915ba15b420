export type Effort = 'low' | 'medium' | 'high' | 'xhigh' | 'max';

/** What a Claude generation accepts; the API answers 400 where a request asks for more. */
export interface ClaudeTraits {
  /** How thinking is switched on: not at all, by a token budget, by `adaptive` and an effort word, or either. */
  readonly thinking: 'none' | 'budget' | 'either' | 'adaptive';
  /** How it is switched off: by leaving it out, by a `thinking.type`, or not at all. */
  readonly thinkingOff: 'omit' | 'disabled' | 'between_tools' | 'never';
  /** The effort words the model knows; empty where it has no `output_config.effort`. */
  readonly efforts: readonly Effort[];
  /** Whether `output_config.format` is known to work; null where only the model's document can tell. */
  readonly structured: boolean | null;
  /** Whether `temperature` and `top_p` may be set: both, one of them, or neither (nor `top_k`). */
  readonly sampling: 'both' | 'one' | 'none';
  /** Whether `tool_choice` may force a call. */
  readonly forcedTools: boolean;
}

const ANY_GENERATION: ClaudeTraits = {
  thinking: 'budget',
  thinkingOff: 'omit',
  efforts: [],
  structured: null,
  sampling: 'both',
  forcedTools: true,
};

/**
 * The traits of a model by the generation in its name, in all spellings (`claude-3-7-sonnet-…`, `claude-opus-4-6`,
 * `us.anthropic.claude-haiku-4-5-…-v1:0`, `claude-opus-4@…`); a name without one gets what most generations took.
 * Source: platform.claude.com/docs, "Thinking", "Effort", "Structured outputs" and "What's new in …" (November 2026).
 * Pure.
 */
export function claudeTraits(model: string): ClaudeTraits {
  const found = /claude-(?:([a-z]+)-)?(\d{1,2})(?:[-.](\d{1,2}))?(?!\d)/.exec(model);
  if (found === null) return ANY_GENERATION;
  const [, family, major, minor] = found;
  // Minor versions as hundredths, so that 4.10 comes after 4.9.
  const generation = Number(major) + Number(minor ?? 0) / 100;
  if (generation < 4.06) return { ...ANY_GENERATION, ...earlyTraits(generation) };
  if (generation < 4.07) {
    return {
      ...ANY_GENERATION,
      thinking: 'either',
      efforts: ['low', 'medium', 'high', 'max'],
      structured: true,
      sampling: 'one',
    };
  }
  const isLarge = family === 'fable' || family === 'mythos';
  return {
    thinking: 'adaptive',
    thinkingOff: thinkingOff(generation, family, isLarge),
    efforts: ['low', 'medium', 'high', 'xhigh', 'max'],
    structured: true,
    sampling: 'none',
    forcedTools: generation < (isLarge ? 5.01 : 5.05),
  };
}

function earlyTraits(generation: number): Partial<ClaudeTraits> {
  return {
    thinking: generation >= 3.07 ? 'budget' : 'none',
    structured: generation >= 4.05,
    sampling: generation >= 4.01 ? 'one' : 'both',
  };
}

/** Thinking is off by default up to 4.8 and on from 5 on. */
function thinkingOff(generation: number, family: string | undefined, isLarge: boolean): ClaudeTraits['thinkingOff'] {
  if (generation < 5) return 'omit';
  if (isLarge || (family === 'opus' && generation >= 5.05)) return 'never';
  return family === 'sonnet' && generation >= 5.05 ? 'between_tools' : 'disabled';
}
