import type { NeutralEvent, NeutralResponse } from '#core';
import { responseEvents } from '#dialects';

/** About as much as a model says at once: a word with its space, or a few characters of a script without spaces. */
const PIECE =
  /\s*[\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]{1,4}|\s*[^\s\u3000-\u30ff\u3400-\u9fff\uac00-\ud7af\uff00-\uffef]{1,24}\s?|\s+/gu;

/** A kept answer as the events of a stream, in pieces such as a model sends: clients draw text as it comes, and some break on a single huge chunk. Pure. */
export function replayEvents(response: NeutralResponse): readonly NeutralEvent[] {
  return responseEvents(response).flatMap((event): readonly NeutralEvent[] => {
    switch (event.kind) {
      case 'text-delta':
        return textPieces(event);
      case 'refusal-delta':
      case 'reasoning-delta':
        return pieces(event.text).map((text) => ({ ...event, text }));
      case 'tool-arguments-delta':
        return pieces(event.arguments).map((piece) => ({ ...event, arguments: piece }));
      default:
        return [event];
    }
  });
}

/** Where the tokens are known, each is a piece with its own probability; else all of them go with the first piece. */
function textPieces(event: Extract<NeutralEvent, { kind: 'text-delta' }>): readonly NeutralEvent[] {
  const { logprobs = [], ...rest } = event;
  if (logprobs.length === 0) return pieces(rest.text).map((text) => ({ ...rest, text }));
  if (logprobs.map(({ token }) => token).join('') !== rest.text) return [event];
  return logprobs.map((token) => ({ ...rest, text: token.token, logprobs: [token] }));
}

/** The text in pieces that join to it again; a surrogate pair or a combining sign never stands alone at a seam. Pure. */
export function pieces(text: string): readonly string[] {
  const found = text.match(PIECE);
  if (found === null || found.join('').length !== text.length) return [text];
  const joined: string[] = [];
  for (const piece of found) {
    // A mark or a joiner at the head belongs to what was before it.
    if (joined.length > 0 && /^(?:\p{M}|\u200d|\ufe0f)/u.test(piece)) joined[joined.length - 1] += piece;
    else joined.push(piece);
  }
  return joined;
}
