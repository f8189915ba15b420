import { asArray, asObject, asString, isObject } from '#core';
import type { SaidTexts } from '../said-texts.ts';

/** Gathers the words of a session from its events, in both directions. */
export interface SessionCapture {
  readonly fromCaller: (event: unknown) => void;
  readonly fromProvider: (event: unknown) => void;
  readonly said: () => SaidTexts;
}

/** A span shows the last twenty turns. */
const MAX_TURNS = 20;
/** And the first 2,000 characters of each: a session may last for hours, with messages of megabytes. */
const MAX_CHARS = 65_536;

/**
 * Creates it. Of the caller: what it writes, its instructions, and what the provider heard it say; of the provider: what it wrote or said (platform.openai.com/docs/api-reference/realtime, read 2026-11). Whole turns
 * only: the pieces of one stand in the event that ends it. Effects: none.
 */
export function createSessionCapture(): SessionCapture {
  const asked: string[] = [];
  const answered: string[] = [];
  return {
    fromCaller(event) {
      if (!isObject(event)) return;
      if (event.type === 'session.update') keep(asked, asString(asObject(event.session).instructions));
      if (event.type === 'response.create') keep(asked, asString(asObject(event.response).instructions));
      if (event.type !== 'conversation.item.create') return;
      for (const part of asArray(asObject(event.item).content)) keep(asked, asString(asObject(part).text));
    },
    fromProvider(event) {
      if (!isObject(event)) return;
      if (event.type === HEARD) keep(asked, asString(event.transcript));
      else if (WRITTEN.has(String(event.type))) keep(answered, asString(event.text));
      else if (SPOKEN.has(String(event.type))) keep(answered, asString(event.transcript));
    },
    said: () => ({ asked, answered }),
  };
}

const HEARD = 'conversation.item.input_audio_transcription.completed';
/** Each under its name of today and of the preview. */
const WRITTEN: ReadonlySet<string> = new Set(['response.output_text.done', 'response.text.done']);
const SPOKEN: ReadonlySet<string> = new Set([
  ...['response.output_audio_transcript.done', 'response.audio_transcript.done'],
]);

function keep(turns: string[], text: string | undefined): void {
  if (text === undefined || text === '') return;
  turns.push(text.slice(0, MAX_CHARS));
  if (turns.length > MAX_TURNS) turns.shift();
}
