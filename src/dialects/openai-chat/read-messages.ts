import {
  type AssistantPart,
  asObject,
  asString,
  invalidField,
  isObject,
  type JsonObject,
  type Message,
  type TextPart,
  type ToolCallPart,
  type ToolResultPart,
} from '#core';
import { compact } from '../compact.ts';
import { readObject, readObjects, readString } from '../read-fields.ts';
import { readAnnotations } from './citations.ts';
import { readAssistantContent, readContent, readReasoning, readTextContent } from './read-parts.ts';

/** Tool names by call id, as far as the history has told them. */
interface History {
  readonly names: Map<string, string>;
  /** Ids given to `function_call`s, which have none, until their `function` message answers them. */
  readonly openLegacyIds: { readonly id: string; readonly name: string }[];
}

/** Reads `messages`; results of parallel tool calls become one user message. */
export function readMessages(messages: readonly unknown[]): Message[] {
  const history: History = { names: new Map(), openLegacyIds: [] };
  const read: Message[] = [];
  let results: ToolResultPart[] | null = null;
  for (const [at, message] of messages.entries()) {
    const path = `messages[${at}]`;
    if (!isObject(message)) throw invalidField(path, 'expected an object with a role');
    if (message.role === 'tool' || message.role === 'function') {
      if (results === null) {
        results = [];
        read.push({ role: 'user', content: results });
      }
      results.push(
        message.role === 'tool' ? readToolResult(message, path, history) : readFunctionResult(message, path, history),
      );
      continue;
    }
    results = null;
    read.push(readMessage(message, path, history));
  }
  return read;
}

function readMessage(message: JsonObject, path: string, history: History): Message {
  const { role } = message;
  const name = readString(message, 'name', `${path}.name`);
  switch (role) {
    case 'system':
    case 'developer':
      return compact<Message>({ role, content: readTextContent(message, path), name });
    case 'user':
      return compact<Message>({ role, content: readContent(message, path), name });
    case 'assistant':
      return compact<Message>({ role, content: readAssistant(message, path, history), name });
    default:
      throw invalidField(`${path}.role`, 'expected system, developer, user, assistant, tool or function');
  }
}

function readAssistant(message: JsonObject, path: string, history: History): AssistantPart[] {
  const parts: AssistantPart[] = [...readReasoning(message)];
  const content = message.content ?? null;
  if (typeof content === 'string') {
    if (content !== '') parts.push(compact<TextPart>({ kind: 'text', text: content, citations: sourcesOf(message) }));
  } else if (Array.isArray(content)) {
    parts.push(...readAssistantContent(content));
  } else if (content !== null) {
    throw invalidField(`${path}.content`, 'expected a string, a list of parts or null');
  }
  const refusal = readString(message, 'refusal', `${path}.refusal`);
  if (refusal) parts.push({ kind: 'refusal', text: refusal });
  const audio = readObject(message, 'audio', `${path}.audio`);
  if (audio !== undefined) parts.push({ kind: 'opaque', dialect: 'openai-chat', type: 'audio', value: audio });
  for (const [at, call] of (readObjects(message, 'tool_calls', `${path}.tool_calls`) ?? []).entries()) {
    parts.push(readToolCall(call, `${path}.tool_calls[${at}]`, history));
  }
  const legacy = readObject(message, 'function_call', `${path}.function_call`);
  if (legacy !== undefined) parts.push(readFunctionCall(legacy, path, history));
  return parts;
}

/** What an earlier answer rested on: no other provider is told, but that it is not is. */
function sourcesOf(message: JsonObject): TextPart['citations'] {
  const citations = readAnnotations(message.annotations, () => undefined);
  return citations.length > 0 ? citations : undefined;
}

function readToolCall(call: JsonObject, path: string, history: History): AssistantPart {
  if (call.type !== undefined && call.type !== null && call.type !== 'function') {
    return { kind: 'opaque', dialect: 'openai-chat', type: asString(call.type) ?? 'unknown', value: call };
  }
  const id = asString(call.id);
  const callee = readObject(call, 'function', `${path}.function`);
  const name = asString(callee?.name);
  if (id === undefined) throw invalidField(`${path}.id`, 'expected the id of the call');
  if (callee === undefined || name === undefined) throw invalidField(`${path}.function.name`, 'expected a name');
  history.names.set(id, name);
  return compact<ToolCallPart>({
    kind: 'tool-call',
    id,
    name,
    arguments: readArguments(callee, `${path}.function.arguments`),
    signature: readSignature(call),
  });
}

/** Google's own OpenAI-compatible endpoint carries a thought signature here: ai.google.dev/gemini-api/docs/thought-signatures. */
export function readSignature(call: JsonObject): string | undefined {
  return asString(asObject(asObject(call.extra_content).google).thought_signature);
}

function readArguments(callee: JsonObject, path: string): string {
  return readString(callee, 'arguments', path) ?? '';
}

function readFunctionCall(call: JsonObject, path: string, history: History): ToolCallPart {
  const name = asString(call.name);
  if (name === undefined) throw invalidField(`${path}.function_call.name`, 'expected a name');
  const id = `call_legacy_${path.slice('messages['.length, -1)}`;
  history.openLegacyIds.push({ id, name });
  history.names.set(id, name);
  return { kind: 'tool-call', id, name, arguments: readArguments(call, `${path}.function_call.arguments`) };
}

function readToolResult(message: JsonObject, path: string, history: History): ToolResultPart {
  const id = asString(message.tool_call_id);
  if (id === undefined) throw invalidField(`${path}.tool_call_id`, 'expected the id of the call it answers');
  const name = readString(message, 'name', `${path}.name`) ?? history.names.get(id);
  return compact<ToolResultPart>({ kind: 'tool-result', id, name, content: readResultContent(message, path) });
}

function readFunctionResult(message: JsonObject, path: string, history: History): ToolResultPart {
  const name = asString(message.name);
  if (name === undefined) throw invalidField(`${path}.name`, 'expected the name of the function it answers');
  const open = history.openLegacyIds.findIndex((call) => call.name === name);
  const id = open === -1 ? `call_legacy_${name}` : (history.openLegacyIds.splice(open, 1)[0]?.id ?? '');
  return { kind: 'tool-result', id, name, content: message.content === null ? [] : readResultContent(message, path) };
}

function readResultContent(message: JsonObject, path: string): ToolResultPart['content'] {
  return readContent(message, path).map((part, at) => {
    if (part.kind === 'audio') throw invalidField(`${path}.content[${at}].type`, 'expected text, image_url or file');
    return part;
  });
}
