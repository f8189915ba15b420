import type { JsonObject, Message } from '#core';
import type { OutboundTarget } from '../dialect.ts';
import type { ModelFamily } from './model-family.ts';
import { type PartWriting, writeModelParts, writeUserPart } from './write-parts.ts';

/** The turns and the system text of a request. */
export interface WrittenContents {
  readonly contents: readonly JsonObject[];
  readonly systemInstruction?: JsonObject;
}

/**
 * Writes messages as turns. System and developer messages are hoisted into one system instruction, in order, a part
 * each, between policy's own texts. Turns of one role that follow each other become one, as parallel tool results must.
 * A request of system messages alone gets a blank user turn. A model without system instructions gets them before its
 * first user turn.
 */
export function writeContents(
  messages: readonly Message[],
  target: OutboundTarget,
  family: ModelFamily,
  lost: Set<string>,
): WrittenContents {
  const writing: PartWriting = { family, callNames: new Map(), lost };
  const turns: Turn[] = [];
  const system: JsonObject[] = [];
  for (const [at, message] of messages.entries()) {
    const path = `messages[${at}].content`;
    if (message.name !== undefined) lost.add(`messages[${at}].name`);
    if (message.role === 'assistant') pushTurn(turns, 'model', writeModelParts(message.content, path, writing));
    else {
      const content: Extract<Message, { role: 'user' }>['content'] = message.content;
      const parts = content.flatMap((part, index) => writeUserPart(part, `${path}[${index}]`, writing));
      if (message.role === 'user') pushTurn(turns, 'user', parts);
      else system.push(...parts);
    }
  }
  // Vertex AI refuses empty text, and both refuse a request without turns.
  if (turns.length === 0) pushTurn(turns, 'user', [{ text: ' ' }]);
  const { prepend, append } = target.prompt;
  const instruction = [...textPart(prepend), ...system, ...textPart(append)];
  if (instruction.length === 0) return { contents: turns };
  if (target.capabilities === null || target.capabilities.has('system')) {
    return { contents: turns, systemInstruction: { parts: instruction } };
  }
  const [first, ...others] = turns;
  if (first === undefined || first.role === 'model')
    return { contents: [{ role: 'user', parts: instruction }, ...turns] };
  return { contents: [{ role: 'user', parts: [...instruction, ...first.parts] }, ...others] };
}

type Turn = { readonly role: 'user' | 'model'; readonly parts: readonly JsonObject[] };

function pushTurn(turns: Turn[], role: Turn['role'], parts: readonly JsonObject[]): void {
  if (parts.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === role) turns[turns.length - 1] = { role, parts: [...last.parts, ...parts] };
  else turns.push({ role, parts });
}

function textPart(text: string | null): readonly JsonObject[] {
  return text === null || text === '' ? [] : [{ text }];
}
