import {
  type AssistantPart,
  invalidField,
  isObject,
  type JsonObject,
  type Message,
  type TextPart,
  type UserPart,
} from '#core';
import { type ReadContext, readBlocks } from './read-parts.ts';

/** Reads `system` and `messages`; a turn that newer models take as instruction becomes one. Throws `invalid_request`. */
export function readMessages(body: JsonObject, context: ReadContext): Message[] {
  const read: Message[] = [];
  const system = body.system ?? [];
  const instructions = readTexts(system, 'system', context);
  if (instructions.length > 0) read.push({ role: 'system', content: instructions });
  if (!Array.isArray(body.messages) || body.messages.length === 0) {
    throw invalidField('messages', 'expected a list with at least one message');
  }
  for (const [at, message] of body.messages.entries()) {
    const path = `messages[${at}]`;
    if (!isObject(message)) throw invalidField(path, 'expected an object with a role');
    read.push(readMessage(message, path, context));
  }
  return read;
}

function readMessage(message: JsonObject, path: string, context: ReadContext): Message {
  const place = `${path}.content`;
  switch (message.role) {
    case 'user':
      return { role: 'user', content: readBlocks(message.content, place, context) as UserPart[] };
    case 'assistant':
      return { role: 'assistant', content: readBlocks(message.content, place, context, true) as AssistantPart[] };
    case 'system':
      return { role: 'system', content: readTexts(message.content, place, context) };
    default:
      throw invalidField(`${path}.role`, 'expected user, assistant or system');
  }
}

function readTexts(value: unknown, path: string, context: ReadContext): TextPart[] {
  return readBlocks(value, path, context).flatMap((part, at) => {
    if (part.kind === 'text') return [part];
    context.extra[`${path}[${at}]`] = part;
    return [];
  });
}
