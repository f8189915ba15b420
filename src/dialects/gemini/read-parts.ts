import {
  type AssistantPart,
  invalidField,
  type JsonObject,
  type OpaquePart,
  type ToolCallPart,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { compact } from '../compact.ts';
import type { CallIds } from './call-ids.ts';
import { booleanAt, objectAt, objectsAt, stringAt } from './fields.ts';
import { partType } from './part-type.ts';
import { readMedia } from './read-media.ts';
import { readToolResult } from './tool-result.ts';

/** Reads one part of a user turn. Throws `invalid_request`. Pure but for the ids. */
export function readUserPart(part: JsonObject, path: string, ids: CallIds): UserPart {
  const text = stringAt(part, 'text', path);
  if (text !== undefined) return { kind: 'text', text };
  const result = objectAt(part, 'functionResponse', path);
  if (result !== undefined) return readFunctionResponse(result, `${path}.functionResponse`, ids);
  if (objectAt(part, 'functionCall', path) !== undefined) {
    throw invalidField(`${path}.functionCall`, 'expected a function call in a turn of role model only');
  }
  return readMedia(part, path) ?? opaquePart(part, path);
}

/**
 * Reads one part of a model turn. A signature on anything but thoughts and calls follows as a reasoning part without
 * text, which is written back onto the part before it. Throws `invalid_request`. Pure but for the ids.
 */
export function readModelPart(part: JsonObject, path: string, ids: CallIds): readonly AssistantPart[] {
  const signature = stringAt(part, 'thoughtSignature', path);
  const text = stringAt(part, 'text', path);
  const call = objectAt(part, 'functionCall', path);
  if (call !== undefined) return [readFunctionCall(call, `${path}.functionCall`, signature, ids)];
  if (text !== undefined && booleanAt(part, 'thought', path) === true) {
    return [compact<AssistantPart & { kind: 'reasoning' }>({ kind: 'reasoning', text, signature })];
  }
  if (text !== undefined) {
    return [...(text === '' ? [] : [{ kind: 'text' as const, text }]), ...signaturePart(signature)];
  }
  const media = readMedia(part, path);
  // Some models send the signature of a hidden thought alone.
  if (media === undefined && partType(part) === undefined) return signaturePart(signature);
  if (media === undefined) return [opaquePart(part, path)];
  if (media.kind === 'image' || media.kind === 'audio') return [media, ...signaturePart(signature)];
  return [opaquePart(part, path)];
}

function signaturePart(signature: string | undefined): readonly AssistantPart[] {
  return signature === undefined ? [] : [{ kind: 'reasoning', text: '', signature }];
}

function readFunctionCall(call: JsonObject, path: string, signature: string | undefined, ids: CallIds): ToolCallPart {
  const name = stringAt(call, 'name', path);
  if (!name) throw invalidField(`${path}.name`, 'expected the name of a function');
  return compact<ToolCallPart>({
    kind: 'tool-call',
    id: ids.call(name, stringAt(call, 'id', path)),
    name,
    arguments: JSON.stringify(objectAt(call, 'args', path) ?? {}),
    signature,
  });
}

function readFunctionResponse(result: JsonObject, path: string, ids: CallIds): ToolResultPart {
  const name = stringAt(result, 'name', path);
  const id = ids.answer(name, stringAt(result, 'id', path));
  const { content, isError } = readToolResult(objectAt(result, 'response', path) ?? {});
  const media = (objectsAt(result, 'parts', path) ?? []).map((part, at) =>
    readResultMedia(part, `${path}.parts[${at}]`),
  );
  return compact<ToolResultPart>({
    kind: 'tool-result',
    id,
    name,
    content: [...content, ...media],
    isError: isError ? true : undefined,
  });
}

function readResultMedia(part: JsonObject, path: string): ToolResultPart['content'][number] {
  const media = readMedia(part, path);
  return media === undefined || media.kind === 'audio' ? opaquePart(part, path) : media;
}

function opaquePart(part: JsonObject, path: string): OpaquePart {
  const type = partType(part);
  if (type === undefined) {
    throw invalidField(path, 'expected text, inlineData, fileData, functionCall or functionResponse');
  }
  return { kind: 'opaque', dialect: 'gemini', type, value: part };
}
