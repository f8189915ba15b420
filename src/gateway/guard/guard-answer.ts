import type { JsonObject, NeutralResponse } from '#core';
import {
  checkAnswer,
  checkBody,
  type GuardRun,
  judgeTexts,
  restoreAnswer,
  restoreBody,
  type StageGuard,
  visibleTexts,
} from '#guardrails';
import type { GatewayParts } from '../gateway-parts.ts';
import type { Progress } from '../progress.ts';
import { askRemotes } from './ask-remotes.ts';
import { contextOf, type GuardUse, readsAnswers } from './guard-use.ts';
import { turnsOf } from './request-texts.ts';

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

/**
 * Checks an answer without neutral form, such as one of another endpoint than chat: every text in it, one by one, together, and by services that judge. Where it has no text
 * (vectors, pictures) nothing is judged, and the verdicts stay `not_evaluated`. Then puts back what the caller itself had sent. Throws `guardrail_blocked`.
 */
export async function guardBytes(parts: GatewayParts, progress: Progress, bytes: Uint8Array): Promise<Uint8Array> {
  const use = progress.guard;
  if (!readsAnswers(use) || progress.call.context.isCount === true) return bytes;
  const body = JSON.parse(Buffer.from(bytes).toString('utf8')) as JsonObject;
  const { output } = use.guard;
  const checked = output === null ? body : await checkService(parts, progress, outputRun(use, output), body);
  const restored = restoreBody(use.vault, checked);
  return restored === body ? bytes : Buffer.from(JSON.stringify(restored));
}

async function checkService(
  parts: GatewayParts,
  progress: Progress,
  run: GuardRun,
  body: JsonObject,
): Promise<JsonObject> {
  const checked = checkBody(run, body);
  const { wholes, remotes } = run.guard;
  if (wholes.length + remotes.length === 0) return checked;
  const texts = turnsOf(null, checked).map(({ text }) => text);
  if (texts.length === 0) return checked;
  judgeTexts(run, texts);
  await askRemotes(
    parts,
    progress,
    run,
    texts.map((text) => ({ role: 'assistant', text })),
  );
  return checked;
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
