import type { Citation, JsonObject, TextPart } from '#core';
import { textVisitor } from './check-body.ts';
import type { GuardRun } from './check-text.ts';
import { mapBody, mapFree, type TextVisitor } from './walk-json.ts';

/** The name by which an answer's probabilities are told to be withheld: token by token they would say what was masked. */
export const WITHHELD_LOGPROBS = 'logprobs (guardrail)';

/** A text part as guardrails let it go, its words checked already: without probabilities, and with sources that were checked too. */
export function withCheckedSources(run: GuardRun | null, part: TextPart, text: string): TextPart {
  const { logprobs: _, citations, ...rest } = part;
  if (citations === undefined) return { ...rest, text };
  return { ...rest, text, citations: citations.map((each) => checkCitation(run, each, text !== part.text)) };
}

/** Checks the words of a source: its title, address and passage. Where its text was changed, the range of the words is no longer true. Throws `guardrail_blocked`. */
export function checkCitation(run: GuardRun | null, citation: Citation, isTextChanged: boolean): Citation {
  const visitor = run === null ? UNCHANGED : textVisitor(run);
  const { own, start, end, ...said } = citation;
  const checked = mapFree(said, visitor) as typeof said;
  const range = start === undefined || end === undefined || isTextChanged ? {} : { start, end };
  const value: JsonObject | null = own === undefined || isTextChanged ? null : mapBody(own.value, visitor);
  return { ...range, ...checked, ...(own === undefined || value === null ? {} : { own: { ...own, value } }) };
}

const UNCHANGED: TextVisitor = { text: (text) => text, name: () => undefined };
