import type { JsonObject, Message } from '#core';
import { type WriteContext, writePart } from './write-parts.ts';

export interface WrittenMessages {
  readonly system: readonly JsonObject[];
  readonly turns: readonly { readonly role: 'user' | 'assistant'; readonly content: readonly JsonObject[] }[];
}

/**
 * Writes a conversation as the API wants it: instructions hoisted into `system` in their order, turns of one role merged
 * (results of parallel calls must stand in one turn), results ahead of everything else in theirs. Instructions alone
 * become the user's turn, since the API demands one.
 */
export function writeMessages(messages: readonly Message[], context: WriteContext): WrittenMessages {
  const system: JsonObject[] = [];
  const turns: { role: 'user' | 'assistant'; content: JsonObject[] }[] = [];
  for (const [at, message] of messages.entries()) {
    const path = `messages[${at}]`;
    if (message.name !== undefined) context.lost.push(`${path}.name`);
    const blocks = message.content.flatMap((part, index) => writePart(part, `${path}.content[${index}]`, context));
    if (message.role === 'system' || message.role === 'developer') {
      system.push(...blocks);
      continue;
    }
    const last = turns.at(-1);
    if (blocks.length === 0) continue;
    if (last?.role === message.role) last.content.push(...blocks);
    else turns.push({ role: message.role, content: blocks });
  }
  const ordered = turns.map(({ role, content }) => ({
    role,
    content: role === 'user' ? resultsFirst(content) : content,
  }));
  if (ordered.length === 0 && system.length > 0) return { system: [], turns: [{ role: 'user', content: system }] };
  return { system, turns: ordered };
}

/** A cache point stays behind the block that it follows. */
function resultsFirst(content: readonly JsonObject[]): JsonObject[] {
  const results: JsonObject[] = [];
  const rest: JsonObject[] = [];
  let list = rest;
  for (const block of content) {
    if (block.cachePoint === undefined) list = block.toolResult === undefined ? rest : results;
    list.push(block);
  }
  return [...results, ...rest];
}
