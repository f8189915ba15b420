import {
  type AudioPart,
  asObject,
  asString,
  type DocumentPart,
  type ImagePart,
  invalidField,
  isObject,
  type JsonObject,
  type OpaquePart,
  type Source,
  type TextPart,
} from '#core';
import { compact } from '../compact.ts';
import { parseDataUrl } from '../data-url.ts';
import { readObject, readString } from '../read-fields.ts';

/** The parts of an input message or of a tool's output. */
export type InputPart = TextPart | ImagePart | AudioPart | DocumentPart | OpaquePart;

/** Reads a text or a list of input parts. */
export function readInputContent(content: unknown, path: string): InputPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) throw invalidField(path, 'expected a string or a list of parts');
  return content.map((part, at) => readPart(part, `${path}[${at}]`));
}

function readPart(value: unknown, path: string): InputPart {
  if (!isObject(value)) throw invalidField(path, 'expected an object with a type');
  const type = readString(value, 'type', `${path}.type`);
  switch (type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      if (typeof value.text !== 'string') throw invalidField(`${path}.text`, 'expected a string');
      // A breakpoint of the prompt cache, which has no lifetime of its own here.
      return { kind: 'text', text: value.text, ...(isObject(value.prompt_cache_breakpoint) ? { cache: {} } : {}) };
    case 'input_image':
      return readImage(value, path);
    case 'input_file':
      return readFile(value, path);
    case 'input_audio':
      return readAudio(value, path);
    case undefined:
      throw invalidField(`${path}.type`, 'expected the type of the part, such as "input_text"');
    default:
      return { kind: 'opaque', dialect: 'openai-responses', type, value };
  }
}

function readImage(part: JsonObject, path: string): ImagePart {
  const url = readString(part, 'image_url', `${path}.image_url`);
  const id = readString(part, 'file_id', `${path}.file_id`);
  if (url === undefined && id === undefined) throw invalidField(`${path}.image_url`, 'expected a URL or a data URL');
  return compact<ImagePart>({
    kind: 'image',
    source: url === undefined ? { kind: 'file', id: id ?? '' } : readUrl(url, `${path}.image_url`),
    detail: readString(part, 'detail', `${path}.detail`),
  });
}

function readUrl(url: string, path: string): Source {
  const data = parseDataUrl(url);
  if (data !== null) return { kind: 'base64', ...data };
  if (/^data:/i.test(url)) throw invalidField(path, 'expected a data URL with a comma before its content');
  return { kind: 'url', url };
}

function readFile(part: JsonObject, path: string): DocumentPart {
  const data = readString(part, 'file_data', `${path}.file_data`);
  const url = readString(part, 'file_url', `${path}.file_url`);
  const id = readString(part, 'file_id', `${path}.file_id`);
  const name = readString(part, 'filename', `${path}.filename`);
  if (data === undefined && url === undefined && id === undefined) {
    throw invalidField(`${path}.file_data`, 'expected file_data, file_url or file_id');
  }
  // Bare base64 is PDF, as in chat completions.
  const source: Source =
    data !== undefined
      ? /^data:/i.test(data)
        ? readUrl(data, `${path}.file_data`)
        : { kind: 'base64', mediaType: 'application/pdf', data }
      : url !== undefined
        ? { kind: 'url', url }
        : { kind: 'file', id: id ?? '' };
  return compact<DocumentPart>({ kind: 'document', source, name });
}

function readAudio(part: JsonObject, path: string): AudioPart {
  const audio = readObject(part, 'input_audio', `${path}.input_audio`);
  const { data, format } = asObject(audio);
  if (typeof data !== 'string') throw invalidField(`${path}.input_audio.data`, 'expected base64 text');
  const word = asString(format) ?? 'wav';
  return {
    kind: 'audio',
    source: { kind: 'base64', mediaType: word === 'mp3' ? 'audio/mpeg' : `audio/${word}`, data },
  };
}
