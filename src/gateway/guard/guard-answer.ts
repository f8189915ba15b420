import type { JsonObject, NeutralResponse } from '#core';
import { checkAnswer, checkBody, type GuardRun, restoreAnswer, type StageGuard, visibleTexts } from '#guardrails';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { askRemotes } from './ask-remotes.ts';
import { contextOf, type GuardUse, readsAnswers } from './guard-use.ts';

/** Checks a whole answer: masks what is to be masked, then puts back what the caller itself had sent. Throws `guardrail_blocked`. */
export async function guardAnswer(
  parts: GatewayParts,
  progress: Progress,
  response: NeutralResponse,
): Promise<NeutralResponse> {
  const use = progress.guard;
  if (!readsAnswers(use)) return response;
  const { output } = use.guard;
  if (output === null) return restoreAnswer(use.vault, response);
  const run = outputRun(use, output);
  const checked = checkAnswer(run, response);
  if (output.toolCalls.length > 0) passUncalled(run, checked);
  if (output.remotes.length > 0) {
    const turns = checked.choices.flatMap((choice) =>
      visibleTexts(choice).map((text) => ({ role: 'assistant' as const, text })),
    );
    await askRemotes(parts, progress, run, turns);
  }
  return restoreAnswer(use.vault, checked);
}

/** Checks an answer without neutral form, such as one of another endpoint than chat: every text in it. */
export function guardBytes(progress: Progress, bytes: Uint8Array): Uint8Array {
  const use = progress.guard;
  const output = use?.guard.output ?? null;
  if (use === null || output === null || progress.call.context.isCount === true) return bytes;
  const run = outputRun(use, output);
  const body = JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonObject;
  const checked = checkBody(run, body);
  return checked === body ? bytes : Buffer.from(JSON.stringify(checked));
}

/** The output guardrails at work on this request. */
export function outputRun(use: GuardUse, output: StageGuard): GuardRun {
  use.tally.begin(output);
  return { guard: output, context: contextOf(use, 'output'), vault: use.vault, tally: use.tally };
}

/** An answer that calls no tool breaks no rule about calls. */
function passUncalled(run: GuardRun, { choices }: NeutralResponse): void {
  if (choices.some(({ content }) => content.some(({ kind }) => kind === 'tool-call'))) return;
  for (const check of run.guard.toolCalls) run.tally.note('output', check, 'pass');
}
