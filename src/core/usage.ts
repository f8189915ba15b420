/** Token counts in disjoint classes: each token is in exactly one, so a cost is a plain sum of class × price. */
export interface Usage {
  /** Fresh input tokens: neither read from nor written to a provider's prompt cache. */
  readonly input: number;
  readonly cacheRead: number;
  /** Written to a five-minute prompt cache. */
  readonly cacheWrite: number;
  /** Written to a one-hour prompt cache. */
  readonly cacheWrite1h: number;
  /** Visible output tokens, without reasoning. */
  readonly output: number;
  readonly reasoning: number;
  readonly audioInput: number;
  readonly audioOutput: number;
}

/** The name of one token class. */
export type TokenClass = keyof Usage;

/** Every token class, in the order they are reported. */
export const TOKEN_CLASSES: readonly TokenClass[] = Object.freeze([
  'input',
  'cacheRead',
  'cacheWrite',
  'cacheWrite1h',
  'output',
  'reasoning',
  'audioInput',
  'audioOutput',
]);

/** No tokens at all. */
export const NO_USAGE: Usage = Object.freeze({
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
  audioInput: 0,
  audioOutput: 0,
});

/** All input tokens of every class. Pure. */
export function inputTokens(usage: Usage): number {
  return usage.input + usage.cacheRead + usage.cacheWrite + usage.cacheWrite1h + usage.audioInput;
}

/** All output tokens of every class, reasoning included. Pure. */
export function outputTokens(usage: Usage): number {
  return usage.output + usage.reasoning + usage.audioOutput;
}
