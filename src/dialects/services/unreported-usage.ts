import { NO_USAGE, type ServiceRequest, type Usage } from '#core';

// 20.8 tokens a second (0.015 USD a minute at 12 USD per million, platform.openai.com, pricing, 2026-11), at 15 characters a second.
const SPOKEN_TOKENS_PER_CHARACTER = 1.4;

/** About so many tokens came in, and the provider can have made at most so many; null where nobody knows. */
interface Size {
  readonly inputTokens: number;
  readonly outputTokensAtMost: number | null;
}

/**
 * What to charge for a request whose provider reports no usage: the estimate of its input. A spoken text counts a unit for each character, which is how models
 * without token prices bill it, and the sound about as many tokens as it lasts. Never more than `size`, which is what is held. Pure.
 */
export function unreportedUsage(request: ServiceRequest, { inputTokens, outputTokensAtMost }: Size): Usage {
  switch (request.kind) {
    case 'speech':
      return {
        ...NO_USAGE,
        input: Math.min(request.input.length, inputTokens),
        audioOutput: Math.min(
          Math.ceil(request.input.length * SPOKEN_TOKENS_PER_CHARACTER),
          outputTokensAtMost ?? Infinity,
        ),
      };
    case 'transcription':
      return { ...NO_USAGE, audioInput: inputTokens };
    case 'images':
      // Paid by the piece.
      return NO_USAGE;
    default:
      return { ...NO_USAGE, input: inputTokens };
  }
}
