import type { AssistantPart, JsonObject, Message, ToolResultPart, UserPart } from '#core';
import { compact } from '../compact.ts';
import { formatDataUrl } from '../data-url.ts';
import { plainText } from '../plain-text.ts';
import { writeCall } from './response.ts';

/** How messages are written, and where what cannot be written is named. */
export interface MessageContext {
  readonly lost: string[];
  /** Whether the model thinks in blocks of its own; others have a plan before their calls only. */
  readonly canThink: boolean;
}

/** Writes neutral messages; tool results have a role of their own. */
export function writeMessages(messages: readonly Message[], context: MessageContext): JsonObject[] {
  return messages.flatMap((message, at) => {
    const path = `messages[${at}]`;
    switch (message.role) {
      case 'user':
        return writeUser(message.content, path, context);
      case 'assistant':
        return writeAssistant(message.content, path, context);
      default: {
        const text = message.content.map((part) => part.text).join('\n\n');
        return text === '' ? [] : [{ role: 'system', content: text }];
      }
    }
  });
}

function writeUser(parts: readonly UserPart[], path: string, context: MessageContext): JsonObject[] {
  const results: JsonObject[] = [];
  const rest: JsonObject[] = [];
  for (const [at, part] of parts.entries()) {
    const place = `${path}.content[${at}]`;
    if (part.kind !== 'tool-result') rest.push(...writePart(part, place, context));
    else {
      // Only text is allowed in a result; pictures follow in the user message behind the results.
      results.push(writeResult(part, place, context));
      const media = part.content.filter((item) => item.kind === 'image');
      rest.push(...media.flatMap((item) => writePart(item, place, context)));
    }
  }
  if (rest.length === 0) return results;
  const [only] = rest;
  const isText = rest.length === 1 && only?.type === 'text';
  return [...results, { role: 'user', content: isText ? only.text : rest }];
}

function writeResult(part: ToolResultPart, path: string, context: MessageContext): JsonObject {
  if (part.isError === true) context.lost.push(`${path}.is_error`);
  const texts = part.content
    .filter((item) => item.kind !== 'image')
    .flatMap((item, at) => writePart(item, `${path}.content[${at}]`, context))
    .map((item) => item.text);
  return { role: 'tool', tool_call_id: part.id, content: texts.join('') };
}

function writePart(part: UserPart, path: string, context: MessageContext): JsonObject[] {
  switch (part.kind) {
    case 'text':
      return [{ type: 'text', text: part.text }];
    case 'image': {
      const { source, detail } = part;
      if (source.kind === 'file') return lose(path, 'image file id', context);
      const url = source.kind === 'url' ? source.url : formatDataUrl(source.mediaType, source.data);
      return [{ type: 'image_url', image_url: compact({ url, detail }) }];
    }
    case 'document': {
      const text = plainText(part);
      return text === null ? lose(path, 'document', context) : [{ type: 'text', text: text.text }];
    }
    case 'opaque':
      return part.dialect === 'cohere-chat' ? [part.value as JsonObject] : lose(path, part.type, context);
    default:
      return lose(path, part.kind, context);
  }
}

function writeAssistant(parts: readonly AssistantPart[], path: string, context: MessageContext): JsonObject[] {
  const content: JsonObject[] = [];
  const plan: string[] = [];
  const calls: JsonObject[] = [];
  const hasCalls = parts.some((part) => part.kind === 'tool-call');
  for (const [at, part] of parts.entries()) {
    const place = `${path}.content[${at}]`;
    switch (part.kind) {
      case 'text':
      case 'refusal':
        if (part.text !== '') content.push({ type: 'text', text: part.text });
        break;
      case 'tool-call':
        calls.push(writeCall(part));
        break;
      case 'reasoning':
        // What is encrypted, only its own provider can read.
        if (part.text === '' || part.signature !== undefined) lose(place, 'reasoning', context);
        else if (context.canThink) content.push({ type: 'thinking', thinking: part.text });
        else if (hasCalls) plan.push(part.text);
        else lose(place, 'reasoning', context);
        break;
      case 'opaque':
        if (part.dialect === 'cohere-chat') content.push(part.value as JsonObject);
        else lose(place, part.type, context);
        break;
      default:
        lose(place, part.kind, context);
    }
  }
  if (content.length === 0 && calls.length === 0) return [];
  return [
    compact({
      role: 'assistant',
      content: content.length > 0 ? content : undefined,
      tool_plan: plan.length > 0 ? plan.join('\n\n') : undefined,
      tool_calls: calls.length > 0 ? calls : undefined,
    }),
  ];
}

function lose(path: string, what: string, context: MessageContext): [] {
  context.lost.push(`${path} (${what})`);
  return [];
}
