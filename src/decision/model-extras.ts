import type { Model } from '#snapshot';

/** The most tokens that one image can cost by a part of the model's upstream name; the first that fits counts. */
const BY_MODEL: readonly (readonly [RegExp, number])[] = [
  // OpenAI scales to 2048 × 768 at most, which is 8 tiles of 512 (platform.openai.com, images and vision, 2026-11):
  // 2833 + 8 × 5667 for 4o-mini, billed beyond the context window.
  [/gpt-4o-mini/, 48_169],
  // 1536 patches of 32 × 32, times up to 2.46 by model (same page).
  [/(gpt-4\.1|gpt-5|gpt-5\.\d)-(mini|nano)|o4-mini/, 3779],
  // 85 + 8 × 170, the dearest of those billed by tile (o1: 75 + 8 × 150, gpt-5: 70 + 8 × 140; same page).
  [/gpt-4o|gpt-4\.1|gpt-4-turbo|^o[13]|\/o[13]|gpt-5(\.[123])?(-|$)/, 1445],
  // Width × height / 750, at most 4784 where high resolution is on (platform.claude.com, vision, 2026-11).
  [/claude/, 4784],
  // 258 a tile (ai.google.dev, image understanding, 2026-11); 20 tiles is a strip of 1 : 6. Gemini 3: 2240 at the highest resolution.
  [/gemini/, 5160],
  // 6 tiles and a thumbnail of 256 (docs.x.ai, image understanding, 2026-11).
  [/grok/, 1792],
];

// The largest default among open models (Qwen-VL: 16384 patches).
const UNKNOWN = 16_384;

/** The most tokens that one image can cost a model: by the provider's published sizes, else by the largest known. Pure. */
export function imageTokensAtMost(model: Model | null): number {
  const name = model?.upstreamName ?? '';
  return BY_MODEL.find(([pattern]) => pattern.test(name))?.[1] ?? UNKNOWN;
}

// Their prompts hold what they have found, however short the question.
const SEARCHES = /compound|sonar|deep-research|search-(preview|api)|:online$/;
// 682 tokens of instructions that xAI adds and bills (recorded exchanges).
const HIDDEN_PROMPT = /grok/;
const HIDDEN_PROMPT_TOKENS = 1024;

/** Whether a model searches of itself, so that only its context window bounds its input. Pure. */
export function searchesByItself(model: Model | null): boolean {
  return SEARCHES.test(model?.upstreamName ?? '');
}

/** The most tokens of instructions that a provider adds for a model and bills. Pure. */
export function hiddenPromptTokens(model: Model | null): number {
  return HIDDEN_PROMPT.test(model?.upstreamName ?? '') ? HIDDEN_PROMPT_TOKENS : 0;
}
