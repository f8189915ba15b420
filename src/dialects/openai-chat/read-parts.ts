import {
  type AssistantPart,
  type AudioPart,
  asObject,
  asString,
  type CacheMarker,
  type DocumentPart,
  type ImagePart,
  invalidField,
  isObject,
  type JsonObject,
  type OpaquePart,
  type ReasoningPart,
  type Source,
  type TextPart,
} from '#core';
import { compact } from '../compact.ts';
import { parseDataUrl } from '../data-url.ts';
import { readObject, readString } from '../read-fields.ts';

/** The parts of a user or tool message. */
export type ContentPart = TextPart | ImagePart | AudioPart | DocumentPart | OpaquePart;

/** Reads `content` of a message that must have one: a text or a list of parts. */
export function readContent(message: JsonObject, path: string): ContentPart[] {
  const { content } = message;
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) throw invalidField(`${path}.content`, 'expected a string or a list of parts');
  return content.map((part, at) => readPart(part, `${path}.content[${at}]`));
}

/** Reads `content` where only text may stand. */
export function readTextContent(message: JsonObject, path: string): TextPart[] {
  return readContent(message, path).map((part, at) => {
    if (part.kind !== 'text') throw invalidField(`${path}.content[${at}].type`, 'expected "text"');
    return part;
  });
}

function readPart(value: unknown, path: string): ContentPart {
  if (!isObject(value)) throw invalidField(path, 'expected an object with a type');
  const type = readString(value, 'type', `${path}.type`);
  switch (type) {
    case undefined:
      throw invalidField(`${path}.type`, 'expected the type of the part, such as "text"');
    case 'text':
      return readText(value, path);
    case 'image_url':
      return readImage(value, path);
    case 'input_audio':
      return readAudio(value, path);
    case 'file':
      return readFile(value, path) ?? { kind: 'opaque', dialect: 'openai-chat', type, value };
    default:
      return { kind: 'opaque', dialect: 'openai-chat', type, value };
  }
}

function readText(part: JsonObject, path: string): TextPart {
  if (typeof part.text !== 'string') throw invalidField(`${path}.text`, 'expected a string');
  return compact<TextPart>({ kind: 'text', text: part.text, cache: readCache(part) });
}

/** `cache_control` as OpenRouter and LiteLLM take it on parts and tools. */
export function readCache(part: JsonObject): CacheMarker | undefined {
  if (!isObject(part.cache_control)) return undefined;
  const { ttl } = part.cache_control;
  return ttl === '5m' || ttl === '1h' ? { ttl } : {};
}

function readImage(part: JsonObject, path: string): ImagePart {
  // Several clients send the bare URL where the API documents an object.
  const image =
    typeof part.image_url === 'string' ? { url: part.image_url } : readObject(part, 'image_url', `${path}.image_url`);
  if (image === undefined || typeof image.url !== 'string') {
    throw invalidField(`${path}.image_url.url`, 'expected a URL or a data URL');
  }
  return compact<ImagePart>({
    kind: 'image',
    source: readUrl(image.url, `${path}.image_url.url`),
    detail: readString(image, 'detail', `${path}.image_url.detail`),
    cache: readCache(part),
  });
}

function readUrl(url: string, path: string): Source {
  const data = parseDataUrl(url);
  if (data !== null) return { kind: 'base64', ...data };
  if (/^data:/i.test(url)) throw invalidField(path, 'expected a data URL with a comma before its content');
  return { kind: 'url', url };
}

const AUDIO_TYPES: Readonly<Record<string, string>> = { mp3: 'audio/mpeg' };

function readAudio(part: JsonObject, path: string): AudioPart {
  const audio = readObject(part, 'input_audio', `${path}.input_audio`);
  const data = asString(audio?.data);
  const format = asString(audio?.format);
  if (data === undefined) throw invalidField(`${path}.input_audio.data`, 'expected base64 text');
  if (format === undefined) throw invalidField(`${path}.input_audio.format`, 'expected a format such as "wav"');
  const mediaType = AUDIO_TYPES[format] ?? `audio/${format}`;
  return { kind: 'audio', source: { kind: 'base64', mediaType, data: parseDataUrl(data)?.data ?? data } };
}

