import {
  type AssistantPart,
  asString,
  invalidField,
  isObject,
  type JsonObject,
  type Message,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { compact } from '../compact.ts';
import { readObject, readObjects, readString } from '../read-fields.ts';
import { readImageData } from './images.ts';

/** Calls whose results have not come yet, in order: older clients tie results to calls by name or by place alone. */
type OpenCalls = { readonly id: string; readonly name: string }[];

/** Reads `messages`; results of parallel calls become one user turn. */
export function readMessages(body: JsonObject): Message[] {
  const messages = readObjects(body, 'messages') ?? [];
  if (messages.length === 0) throw invalidField('messages', 'expected a list with at least one message');
  const open: OpenCalls = [];
  const read: Message[] = [];
  let results: ToolResultPart[] | null = null;
  for (const [at, message] of messages.entries()) {
    const path = `messages[${at}]`;
    if (message.role !== 'tool') {
      results = null;
      read.push(readMessage(message, path, open));
      continue;
    }
    if (results === null) {
      results = [];
      read.push({ role: 'user', content: results });
    }
    results.push(readResult(message, path, open));
  }
  return read;
}

function readMessage(message: JsonObject, path: string, open: OpenCalls): Message {
  const content = readString(message, 'content', `${path}.content`) ?? '';
  switch (message.role) {
    case 'system':
      return { role: 'system', content: [{ kind: 'text', text: content }] };
    case 'user': {
      const text: UserPart[] = content === '' ? [] : [{ kind: 'text', text: content }];
      return { role: 'user', content: [...text, ...readImages(message, path)] };
    }
    case 'assistant':
      return { role: 'assistant', content: readAssistant(message, content, path, open) };
    default:
      throw invalidField(`${path}.role`, 'expected system, user, assistant or tool');
  }
}

function readImages(message: JsonObject, path: string) {
  const images = message.images ?? [];
  if (!Array.isArray(images)) throw invalidField(`${path}.images`, 'expected a list of base64 texts');
  return images.flatMap((image, at) => {
    if (typeof image !== 'string') throw invalidField(`${path}.images[${at}]`, 'expected base64 text');
    return readImageData(image);
  });
}

function readAssistant(message: JsonObject, content: string, path: string, open: OpenCalls): AssistantPart[] {
  const parts: AssistantPart[] = [];
  const thinking = readString(message, 'thinking', `${path}.thinking`);
  if (thinking) parts.push({ kind: 'reasoning', text: thinking });
  if (content !== '') parts.push({ kind: 'text', text: content });
  for (const [at, call] of (readObjects(message, 'tool_calls', `${path}.tool_calls`) ?? []).entries()) {
    const place = `${path}.tool_calls[${at}]`;
    const callee = readObject(call, 'function', `${place}.function`) ?? {};
    const name = asString(callee.name);
    if (name === undefined) throw invalidField(`${place}.function.name`, 'expected a name');
    const id = asString(call.id) || `call_${path.slice('messages['.length, -1)}_${at}`;
    open.push({ id, name });
    parts.push({
      kind: 'tool-call',
      id,
      name,
      arguments: readArguments(callee.arguments, `${place}.function.arguments`),
    });
  }
  return parts;
}

function readArguments(value: unknown, path: string): string {
  if ((value ?? undefined) === undefined) return '';
  if (typeof value === 'string') return value;
  if (isObject(value)) return JSON.stringify(value);
  throw invalidField(path, 'expected an object');
}

function readResult(message: JsonObject, path: string, open: OpenCalls): ToolResultPart {
  const named = readString(message, 'tool_name', `${path}.tool_name`) ?? readString(message, 'name', `${path}.name`);
  const id = asString(message.tool_call_id) || undefined;
  const byId = open.findIndex((call) => call.id === id);
  const byName = named === undefined ? -1 : open.findIndex((call) => call.name === named);
  const at = id !== undefined ? byId : named !== undefined ? byName : open.length > 0 ? 0 : -1;
  const [call] = at === -1 ? [] : open.splice(at, 1);
  const text = readString(message, 'content', `${path}.content`) ?? '';
  return compact<ToolResultPart>({
    kind: 'tool-result',
    id: id ?? call?.id ?? `call_${named ?? path}`,
    name: named ?? call?.name,
    content: [{ kind: 'text', text }, ...readImages(message, path)],
  });
}
