import { type NeutralEvent, type NeutralResponse, NO_USAGE, type Usage } from '#core';
import type { PlanTarget } from '#decision';
import { createTextMeter, estimateTokens, type TextMeter } from '#dialects';

/** Counts what an answer used: by the provider's figures, and by its text where the provider gives none. */
export interface StreamAccount {
  readonly push: (event: NeutralEvent) => void;
  /** Counts text of the answer that came without an event. */
  readonly addText: (text: string) => void;
  /** The finish reason of the first choice; null until it came. */
  readonly finish: () => string | null;
  /** What to charge. `isComplete` says whether the answer came to its end: figures of a cut answer are only the provider's latest. */
  readonly total: (isComplete: boolean) => Counted;
  /** The provider's latest figures alone; null when it gave none. */
  readonly reported: () => Usage | null;
  /** Pieces made, such as pictures; undefined where there are none. */
  readonly pieces?: () => number | undefined;
}

export interface Counted {
  readonly usage: Usage;
  /** Whether any of it was counted here. */
  readonly estimated: boolean;
}

/** What is known of a call before its answer. */
export interface CallSize {
  /** About so many tokens are in the prompt, and never more than are held for it. */
  readonly inputTokens: number;
  /** What the provider can have made at most, all choices together: no count of ours may exceed it. Null where unknown. */
  readonly outputTokensAtMost: number | null;
}

/** What is known of a call to a target, for a prompt of about so many tokens. Pure. */
export function callSize(
  inputTokens: number,
  { inputTokensAtMost, outputTokensAtMost }: Pick<PlanTarget, 'inputTokensAtMost' | 'outputTokensAtMost'>,
): CallSize {
  return {
    inputTokens: Math.min(inputTokens, inputTokensAtMost ?? inputTokens),
    outputTokensAtMost: outputTokensAtMost ?? null,
  };
}

/** Creates an account for an answer to a prompt of about so many tokens. */
export function createStreamAccount(size: CallSize): StreamAccount {
  const meter = createTextMeter();
  let usage: Usage | null = null;
  let finish: string | null = null;

  return {
    push(event) {
      if (event.kind === 'usage') usage = event.usage;
      else if (event.kind === 'finish' && event.choice === 0) finish = event.finish.reason;
      else if (event.kind === 'text-delta' || event.kind === 'reasoning-delta' || event.kind === 'refusal-delta')
        meter.add(event.text);
      else if (event.kind === 'tool-arguments-delta') meter.add(event.arguments);
    },
    addText: meter.add,
    finish: () => finish,
    total(isComplete) {
      if (usage !== null && isComplete) return { usage, estimated: false };
      const output = countOutput(meter, size);
      if (usage === null) return { usage: { ...NO_USAGE, input: size.inputTokens, output }, estimated: true };
      // Anthropic sends the input's figures first and the output's last: a cut stream has only what was seen.
      return { usage: { ...usage, output: Math.max(usage.output, output - usage.reasoning) }, estimated: true };
    },
    reported: () => usage,
  };
}

/** The usage of a whole answer: the provider's, else counted from its text. Pure. */
export function countResponse(response: NeutralResponse, size: CallSize): Counted {
  if (response.usage !== undefined) return { usage: response.usage, estimated: false };
  const meter = createTextMeter();
  for (const part of response.choices.flatMap((choice) => choice.content)) {
    if (part.kind === 'text' || part.kind === 'reasoning' || part.kind === 'refusal') meter.add(part.text);
    if (part.kind === 'tool-call') meter.add(part.arguments);
  }
  const output = countOutput(meter, size);
  return { usage: { ...NO_USAGE, input: size.inputTokens, output }, estimated: true };
}

function countOutput(meter: TextMeter, { outputTokensAtMost }: CallSize): number {
  const output = estimateTokens(meter.length());
  return outputTokensAtMost === null ? output : Math.min(output, outputTokensAtMost);
}
