import {
  type AssistantPart,
  invalidField,
  type JsonObject,
  type Message,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { compact } from '../compact.ts';
import { argumentsObject } from '../json-value.ts';
import { plainText } from '../plain-text.ts';
import { writeMessage } from './response.ts';

/** How messages are written, and where what cannot be written is named. */
export interface MessageContext {
  readonly lost: string[];
  readonly systemRole: 'system' | 'developer' | 'user' | undefined;
}

/** Writes neutral messages; tool results have a role of their own, and pictures a field beside the text. Throws `invalid_request` for tool arguments that are not a JSON object. */
export function writeMessages(messages: readonly Message[], context: MessageContext): JsonObject[] {
  return messages.flatMap((message, at) => {
    const path = `messages[${at}]`;
    switch (message.role) {
      case 'user':
        return writeUser(message.content, path, context);
      case 'assistant':
        return writeAssistant(message.content, path, context);
      default: {
        const content = message.content.map((part) => part.text).join('\n\n');
        return content === '' ? [] : [{ role: context.systemRole === 'user' ? 'user' : 'system', content }];
      }
    }
  });
}

function writeUser(parts: readonly UserPart[], path: string, context: MessageContext): JsonObject[] {
  const results = parts.flatMap((part, at) =>
    part.kind === 'tool-result' ? [writeResult(part, `${path}.content[${at}]`, context)] : [],
  );
  const rest = said(
    parts.map((part) => (part.kind === 'tool-result' ? null : part)),
    path,
    context,
  );
  if (rest.content === '' && rest.images === undefined && (results.length > 0 || parts.length === 0)) return results;
  return [...results, { role: 'user', ...rest }];
}

/** Texts as one, pictures apart; null keeps the numbering where a part is written elsewhere. */
function said(
  parts: readonly (UserPart | null)[],
  path: string,
  { lost }: MessageContext,
): { readonly content: string; readonly images?: readonly string[] } {
  const texts: string[] = [];
  const images: string[] = [];
  for (const [at, part] of parts.entries()) {
    const lose = (what: string) => lost.push(`${path}.content[${at}] (${what})`);
    if (part === null) continue;
    if (part.kind === 'text') texts.push(part.text);
    else if (part.kind === 'image') {
      if (part.source.kind === 'base64') images.push(part.source.data);
      else lose('image by reference');
    } else if (part.kind === 'document') {
      const text = plainText(part);
      if (text === null) lose('document');
      else texts.push(text.text);
    } else lose(part.kind === 'opaque' ? part.type : part.kind);
  }
  return compact<{ content: string; images?: readonly string[] }>({
    content: texts.join('\n\n'),
    images: images.length > 0 ? images : undefined,
  });
}

function writeResult(part: ToolResultPart, path: string, context: MessageContext): JsonObject {
  if (part.isError === true) context.lost.push(`${path}.is_error`);
  return {
    role: 'tool',
    tool_call_id: part.id,
    ...(part.name ? { tool_name: part.name } : {}),
    ...said(part.content, path, context),
  };
}

function writeAssistant(parts: readonly AssistantPart[], path: string, { lost }: MessageContext): JsonObject[] {
  const kept = parts.filter((part, at) => {
    if (part.kind === 'tool-call' && argumentsObject(part.arguments) === null)
      throw invalidField(`${path}.content[${at}].arguments`, 'expected the JSON text of an object');
    const isEncrypted = part.kind === 'reasoning' && (part.signature !== undefined || part.redacted !== undefined);
    const isUnknown = part.kind === 'opaque' || (part.kind === 'image' && part.source.kind !== 'base64');
    if (!isEncrypted && !isUnknown) return true;
    lost.push(`${path}.content[${at}] (${part.kind === 'opaque' ? part.type : part.kind})`);
    return false;
  });
  const message = writeMessage(kept);
  const isEmpty = message.content === '' && Object.keys(message).length === 1;
  return isEmpty && parts.length > 0 ? [] : [{ role: 'assistant', ...message }];
}
