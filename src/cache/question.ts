import type { NeutralRequest, TextPart } from '#core';

/** The one text whose meaning may be compared, and the request without it: all of that must be equal. */
export interface Question {
  readonly text: string;
  readonly rest: NeutralRequest;
}

// What is longer is no question, and no embedder reads it to its end.
const MAX_LENGTH = 2000;

/** The last turn of the user where it is plain text and nothing follows it; null otherwise. Pure. */
export function lastQuestion(request: NeutralRequest): Question | null {
  const last = request.messages.at(-1);
  if (last?.role !== 'user' || last.content.some(({ kind }) => kind !== 'text')) return null;
  const text = (last.content as readonly TextPart[])
    .map((part) => part.text)
    .join('\n')
    .trim();
  if (text === '' || text.length > MAX_LENGTH) return null;
  return { text, rest: { ...request, messages: [...request.messages.slice(0, -1), { ...last, content: [] }] } };
}
