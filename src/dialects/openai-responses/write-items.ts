import type {
  AssistantPart,
  DocumentPart,
  JsonObject,
  Message,
  ReasoningPart,
  Source,
  ToolResultPart,
  UserPart,
} from '#core';
import { compact } from '../compact.ts';
import { formatDataUrl } from '../data-url.ts';
import { isForeignReasoning } from '../reasoning-origin.ts';
import { OWN_REASONING, writeCall } from './output-items.ts';

/** How items are written, and where what cannot be written is named. */
export interface ItemContext {
  readonly lost: string[];
  /** Whether the request came in this dialect. */
  readonly isOwn: boolean;
  readonly systemRole: 'system' | 'developer' | 'user' | undefined;
}

/** Writes turns as items of `input`. */
export function writeItems(messages: readonly Message[], context: ItemContext): JsonObject[] {
  return messages.flatMap((message, at) => writeMessage(message, `messages[${at}]`, context));
}

function writeMessage(message: Message, path: string, context: ItemContext): JsonObject[] {
  switch (message.role) {
    case 'assistant':
      return message.content.flatMap((part, at) => writeAnswerPart(part, `${path}.content[${at}]`, context));
    case 'user':
      return writeUser(message.content, path, context);
    default: {
      const text = message.content.map((part) => part.text).join('\n\n');
      return text === '' ? [] : [{ role: context.systemRole ?? message.role, content: text }];
    }
  }
}

/** Results are items of their own; what stands between them stays one message. */
function writeUser(parts: readonly UserPart[], path: string, context: ItemContext): JsonObject[] {
  const items: JsonObject[] = [];
  let content: JsonObject[] = [];
  const close = () => {
    if (content.length > 0) items.push({ role: 'user', content: plain(content) });
    content = [];
  };
  for (const [at, part] of parts.entries()) {
    const place = `${path}.content[${at}]`;
    if (part.kind === 'tool-result') {
      close();
      items.push(writeResult(part, place, context));
    } else if (part.kind === 'opaque' && part.dialect === 'openai-responses' && isItem(part.type)) {
      close();
      items.push(part.value as JsonObject);
    } else content.push(...writePart(part, place, context));
  }
  close();
  return items;
}

/** Types of parts begin with `input_`; everything else that this dialect kept aside is an item. */
function isItem(type: string): boolean {
  return !type.startsWith('input_');
}

/** One text goes as a string, which every host takes. */
function plain(content: readonly JsonObject[]): unknown {
  const [only] = content;
  const isText = content.length === 1 && only?.type === 'input_text' && Object.keys(only).length === 2;
  return isText ? only.text : content;
}

function writeResult(part: ToolResultPart, path: string, context: ItemContext): JsonObject {
  if (part.isError === true) context.lost.push(`${path}.is_error`);
  const content = part.content.flatMap((item, at) => writePart(item, `${path}.content[${at}]`, context));
  const isText = content.every((item) => item.type === 'input_text');
  const output = isText ? content.map((item) => item.text).join('') : content;
  return { type: 'function_call_output', call_id: part.id, output };
}

function writePart(part: UserPart, path: string, context: ItemContext): JsonObject[] {
  switch (part.kind) {
    case 'text':
      return [
        compact({
          type: 'input_text',
          text: part.text,
          prompt_cache_breakpoint: context.isOwn && part.cache !== undefined ? { mode: 'explicit' } : undefined,
        }),
      ];
    case 'image': {
      const { source, detail = 'auto' } = part;
      const where = source.kind === 'file' ? { file_id: source.id } : { image_url: urlOf(source) };
      return [{ type: 'input_image', ...where, detail }];
    }
    case 'audio':
      if (part.source.kind !== 'base64') return lose(path, 'audio by reference', context);
      return [
        { type: 'input_audio', input_audio: { data: part.source.data, format: formatOfType(part.source.mediaType) } },
      ];
    case 'document':
      return [writeDocument(part)];
    case 'opaque':
      return part.dialect === 'openai-responses' ? [part.value as JsonObject] : lose(path, part.type, context);
    case 'tool-result':
      return lose(path, 'tool result', context);
  }
}

function urlOf(source: Exclude<Source, { kind: 'file' }>): string {
  return source.kind === 'url' ? source.url : formatDataUrl(source.mediaType, source.data);
}

function formatOfType(mediaType: string): string {
  const format = mediaType.slice('audio/'.length);
  return format === 'mpeg' ? 'mp3' : format === 'x-wav' || format === 'wave' ? 'wav' : format;
}

function writeDocument({ source, name }: DocumentPart): JsonObject {
  switch (source.kind) {
    case 'text':
      return { type: 'input_text', text: source.text };
    case 'file':
      return { type: 'input_file', file_id: source.id };
    case 'url':
      return { type: 'input_file', file_url: source.url };
    case 'base64':
      return { type: 'input_file', file_data: urlOf(source), filename: name ?? 'document.pdf' };
  }
}

function writeAnswerPart(part: AssistantPart, path: string, context: ItemContext): JsonObject[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      // Parts of a list are the caller's, or need ids that only the provider gives.
      return part.text === '' ? [] : [{ role: 'assistant', content: part.text }];
    case 'tool-call':
      return [omitId(writeCall(part, ''))];
    case 'reasoning':
      return writeReasoning(part, path, context);
    case 'opaque':
      return part.dialect === 'openai-responses' ? [part.value as JsonObject] : lose(path, part.type, context);
    default:
      return lose(path, part.kind, context);
  }
}

/** Ids are the provider's to give; a made-up one would not be found. */
function omitId({ id: _, status: __, ...item }: JsonObject): JsonObject {
  return item;
}

/** Thoughts help only with what this provider encrypted; the ones in plain words of another are of no use here. */
function writeReasoning(part: ReasoningPart, path: string, context: ItemContext): JsonObject[] {
  const encrypted = part.signature ?? part.redacted;
  const isUseless = encrypted === undefined && !context.isOwn;
  if (isUseless || isForeignReasoning(encrypted, 'openai')) return lose(path, 'reasoning', context);
  const summary = part.text === '' ? [] : [{ type: 'summary_text', text: part.text }];
  const id = part.id?.startsWith(OWN_REASONING) ? undefined : part.id;
  return [compact({ type: 'reasoning', id, summary, encrypted_content: encrypted })];
}

function lose(path: string, what: string, context: ItemContext): [] {
  context.lost.push(`${path} (${what})`);
  return [];
}
