import { renderPrompt, trimLimit } from '#decision';
import { estimateTokens, spliceTopLevel, trimHistory } from '#dialects';
import type { Route } from '#snapshot';
import type { Progress } from './progress.ts';
import { replaceBody } from './replace-body.ts';

/**
 * What the route does with the words of a request: fills in the text that it adds, and leaves out the oldest turns of a conversation that is too long, before
 * anything is checked, held or sent. A call that only counts tokens is told the count of all that it sent.
 */
export function shapePrompt(progress: Progress, route: Route): void {
  const { call, request, snapshot } = progress;
  if (request === null || route.deny !== null) return;
  progress.prompt = renderPrompt(route.prompt, request, call.startedMs, snapshot.project.timezone);
  if (route.prompt.trim !== null && call.context.isCount !== true) trim(progress, route);
}

function trim(progress: Progress, route: Route): void {
  const { call, request, snapshot, body } = progress;
  if (request === null || body === null) return;
  const limit = trimLimit(snapshot, request, route);
  if (limit === null || request.inputTokens <= limit) return;
  const { dialect, context } = call;
  const trimmed = trimHistory(dialect, body, (shorter) => {
    const { textLength, messageCount } = dialect.readShape(shorter, context);
    return estimateTokens(textLength, messageCount) <= limit;
  });
  if (trimmed === null) return;
  replaceBody(progress, trimmed.body, spliceTopLevel(progress.bytes, trimmed.edits), null);
  const { inputTokens, inputTokensAtMost } = request;
  const before = inputTokensAtMost === undefined ? {} : { inputTokensAtMost };
  if (progress.request === null) return;
  progress.request = {
    ...progress.request,
    trimmed: { messages: trimmed.dropped, inputTokens, ...before, to: limit },
  };
}
