import type {
  AssistantPart,
  CacheMarker,
  DocumentPart,
  JsonObject,
  Message,
  Source,
  TextPart,
  ToolCallPart,
  ToolResultPart,
  UserPart,
} from '#core';
import { compact } from '../compact.ts';
import { decodeBase64Text, formatDataUrl } from '../data-url.ts';

/** How messages are written, and where what cannot be written is named. */
export interface MessageContext {
  readonly lost: string[];
  /** Whether the request came in this dialect: the host then knows the spellings that are not OpenAI's own. */
  readonly isOwn: boolean;
  readonly systemRole: 'system' | 'developer' | 'user' | undefined;
}

/** Writes neutral messages; one user message may become several, since tool results have a role of their own here. */
export function writeMessages(messages: readonly Message[], context: MessageContext): JsonObject[] {
  return messages.flatMap((message, at) => writeMessage(message, `messages[${at}]`, context));
}

function writeMessage(message: Message, path: string, context: MessageContext): JsonObject[] {
  switch (message.role) {
    case 'user':
      return writeUser(message.content, message.name, path, context);
    case 'assistant':
      return [writeAssistant(message.content, message.name, path, context)];
    default: {
      const content = writeContent(message.content, path, context);
      return [compact({ role: instructionRole(message.role, context), content, name: message.name })];
    }
  }
}

/** Only OpenAI's own models know `developer`; elsewhere it is an unknown role. */
function instructionRole(role: 'system' | 'developer', { systemRole, isOwn }: MessageContext): string {
  if (systemRole === 'system' || systemRole === 'user') return systemRole;
  return isOwn || systemRole === 'developer' ? role : 'system';
}

function writeUser(
  parts: readonly UserPart[],
  name: string | undefined,
  path: string,
  context: MessageContext,
): JsonObject[] {
  const written: JsonObject[] = [];
  const rest: UserPart[] = [];
  for (const [at, part] of parts.entries()) {
    if (part.kind !== 'tool-result') {
      rest.push(part);
      continue;
    }
    // Only text is allowed in a tool message; pictures and files follow in the user message behind the results.
    const content = context.isOwn ? part.content : part.content.map(asText);
    const stays = (item: ToolResultPart['content'][number]) => context.isOwn || item.kind === 'text';
    rest.push(...content.filter((item) => !stays(item)));
    written.push(writeToolResult(part, content.filter(stays), `${path}.content[${at}]`, context));
  }
  if (rest.length === 0 && written.length > 0) return written;
  return [...written, compact({ role: 'user', content: writeContent(rest, path, context), name })];
}

/** A text document as the text it is, since the API takes no files but PDF. */
function asText<T extends UserPart>(part: T): T | TextPart {
  if (part.kind !== 'document') return part;
  const { source } = part;
  if (source.kind === 'text') return { kind: 'text', text: source.text };
  const text = source.kind === 'base64' && source.mediaType.startsWith('text/') ? decodeBase64Text(source.data) : null;
  return text === null ? part : { kind: 'text', text };
}

function writeToolResult(
  part: ToolResultPart,
  content: ToolResultPart['content'],
  path: string,
  context: MessageContext,
): JsonObject {
  if (part.isError === true) context.lost.push(`${path}.is_error`);
  return { role: 'tool', tool_call_id: part.id, content: writeContent(content, path, context) };
}

/** One plain text goes as a string, which every compatible host takes; anything else as a list of parts. */
function writeContent(parts: readonly UserPart[], path: string, context: MessageContext): string | JsonObject[] {
  const [only] = parts;
  if (only === undefined) return '';
  if (parts.length === 1 && only.kind === 'text' && (only.cache === undefined || !context.isOwn)) return only.text;
  const written = parts.flatMap((part, at) => writePart(part, `${path}.content[${at}]`, context));
  // An empty list is a 400; what could not be written is named in `lost`.
  return written.length === 0 ? '' : written;
}

function writePart(part: UserPart, path: string, context: MessageContext): JsonObject[] {
  switch (part.kind) {
    case 'text':
      return [withCache({ type: 'text', text: part.text }, part.cache, context)];
    case 'image': {
      const url = urlOf(part.source);
      if (url === null) return lose(path, 'image file id', context);
      return [withCache({ type: 'image_url', image_url: compact({ url, detail: part.detail }) }, part.cache, context)];
    }
    case 'audio':
      return writeAudio(part.source, path, context);
    case 'document': {
      const plain = context.isOwn ? part : asText(part);
      return plain.kind === 'text' ? writePart(plain, path, context) : writeDocument(plain, path, context);
    }
    case 'opaque':
      return part.dialect === 'openai-chat' ? [part.value as JsonObject] : lose(path, part.type, context);
    case 'tool-result':
      return lose(path, 'tool result', context);
  }
}

