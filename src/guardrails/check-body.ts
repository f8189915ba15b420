import type { JsonObject } from '#core';
import { checkText, findSpans, type GuardRun, noteSpans } from './check-text.ts';
import { mapBody, type TextVisitor } from './walk-json.ts';

/**
 * Checks every text of a request’s body, in whatever dialect and for whatever endpoint: instructions, the whole history, arguments and results of tools,
 * tools on offer, fields that nobody here knows. Returns the body with its masks, the same one where nothing was masked; throws 400 `guardrail_blocked`.
 */
export function checkBody(run: GuardRun, body: JsonObject): JsonObject {
  return run.guard.spans.length === 0 ? body : mapBody(body, textVisitor(run));
}

/** How texts of a request or an answer are visited. */
export function textVisitor(run: GuardRun): TextVisitor {
  // A name that is masked would be another name: only checks that block or flag look at it.
  const unmasking = run.guard.spans.filter(({ action }) => action !== 'mask');
  return {
    text: (text) => checkText(run, text),
    name: (name) => noteSpans(run, unmasking, findSpans(unmasking, name, run.context)),
  };
}
