import { type AssistantPart, type Choice, type JsonObject, type NeutralResponse, parseJson } from '#core';
import { blockedBy } from './blocked.ts';
import type { GuardedToolCall, Verdict } from './check.ts';
import { textVisitor } from './check-body.ts';
import { WITHHELD_LOGPROBS, withCheckedSources } from './check-sources.ts';
import { checkText, type GuardRun } from './check-text.ts';
import type { GuardCheck } from './compile-guard.ts';
import type { Vault } from './vault.ts';
import { mapBody, mapFree, mapJsonText } from './walk-json.ts';

/**
 * Checks a whole answer: every choice, every part, arguments of tools decoded. Returns it with its masks, and with what was masked on the way in put back;
 * throws `guardrail_blocked`. Remote checks are asked apart.
 */
export function checkAnswer(run: GuardRun, response: NeutralResponse): NeutralResponse {
  return withheld(response, { ...response, choices: response.choices.map((choice) => checkChoice(run, choice)) });
}

/** Says of an answer that had probabilities that they are withheld. */
function withheld(before: NeutralResponse, after: NeutralResponse): NeutralResponse {
  const had = before.choices.some(({ content }) => content.some((part) => part.kind === 'text' && part.logprobs));
  return had ? { ...after, unread: [...(after.unread ?? []), WITHHELD_LOGPROBS] } : after;
}

/** An answer with what was masked on the way in put back. Pure. */
export function restoreAnswer(vault: Vault, response: NeutralResponse): NeutralResponse {
  if (!vault.isRestoring()) return response;
  const choices = response.choices.map((choice) => ({
    ...choice,
    content: choice.content.map((part) => restorePart(vault, part)),
  }));
  return withheld(response, { ...response, choices });
}

/** An answer without choices, with what was masked on the way in put back. Pure. */
export function restoreBody(vault: Vault, body: JsonObject): JsonObject {
  return vault.isRestoring() ? mapBody(body, { text: vault.restore, name: () => undefined }) : body;
}

/** Lets what judges whole texts judge those of an answer without choices. Throws `guardrail_blocked`, also for a mask: there is no one text to take its place. */
export function judgeTexts(run: GuardRun, texts: readonly string[]): void {
  const subject = { stage: run.guard.stage, text: texts.join('\n'), texts };
  for (const check of run.guard.wholes) {
    const verdict = check.compiled.judge(subject, run.context);
    applyVerdict(run, check, verdict.kind === 'found' ? { kind: 'found', count: verdict.count ?? 1 } : verdict);
  }
}

/** The visible text of a choice: what `whole` and remote checks judge. Pure. */
export function visibleTexts({ content }: Choice): readonly string[] {
  return content.flatMap((part) => (part.kind === 'text' || part.kind === 'refusal' ? [part.text] : []));
}

function checkChoice(run: GuardRun, choice: Choice): Choice {
  const checked = { ...choice, content: choice.content.map((part) => checkPart(run, part)) };
  return judgeWhole(run, checked);
}

function checkPart(run: GuardRun, part: AssistantPart): AssistantPart {
  switch (part.kind) {
    case 'text':
      return withCheckedSources(run, part, checkText(run, part.text));
    case 'refusal': {
      const text = checkText(run, part.text);
      return text === part.text ? part : { ...part, text };
    }
    case 'reasoning': {
      const text = checkText(run, part.text);
      if (text === part.text) return part;
      // Its signature was made for other words.
      const { signature: _signature, ...rest } = part;
      return { ...rest, text };
    }
    case 'tool-call':
      return { ...part, arguments: checkToolCall(run, part.name, part.arguments) };
    default:
      return mapFree(part, textVisitor(run)) as AssistantPart;
  }
}

/** Checks a call of a tool, its arguments decoded; returns them with their masks. */
export function checkToolCall(run: GuardRun, name: string, text: string): string {
  const { guard, context } = run;
  const visitor = textVisitor(run);
  visitor.name(name);
  const call: GuardedToolCall = { name, text, arguments: text === '' ? {} : parseJson(text) };
  for (const check of guard.toolCalls) applyVerdict(run, check, check.compiled.judge(call, context));
  return guard.spans.length === 0 ? text : mapJsonText(text, visitor);
}

function judgeWhole(run: GuardRun, choice: Choice): Choice {
  let judged = choice;
  for (const check of run.guard.wholes) {
    const texts = visibleTexts(judged);
    const subject = { stage: run.guard.stage, text: texts.join('\n'), texts };
    const verdict = check.compiled.judge(subject, run.context);
    applyVerdict(run, check, verdict);
    if (verdict.kind === 'found' && verdict.replacement !== undefined && check.action === 'mask') {
      judged = withText(judged, verdict.replacement);
    }
  }
  return judged;
}

/** Notes the verdict of a check that judges; throws when it blocks. A mask without a replacement cannot be made, so it blocks. */
export function applyVerdict(
  { guard, tally }: Pick<GuardRun, 'guard' | 'tally'>,
  check: GuardCheck,
  verdict: Verdict,
): void {
  if (verdict.kind === 'pass') tally.note(guard.stage, check, 'pass');
  else if (verdict.kind === 'not-evaluated') tally.note(guard.stage, check, 'not_evaluated');
  else {
    const isUnmaskable = check.action === 'mask' && verdict.replacement === undefined;
    const outcome = isUnmaskable ? 'block' : check.action;
    tally.note(guard.stage, check, outcome, verdict.count ?? 1);
    if (outcome === 'block') throw blockedBy(guard.stage, check);
  }
}

function withText(choice: Choice, text: string): Choice {
  const rest = choice.content.filter(({ kind }) => kind !== 'text');
  return { ...choice, content: [{ kind: 'text', text }, ...rest] };
}

function restorePart(vault: Vault, part: AssistantPart): AssistantPart {
  switch (part.kind) {
    case 'text':
      return withCheckedSources(null, part, vault.restore(part.text));
    case 'refusal':
    case 'reasoning':
      return { ...part, text: vault.restore(part.text) };
    case 'tool-call':
      return { ...part, arguments: restoreArguments(vault, part.arguments) };
    default:
      return part;
  }
}

/** Arguments with what was masked put back, encoded as JSON demands. Pure. */
export function restoreArguments(vault: Vault, text: string): string {
  if (!vault.isRestoring()) return text;
  return mapJsonText(text, { text: vault.restore, name: () => undefined });
}
