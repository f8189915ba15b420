import {
  type AssistantPart,
  asString,
  invalidField,
  isObject,
  type JsonObject,
  type Message,
  type TextPart,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { compact } from '../compact.ts';
import { readString } from '../read-fields.ts';
import { readOutputItem } from './output-items.ts';
import { readInputContent } from './read-parts.ts';

/** The turns that `input` tells, and the paths of items that only the provider has. */
export interface ReadItems {
  readonly messages: readonly Message[];
  readonly sameDialectOnly: readonly string[];
}

/** Reads `input`: a text, or a list of items. Items of one side that follow one another become one turn. */
export function readItems(input: unknown): ReadItems {
  if (typeof input === 'string') {
    return { messages: [{ role: 'user', content: [{ kind: 'text', text: input }] }], sameDialectOnly: [] };
  }
  if (!Array.isArray(input)) throw invalidField('input', 'expected a string or a list of items');
  const history: History = { messages: [], names: new Map(), sameDialectOnly: [], results: null, answer: null };
  for (const [at, item] of input.entries()) {
    if (!isObject(item)) throw invalidField(`input[${at}]`, 'expected an object');
    readItem(item, `input[${at}]`, history);
  }
  return history;
}

interface History {
  readonly messages: Message[];
  /** Tool names by call id. */
  readonly names: Map<string, string>;
  readonly sameDialectOnly: string[];
  /** The parts of the turn that is still being told; null when it is the other side's. */
  results: UserPart[] | null;
  answer: AssistantPart[] | null;
}

function readItem(item: JsonObject, path: string, history: History): void {
  const type = readString(item, 'type', `${path}.type`) ?? 'message';
  switch (type) {
    case 'message':
      readMessage(item, path, history);
      return;
    case 'function_call':
      if (typeof item.call_id !== 'string') throw invalidField(`${path}.call_id`, 'expected the id of the call');
      if (typeof item.name !== 'string') throw invalidField(`${path}.name`, 'expected the name of the function');
      history.names.set(item.call_id, item.name);
      answerOf(history).push(...readOutputItem(item));
      return;
    case 'function_call_output':
      resultsOf(history).push(readResult(item, path, history));
      return;
    case 'item_reference':
      history.sameDialectOnly.push(`${path}.id`);
      return;
    default:
      // A tool's output belongs to the caller's side, everything else a model said or did.
      if (type.endsWith('_output') || type.endsWith('_response') || type === 'additional_tools') {
        resultsOf(history).push({ kind: 'opaque', dialect: 'openai-responses', type, value: item });
      } else answerOf(history).push(...readOutputItem(item));
  }
}

function readMessage(item: JsonObject, path: string, history: History): void {
  const content = item.content ?? undefined;
  if (item.role === 'assistant') {
    if (typeof content !== 'string' && !Array.isArray(content)) {
      throw invalidField(`${path}.content`, 'expected a string or a list of parts');
    }
    answerOf(history).push(...readOutputItem({ ...item, type: 'message' }));
    return;
  }
  closeTurn(history);
  const parts = readInputContent(content, `${path}.content`);
  switch (item.role) {
    case 'user':
      history.messages.push({ role: 'user', content: parts });
      return;
    case 'system':
    case 'developer':
      history.messages.push({
        role: item.role,
        content: parts.map((part, at) => onlyText(part, `${path}.content[${at}]`)),
      });
      return;
    default:
      throw invalidField(`${path}.role`, 'expected user, assistant, system or developer');
  }
}

function onlyText(part: UserPart, path: string): TextPart {
  if (part.kind !== 'text') throw invalidField(`${path}.type`, 'expected "input_text"');
  return part;
}

function readResult(item: JsonObject, path: string, history: History): ToolResultPart {
  const id = asString(item.call_id);
  if (id === undefined) throw invalidField(`${path}.call_id`, 'expected the id of the call it answers');
  const content = readInputContent(item.output ?? '', `${path}.output`).filter((part) => part.kind !== 'audio');
  return compact<ToolResultPart>({ kind: 'tool-result', id, name: history.names.get(id), content });
}

function closeTurn(history: History): void {
  history.results = null;
  history.answer = null;
}

function answerOf(history: History): AssistantPart[] {
  history.results = null;
  if (history.answer === null) {
    history.answer = [];
    history.messages.push({ role: 'assistant', content: history.answer });
  }
  return history.answer;
}

function resultsOf(history: History): UserPart[] {
  history.answer = null;
  if (history.results === null) {
    history.results = [];
    history.messages.push({ role: 'user', content: history.results });
  }
  return history.results;
}
