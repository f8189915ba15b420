import { isObject, type JsonObject, type TextPart } from '#core';

/** The words under which clients put a result that is not an object; Google reads `output` and `error` (FunctionResponse.response). */
const WRAPPERS = new Set(['result', 'output', 'error']);

/**
 * The text of a tool result as a `response` object: a JSON object as it is, anything else under `result`; an error under
 * `error`. An object whose only key is a wrapper is wrapped again, so that it reads back as what it was. Pure.
 */
export function writeToolResult(text: string, isError: boolean): JsonObject {
  const object = parseObject(text);
  if (isError) return { error: object ?? text };
  return object === null || isWrapper(object) ? { result: text } : object;
}

/** A `response` object as text, and whether it tells of an error. Pure. */
export function readToolResult(response: JsonObject): {
  readonly content: readonly TextPart[];
  readonly isError: boolean;
} {
  const [value] = isWrapper(response) ? Object.values(response) : [response];
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return { content: [{ kind: 'text', text }], isError: isWrapper(response) && 'error' in response };
}

function isWrapper(object: JsonObject): boolean {
  const keys = Object.keys(object);
  return keys.length === 1 && WRAPPERS.has(keys[0] ?? '');
}

function parseObject(text: string): JsonObject | null {
  if (!/^\s*\{/.test(text)) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
