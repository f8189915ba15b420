import { isObject, type JsonObject, parseJson } from '#core';

/** What is done with the texts of a value: returns the text that takes its place. */
export interface TextVisitor {
  /** Words, of whoever. */
  readonly text: (text: string) => string;
  /** Names that others refer to, such as a tool’s: they can be looked at, but not changed. */
  readonly name: (text: string) => void;
}

/**
 * Fields that hold no words in any dialect: kinds, ids that only link parts, signatures and sealed data that a change would break.
 * Only in the frame of a request; in the values of a tool’s arguments or result every field counts.
 */
const STRUCTURE: ReadonlySet<string> = new Set([
  ...['role', 'type', 'model', 'object', 'status', 'detail', 'format', 'finish_reason', 'stop_reason', 'cache_control'],
  ...['id', 'tool_call_id', 'call_id', 'tool_use_id', 'item_id', 'file_id', 'fileId', 'previous_response_id'],
  ...['signature', 'thoughtSignature', 'thought_signature', 'encrypted_content', 'stream_options', 'service_tier'],
  // Bedrock's Converse.
  ...['toolUseId', 'redactedContent', 'stopReason', 'ttl', 'guardrailIdentifier', 'guardrailVersion'],
  ...['media_type', 'mimeType', 'mime_type', 'reasoning_effort', 'response_mime_type', 'responseMimeType'],
]);
const NAMES: ReadonlySet<string> = new Set(['name', 'tool_name', 'allowedFunctionNames', 'allowed_function_names']);
/** Values that are a tool’s own: nothing of them is frame. */
const FREE: ReadonlySet<string> = new Set([
  'arguments',
  'input',
  'args',
  'response',
  'metadata',
  'document',
  'documents',
  // A tool's result at Bedrock; a schema's `json` is frame.
  'json',
]);
/** Of these `input` is the prompt itself or a list of its items, whose frame is one. */
const MEDIA: readonly string[] = ['media_type', 'mimeType', 'mime_type', 'format'];

/** Visits every text in the body of a request, in whatever dialect; what has not changed stays the same value. */
export function mapBody(body: JsonObject, visit: TextVisitor): JsonObject {
  return mapFrame(body, visit, true) as JsonObject;
}

/** Visits every string, key and long number of a value that is all words, such as arguments. */
export function mapFree(value: unknown, visit: TextVisitor): unknown {
  if (typeof value === 'string') return isBinary(value) ? value : visit.text(value);
  if (typeof value === 'number') return mapNumber(value, visit);
  if (Array.isArray(value)) return mapList(value, (item) => mapFree(item, visit));
  if (!isObject(value)) return value;
  let changed: [string, unknown][] | null = null;
  const entries = Object.entries(value);
  for (const [index, [key, item]] of entries.entries()) {
    const newKey = visit.text(key);
    const newItem = mapFree(item, visit);
    if (newKey === key && newItem === item) continue;
    changed ??= [...entries];
    changed[index] = [newKey, newItem];
  }
  return changed === null ? value : Object.fromEntries(changed);
}

/** JSON text whose strings are checked decoded, and encoded again when one changed; as plain text where it is no JSON. */
export function mapJsonText(text: string, visit: TextVisitor): string {
  const value = parseJson(text);
  if (value === undefined) return visit.text(text);
  const mapped = mapFree(value, visit);
  return mapped === value ? text : JSON.stringify(mapped);
}

function mapFrame(value: unknown, visit: TextVisitor, isTop: boolean): unknown {
  if (typeof value === 'string') return mapWords(value, visit);
  if (Array.isArray(value)) return mapList(value, (item) => mapFrame(item, visit, false));
  if (!isObject(value)) return value;
  const isMedia = MEDIA.some((key) => typeof value[key] === 'string');
  const isSealed = value.type === 'redacted_thinking' || value.type === 'reasoning.encrypted';
  let changed: Record<string, unknown> | null = null;
  for (const key of Object.keys(value)) {
    const item = value[key];
    if ((key === 'data' && (isMedia || isSealed)) || (key === 'bytes' && typeof item === 'string')) continue;
    const mapped = mapField(key, item, visit, isTop);
    if (mapped === item) continue;
    changed ??= { ...value };
    Object.defineProperty(changed, key, { value: mapped, enumerable: true, writable: true, configurable: true });
  }
  return changed ?? value;
}

function mapField(key: string, item: unknown, visit: TextVisitor, isTop: boolean): unknown {
  if (STRUCTURE.has(key) && !isObject(item) && !Array.isArray(item)) return item;
  if (NAMES.has(key)) {
    for (const name of [item].flat()) if (typeof name === 'string') visit.name(name);
    return item;
  }
  if (key === 'arguments' && typeof item === 'string') return mapJsonText(item, visit);
  if (key === 'inputSchema' && isObject(item)) return mapSchema(item, visit);
  // A file at Bedrock, whose `source` holds its bytes; elsewhere a document's fields are all words.
  if (key === 'document' && isObject(item) && isObject(item.source)) return mapFrame(item, visit, false);
  // The `input` of Responses and embeddings is the prompt; that of a tool call is the tool's.
  if (FREE.has(key) && !(key === 'input' && isTop) && (isObject(item) || key === 'metadata'))
    return mapFree(item, visit);
  return mapFrame(item, visit, false);
}

/** Bedrock wraps a tool's schema in `json`. */
function mapSchema(item: JsonObject, visit: TextVisitor): JsonObject {
  const json = mapFrame(item.json, visit, false);
  return json === item.json ? item : { ...item, json };
}

/** Results of tools are often JSON with every letter beyond ASCII escaped: its words are read decoded. */
function mapWords(text: string, visit: TextVisitor): string {
  if (isBinary(text)) return text;
  const isEscaped = /^\s*[{[]/.test(text) && text.includes('\\');
  return isEscaped ? mapJsonText(text, visit) : visit.text(text);
}

function mapNumber(value: number, visit: TextVisitor): unknown {
  if (!Number.isInteger(value) || Math.abs(value) < 1e6) return value;
  const text = String(value);
  const mapped = visit.text(text);
  return mapped === text ? value : mapped;
}

function mapList(list: readonly unknown[], map: (item: unknown) => unknown): readonly unknown[] {
  let changed: unknown[] | null = null;
  for (const [index, item] of list.entries()) {
    const mapped = map(item);
    if (mapped === item) continue;
    changed ??= [...list];
    changed[index] = mapped;
  }
  return changed ?? list;
}

/** Bytes in a data URL hold no words. */
function isBinary(text: string): boolean {
  return text.startsWith('data:') && text.slice(0, 200).includes(';base64,');
}
