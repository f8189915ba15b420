import { invalidField, isObject, type JsonObject, type Message, type TextPart } from '#core';
import { createCallIds } from './call-ids.ts';
import { objectsAt, stringAt } from './fields.ts';
import { readModelPart, readUserPart } from './read-parts.ts';
import { keyOf } from './spelling.ts';

/** Reads `contents` into messages, in order; the legacy role `function` is a user's. Throws `invalid_request`. Pure. */
export function readContents(body: JsonObject): readonly Message[] {
  const contents = objectsAt(body, 'contents', '');
  if (contents === undefined) throw invalidField('contents', 'expected a list of turns, each {role, parts}');
  const ids = createCallIds();
  return contents.map((content, at) => readTurn(content, `contents[${at}]`));

  function readTurn(content: JsonObject, path: string): Message {
    const role = stringAt(content, 'role', path) || 'user';
    const parts = objectsAt(content, 'parts', path) ?? [];
    if (role === 'model') {
      const read = parts.flatMap((part, at) => readModelPart(part, `${path}.parts[${at}]`, ids));
      return { role: 'assistant', content: read };
    }
    if (role !== 'user' && role !== 'function') {
      throw invalidField(`${path}.role`, 'expected user or model');
    }
    return { role: 'user', content: parts.map((part, at) => readUserPart(part, `${path}.parts[${at}]`, ids)) };
  }
}

/** Reads `systemInstruction`, all its parts, as one system message; a plain string is taken too. Throws `invalid_request`. Pure. */
export function readSystem(body: JsonObject): readonly Message[] {
  const key = keyOf(body, 'systemInstruction', '');
  const value = body[key] ?? undefined;
  if (value === undefined) return [];
  if (typeof value === 'string') return [{ role: 'system', content: [{ kind: 'text', text: value }] }];
  if (!isObject(value)) throw invalidField(key, 'expected an object with parts');
  const content = (objectsAt(value, 'parts', key) ?? []).map((part, at): TextPart => {
    const path = `${key}.parts[${at}]`;
    const text = stringAt(part, 'text', path);
    if (text === undefined) throw invalidField(path, 'expected a text part');
    return { kind: 'text', text };
  });
  return content.length === 0 ? [] : [{ role: 'system', content }];
}
