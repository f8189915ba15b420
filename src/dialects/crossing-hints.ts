import type { DialectName, Message, NeutralRequest } from '#core';

/** Dialects that know a mark of the prompt cache; the others cache by themselves, or not at all. */
const MARKS: ReadonlySet<DialectName> = new Set(['anthropic-messages', 'bedrock-converse']);
/** Dialects that take a provider's signature back with a call. */
const SIGNS: ReadonlySet<DialectName> = new Set(['gemini']);

/**
 * Names what of a request the target's dialect has no place or no use for and what changes nothing about what is asked:
 * `cache_control`, marks of the prompt cache; `citations`, the sources of earlier answers; `tool_call.signature`, which
 * another provider made. No policy refuses a request for them; the record names them. For a request that crosses
 * dialects. Pure.
 */
export function crossingHints(request: NeutralRequest, to: DialectName): readonly string[] {
  const hints = new Set<string>();
  if (!MARKS.has(to) && hasMark(request)) hints.add('cache_control');
  for (const message of request.messages) nameHistory(message, to, hints);
  return [...hints];
}

function hasMark({ messages, tools }: NeutralRequest): boolean {
  const isMarked = (part: object): boolean => 'cache' in part && part.cache !== undefined;
  return messages.some(({ content }) => content.some(isMarked)) || tools.some(isMarked);
}

function nameHistory(message: Message, to: DialectName, hints: Set<string>): void {
  if (message.role !== 'assistant') return;
  for (const part of message.content) {
    if (part.kind === 'text' && (part.citations?.length ?? 0) > 0) hints.add('citations');
    if (part.kind === 'tool-call' && part.signature !== undefined && !SIGNS.has(to)) hints.add('tool_call.signature');
  }
}
