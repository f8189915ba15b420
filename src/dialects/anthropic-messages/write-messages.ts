import type { JsonObject, Message } from '#core';
import { createToolIds } from '../tool-ids.ts';
import { type WriteContext, writePart } from './write-parts.ts';

export interface WrittenTurn {
  readonly role: 'user' | 'assistant';
  readonly content: readonly JsonObject[];
}

export interface WrittenMessages {
  readonly system: readonly JsonObject[];
  readonly turns: readonly WrittenTurn[];
}

/**
 * Writes a conversation as the API wants it: system and developer messages hoisted into `system` in their order
 * (their place among the turns is given up), turns of one role merged, tool results ahead of everything else in their
 * turn, blank texts left out. Instructions alone become the user's turn, since the API demands one. A last assistant
 * turn stays as a prefill, without the white space at its end, which is refused.
 */
export function writeMessages(messages: readonly Message[], lost: string[]): WrittenMessages {
  const context: WriteContext = { toolIds: createToolIds(), lost };
  const system: JsonObject[] = [];
  const turns: { role: WrittenTurn['role']; content: JsonObject[] }[] = [];
  for (const [at, message] of messages.entries()) {
    const path = `messages[${at}]`;
    if (message.name !== undefined) lost.push(`${path}.name`);
    const blocks = writeParts(message, path, context);
    if (message.role === 'system' || message.role === 'developer') {
      // Only newer models take instructions amid the turns, so a chain could not rely on their place.
      system.push(...blocks);
      continue;
    }
    const last = turns.at(-1);
    if (blocks.length === 0) continue;
    if (last?.role === message.role) last.content.push(...blocks);
    else turns.push({ role: message.role, content: blocks });
  }
  for (const turn of turns) if (turn.role === 'user') putResultsFirst(turn.content);
  trimPrefill(turns);
  if (turns.length === 0 && system.length > 0) return { system: [], turns: [{ role: 'user', content: system }] };
  return { system, turns };
}

function writeParts(message: Message, path: string, context: WriteContext): JsonObject[] {
  const blocks: JsonObject[] = [];
  for (const [at, part] of message.content.entries()) {
    const isForeign = message.role === 'assistant' && part.kind === 'image';
    if (isForeign) context.lost.push(`${path}.content[${at}] (image in an assistant turn)`);
    const block = isForeign ? null : writePart(part, `${path}.content[${at}]`, context);
    if (block !== null) blocks.push(block);
  }
  return blocks;
}

function putResultsFirst(content: JsonObject[]): void {
  // Array.prototype.sort is stable: results keep their order, and so does the rest.
  content.sort((a, b) => Number(b.type === 'tool_result') - Number(a.type === 'tool_result'));
}

function trimPrefill(turns: { role: WrittenTurn['role']; content: JsonObject[] }[]): void {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== 'assistant' || block?.type !== 'text' || typeof block.text !== 'string') return;
  last.content[last.content.length - 1] = { ...block, text: block.text.trimEnd() };
}
