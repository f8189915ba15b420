import type { Executed } from '#upstream';
import { capturesContent } from './captures-content.ts';
import { readsAnswers } from './guard/guard-use.ts';
import { turnsOf } from './guard/request-texts.ts';
import type { Progress } from './progress.ts';

type Answer = Pick<Extract<Executed, { kind: 'json' }>, 'bytes' | 'serviceResponse'>;

/** The texts of a whole answer of such a call, as its caller sees them: behind guardrails all that stand in it, else what a model wrote. Null for a chat and where policy captures nothing. */
export function answeredTexts(progress: Progress, { bytes, serviceResponse }: Answer): readonly string[] | null {
  if (progress.service === null || !capturesContent(progress)) return null;
  if (readsAnswers(progress.guard) && bytes !== null) return textsIn(bytes);
  return serviceResponse?.kind === 'as-is' ? serviceResponse.texts : [];
}

function textsIn(bytes: Uint8Array): readonly string[] {
  return turnsOf(null, JSON.parse(Buffer.from(bytes).toString('utf8'))).map(({ text }) => text);
}
