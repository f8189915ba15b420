import type { DialectName } from '#core';
import { countingDialectOf, type Dialect, dialectOf } from '#dialects';

/** Only dialects that can be called are named by served paths; others fall back to OpenAI's shape for their errors. */
export function spoken(name: DialectName, isCount = false): Dialect {
  const dialect = (isCount ? countingDialectOf(name) : dialectOf(name)) ?? dialectOf('openai-chat');
  if (dialect === null) throw new Error('no dialect is registered');
  return dialect;
}
