import {
  type AssistantPart,
  asArray,
  asObject,
  asString,
  type ImagePart,
  invalidField,
  isObject,
  type JsonObject,
  type Message,
  type OpaquePart,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
} from '#core';
import { compact } from '../compact.ts';
import { parseDataUrl } from '../data-url.ts';
import { readObject, readObjects, readString } from '../read-fields.ts';
import { readCitation } from './citations.ts';
import { readAnswerContent } from './response.ts';

type ContentPart = TextPart | ImagePart | OpaquePart;

/** Reads `messages`; results of parallel calls become one user turn. */
export function readMessages(body: JsonObject): Message[] {
  const messages = readObjects(body, 'messages') ?? [];
  if (messages.length === 0) throw invalidField('messages', 'expected a list with at least one message');
  const names = new Map<string, string>();
  const read: Message[] = [];
  let results: ToolResultPart[] | null = null;
  for (const [at, message] of messages.entries()) {
    const path = `messages[${at}]`;
    if (message.role !== 'tool') {
      results = null;
      read.push(readMessage(message, path, names));
      continue;
    }
    if (results === null) {
      results = [];
      read.push({ role: 'user', content: results });
    }
    results.push(readResult(message, path, names));
  }
  return read;
}

function readMessage(message: JsonObject, path: string, names: Map<string, string>): Message {
  switch (message.role) {
    case 'system':
      return {
        role: 'system',
        content: readContent(message.content, `${path}.content`).map((part) => onlyText(part, path)),
      };
    case 'user':
      return { role: 'user', content: readContent(message.content, `${path}.content`) };
    case 'assistant':
      return { role: 'assistant', content: readAssistant(message, path, names) };
    default:
      throw invalidField(`${path}.role`, 'expected system, user, assistant or tool');
  }
}

function onlyText(part: ContentPart, path: string): TextPart {
  if (part.kind !== 'text') throw invalidField(`${path}.content`, 'expected text');
  return part;
}

function readContent(content: unknown, path: string): ContentPart[] {
  if (typeof content === 'string') return [{ kind: 'text', text: content }];
  if (!Array.isArray(content)) throw invalidField(path, 'expected a string or a list of parts');
  return content.map((part, at) => readPart(part, `${path}[${at}]`));
}

function readPart(value: unknown, path: string): ContentPart {
  if (!isObject(value)) throw invalidField(path, 'expected an object with a type');
  if (value.type === 'text') {
    if (typeof value.text !== 'string') throw invalidField(`${path}.text`, 'expected a string');
    return { kind: 'text', text: value.text };
  }
  if (value.type === 'image_url') return readImage(value, path);
  if (typeof value.type !== 'string')
    throw invalidField(`${path}.type`, 'expected the type of the part, such as "text"');
  return { kind: 'opaque', dialect: 'cohere-chat', type: value.type, value };
}

function readImage(part: JsonObject, path: string): ImagePart {
  const image = readObject(part, 'image_url', `${path}.image_url`) ?? {};
  const url = readString(image, 'url', `${path}.image_url.url`);
  if (url === undefined) throw invalidField(`${path}.image_url.url`, 'expected a URL or a data URL');
  const data = parseDataUrl(url);
  if (data === null && /^data:/i.test(url)) {
    throw invalidField(`${path}.image_url.url`, 'expected a data URL with a comma before its content');
  }
  return compact<ImagePart>({
    kind: 'image',
    source: data === null ? { kind: 'url', url } : { kind: 'base64', ...data },
    detail: readString(image, 'detail', `${path}.image_url.detail`),
  });
}

function readAssistant(message: JsonObject, path: string, names: Map<string, string>): AssistantPart[] {
  const plan = readString(message, 'tool_plan', `${path}.tool_plan`);
  const parts: AssistantPart[] = plan ? [{ kind: 'reasoning', text: plan }] : [];
  const content = message.content ?? [];
  if (typeof content !== 'string' && !Array.isArray(content)) {
    throw invalidField(`${path}.content`, 'expected a string or a list of parts');
  }
  parts.push(...withSources(readAnswerContent(content), message.citations));
  for (const [at, call] of (readObjects(message, 'tool_calls', `${path}.tool_calls`) ?? []).entries()) {
    parts.push(readCall(call, `${path}.tool_calls[${at}]`, names));
  }
  return parts;
}

/** What an earlier answer rested on: no other provider is told, but that it is not is. */
function withSources(content: readonly AssistantPart[], value: unknown): readonly AssistantPart[] {
  const citations = asArray(value).flatMap((item) => readCitation(asObject(item), () => undefined));
  const at = content.findIndex(({ kind }) => kind === 'text');
  const text = content[at];
  if (citations.length === 0 || text?.kind !== 'text') return content;
  return content.with(at, { ...text, citations: citations.map(({ citation }) => citation) });
}

function readCall(call: JsonObject, path: string, names: Map<string, string>): ToolCallPart {
  const id = asString(call.id);
  const callee = readObject(call, 'function', `${path}.function`) ?? {};
  const name = asString(callee.name);
  if (id === undefined) throw invalidField(`${path}.id`, 'expected the id of the call');
  if (name === undefined) throw invalidField(`${path}.function.name`, 'expected a name');
  names.set(id, name);
  return {
    kind: 'tool-call',
    id,
    name,
    arguments: readString(callee, 'arguments', `${path}.function.arguments`) ?? '',
  };
}

function readResult(message: JsonObject, path: string, names: Map<string, string>): ToolResultPart {
  const id = asString(message.tool_call_id);
  if (id === undefined) throw invalidField(`${path}.tool_call_id`, 'expected the id of the call it answers');
  const content = readContent(message.content ?? '', `${path}.content`).map(documentAsText);
  return compact<ToolResultPart>({ kind: 'tool-result', id, name: names.get(id), content });
}

/** A result in form of a document is the document's data: text, or fields as JSON. */
function documentAsText(part: ContentPart): ContentPart {
  if (part.kind !== 'opaque' || part.type !== 'document') return part;
  const { data } = asObject(asObject(part.value).document);
  return { kind: 'text', text: typeof data === 'string' ? data : JSON.stringify(data ?? {}) };
}