function readFile(part: JsonObject, path: string): DocumentPart | null {
  const file = readObject(part, 'file', `${path}.file`) ?? {};
  const id = readString(file, 'file_id', `${path}.file.file_id`);
  const data = readString(file, 'file_data', `${path}.file.file_data`);
  const name = readString(file, 'filename', `${path}.file.filename`);
  if (id === undefined && data === undefined) return null;
  // Bare base64 is PDF: the only type the API takes. OpenRouter also takes URLs.
  const source: Source =
    data === undefined
      ? { kind: 'file', id: id ?? '' }
      : /^(data:|https?:)/i.test(data)
        ? readUrl(data, `${path}.file.file_data`)
        : { kind: 'base64', mediaType: 'application/pdf', data };
  return compact<DocumentPart>({ kind: 'document', source, name, cache: readCache(part) });
}

/**
 * The reasoning of an assistant message or delta, whatever the host calls it: `reasoning_content` (DeepSeek, Qwen,
 * Moonshot, xAI), `reasoning` (OpenRouter, Groq, Together) and `reasoning_details` (OpenRouter), which alone carries
 * signatures and encrypted reasoning.
 */
export function readReasoning(message: JsonObject): ReasoningPart[] {
  const text = asString(message.reasoning_content) || asString(message.reasoning) || '';
  const details = Array.isArray(message.reasoning_details) ? message.reasoning_details.map(asObject) : [];
  const parts = details.flatMap(readReasoningDetail);
  if (parts.some((part) => part.signature !== undefined || part.redacted !== undefined)) {
    const hasText = parts.some((part) => part.text !== '');
    return hasText || text === '' ? parts : [{ kind: 'reasoning', text }, ...parts];
  }
  if (text !== '') return [{ kind: 'reasoning', text }];
  return parts;
}

function readReasoningDetail(detail: JsonObject): ReasoningPart[] {
  const signature = asString(detail.signature) || undefined;
  const data = asString(detail.data);
  const id = asString(detail.id) || undefined;
  if (detail.type === 'reasoning.encrypted') {
    return data ? [compact<ReasoningPart>({ kind: 'reasoning', text: '', redacted: data, id })] : [];
  }
  const text = asString(detail.text) ?? asString(detail.summary) ?? '';
  if (text === '' && signature === undefined) return [];
  return [compact<ReasoningPart>({ kind: 'reasoning', text, signature, id })];
}

/** The visible parts of an assistant's `content` in a whole message, history and answers alike: text, refusals and Mistral's thinking. */
export function readAssistantContent(content: readonly unknown[]): AssistantPart[] {
  return content.flatMap((item): AssistantPart[] => {
    const part = asObject(item);
    const text = asString(part.text) ?? '';
    if (part.type === 'text') return [compact<TextPart>({ kind: 'text', text, cache: readCache(part) })];
    if (part.type === 'refusal') return [{ kind: 'refusal', text: asString(part.refusal) ?? '' }];
    if (part.type === 'thinking') return [{ kind: 'reasoning', text: readThinking(part.thinking) }];
    return [{ kind: 'opaque', dialect: 'openai-chat', type: asString(part.type) ?? 'unknown', value: item }];
  });
}

/** Mistral's `thinking`: a text, or a list of text parts. */
function readThinking(thinking: unknown): string {
  if (typeof thinking === 'string') return thinking;
  return Array.isArray(thinking) ? thinking.map((part) => asString(asObject(part).text) ?? '').join('') : '';
}

/** Generated pictures, as OpenRouter carries them: `images`, a list of `image_url` parts. */
export function readImages(message: JsonObject): ImagePart[] {
  const images = Array.isArray(message.images) ? message.images.map(asObject) : [];
  return images.flatMap((image): ImagePart[] => {
    const url = asString(asObject(image.image_url).url);
    if (url === undefined) return [];
    const data = parseDataUrl(url);
    return [{ kind: 'image', source: data === null ? { kind: 'url', url } : { kind: 'base64', ...data } }];
  });
}