function withCache(part: JsonObject, cache: CacheMarker | undefined, context: MessageContext): JsonObject {
  // OpenAI caches by itself and has no marker, so for other callers nothing that matters is lost.
  return cache === undefined || !context.isOwn ? part : { ...part, cache_control: { type: 'ephemeral', ...cache } };
}

function urlOf(source: Source): string | null {
  if (source.kind === 'base64') return formatDataUrl(source.mediaType, source.data);
  return source.kind === 'url' ? source.url : null;
}

const AUDIO_FORMATS: Readonly<Record<string, string>> = {
  'audio/mpeg': 'mp3',
  'audio/mp3': 'mp3',
  'audio/wav': 'wav',
  'audio/x-wav': 'wav',
  'audio/wave': 'wav',
};

function writeAudio(source: Source, path: string, context: MessageContext): JsonObject[] {
  if (source.kind !== 'base64') return lose(path, 'audio by reference', context);
  const format = AUDIO_FORMATS[source.mediaType] ?? source.mediaType.slice('audio/'.length);
  return [{ type: 'input_audio', input_audio: { data: source.data, format } }];
}

function writeDocument(part: DocumentPart, path: string, context: MessageContext): JsonObject[] {
  const { source, name } = part;
  if (source.kind === 'text') return [{ type: 'text', text: source.text }];
  if (source.kind === 'file') return [{ type: 'file', file: compact({ file_id: source.id, filename: name }) }];
  // Files by URL are OpenRouter's own addition.
  if (source.kind === 'url' && !context.isOwn) return lose(path, 'document by URL', context);
  const filename = name ?? (source.kind === 'base64' && !context.isOwn ? 'document.pdf' : undefined);
  return [withCache({ type: 'file', file: compact({ file_data: urlOf(source), filename }) }, part.cache, context)];
}

function lose(path: string, what: string, context: MessageContext): [] {
  context.lost.push(`${path} (${what})`);
  return [];
}

function writeAssistant(
  parts: readonly AssistantPart[],
  name: string | undefined,
  path: string,
  context: MessageContext,
): JsonObject {
  const texts: JsonObject[] = [];
  const calls: JsonObject[] = [];
  const refusals: string[] = [];
  let audio: unknown;
  for (const [at, part] of parts.entries()) {
    const place = `${path}.content[${at}]`;
    if (part.kind === 'text') texts.push(withCache({ type: 'text', text: part.text }, part.cache, context));
    else if (part.kind === 'tool-call') calls.push(writeToolCall(part, context.isOwn));
    else if (part.kind === 'refusal') refusals.push(part.text);
    else if (part.kind === 'reasoning') {
      // Another provider's thoughts help nobody here, and OpenAI refuses the unknown field.
      if (!context.isOwn) lose(place, 'reasoning', context);
    } else if (part.kind === 'opaque' && part.dialect === 'openai-chat') {
      if (part.type === 'audio') audio = part.value;
      else if (part.type === 'custom') calls.push(part.value as JsonObject);
      else texts.push(part.value as JsonObject);
    } else lose(place, part.kind === 'opaque' ? part.type : part.kind, context);
  }
  const [only] = texts;
  const isPlain = texts.length === 1 && only?.type === 'text' && only.cache_control === undefined;
  const isSilent = calls.length > 0 || refusals.length > 0 || audio !== undefined;
  return compact({
    role: 'assistant',
    content: only === undefined ? (isSilent ? null : '') : isPlain ? only.text : texts,
    name,
    ...(context.isOwn ? writeReasoning(parts) : {}),
    refusal: refusals.length > 0 ? refusals.join('') : undefined,
    audio,
    tool_calls: calls.length > 0 ? calls : undefined,
  });
}

/** One call; no arguments at all are `{}`, which is what clients parse. The signature goes where Google's endpoint puts it. */
export function writeToolCall(call: ToolCallPart, withSignature: boolean): JsonObject {
  const signed = withSignature && call.signature !== undefined;
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments === '' ? '{}' : call.arguments },
    ...(signed ? { extra_content: { google: { thought_signature: call.signature } } } : {}),
  };
}

/**
 * Reasoning as clients of compatible hosts read it: its text as `reasoning_content`, and, where a signature or an
 * encrypted part must come back with the next request, `reasoning_details` in OpenRouter's form.
 */
export function writeReasoning(parts: readonly AssistantPart[]): JsonObject {
  const reasoning = parts.filter((part) => part.kind === 'reasoning');
  if (reasoning.length === 0) return {};
  const needsDetails = reasoning.some((part) => part.signature !== undefined || part.redacted !== undefined);
  return compact({
    reasoning_content: reasoning.map((part) => part.text).join('') || undefined,
    reasoning_details: needsDetails
      ? reasoning.map((part, index) =>
          part.redacted === undefined
            ? compact({ type: 'reasoning.text', text: part.text, signature: part.signature, id: part.id, index })
            : compact({ type: 'reasoning.encrypted', data: part.redacted, id: part.id, index }),
        )
      : undefined,
  });
}
