import {
  type AssistantPart,
  invalidField,
  type JsonObject,
  type Part,
  type ToolCallPart,
  type ToolResultPart,
  type UserPart,
} from '#core';
import { isForeignReasoning } from '../reasoning-origin.ts';
import { isThirdGeneration, type ModelFamily } from './model-family.ts';
import { NO_SIGNATURE } from './signature.ts';
import { parseArguments } from './tool-arguments.ts';
import { writeToolResult } from './tool-result.ts';
import { writeMedia } from './write-media.ts';

/** What writing one history needs: the target, the names of calls by id, and where losses are named. */
export interface PartWriting {
  readonly family: ModelFamily;
  readonly callNames: Map<string, string>;
  readonly lost: Set<string>;
}

/** Writes one part of a user message; none where it has no counterpart, which `lost` then names. */
export function writeUserPart(part: UserPart, path: string, writing: PartWriting): readonly JsonObject[] {
  noteDetail(part, path, writing.lost);
  switch (part.kind) {
    case 'text':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'tool-result':
      return writeResult(part, path, writing);
    case 'opaque':
      return writeOpaque(part, path, writing);
    default:
      return orLost(writeMedia(part), path, writing);
  }
}

/** Writes the parts of one assistant message. Throws `invalid_request` for arguments that are not a JSON object. */
export function writeModelParts(
  content: readonly AssistantPart[],
  path: string,
  writing: PartWriting,
): readonly JsonObject[] {
  const parts: JsonObject[] = [];
  let hasCall = false;
  for (const [at, part] of content.entries()) {
    if (part.kind === 'reasoning' && part.text === '' && part.redacted === undefined) {
      attachSignature(parts, part.signature);
      continue;
    }
    const isFirstCall = part.kind === 'tool-call' && !hasCall;
    if (isFirstCall) hasCall = true;
    parts.push(...writeModelPart(part, `${path}[${at}]`, isFirstCall, writing));
  }
  return parts;
}

function writeModelPart(
  part: AssistantPart,
  path: string,
  isFirstCall: boolean,
  writing: PartWriting,
): readonly JsonObject[] {
  noteDetail(part, path, writing.lost);
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? [] : [{ text: part.text }];
    case 'reasoning':
      // Another model's thoughts go whole: without their signature they would pass for Gemini's own.
      if (part.redacted !== undefined || isForeignReasoning(part.signature, 'google')) {
        writing.lost.add(`${path} (reasoning)`);
        return [];
      }
      return [{ text: part.text, thought: true, ...ownSignature(part.signature) }];
    case 'tool-call':
      return [writeCall(part, path, isFirstCall, writing)];
    case 'opaque':
      return writeOpaque(part, path, writing);
    default:
      return orLost(writeMedia(part), path, writing);
  }
}

function writeCall(part: ToolCallPart, path: string, isFirstCall: boolean, writing: PartWriting): JsonObject {
  const args = parseArguments(part.arguments);
  if (args === null) throw invalidField(`${path}.arguments`, 'expected a JSON object');
  writing.callNames.set(part.id, part.name);
  const own = ownSignature(part.signature);
  const isNeeded = isFirstCall && isThirdGeneration(writing.family) && own.thoughtSignature === undefined;
  return {
    functionCall: { ...idOf(part.id, writing.family), name: part.name, args },
    ...(isNeeded ? { thoughtSignature: NO_SIGNATURE } : own),
  };
}

/** Gemini 3 takes media inside a result; before it they follow the result as parts of their own. */
function writeResult(part: ToolResultPart, path: string, writing: PartWriting): readonly JsonObject[] {
  const name = writing.callNames.get(part.id) ?? part.name;
  if (name === undefined) writing.lost.add(`${path}.name`);
  const texts: string[] = [];
  const media: JsonObject[] = [];
  for (const [at, item] of part.content.entries()) {
    if (item.kind === 'text') texts.push(item.text);
    else if (item.kind === 'opaque') media.push(...writeOpaque(item, `${path}.content[${at}]`, writing));
    else if (item.kind === 'document' && item.source.kind === 'text') texts.push(item.source.text);
    else media.push(...orLost(writeMedia(item), `${path}.content[${at}]`, writing));
  }
  const isInside = isThirdGeneration(writing.family) && media.length > 0;
  const functionResponse = {
    ...idOf(part.id, writing.family),
    name: name ?? part.id,
    response: writeToolResult(texts.join('\n'), part.isError === true),
    ...(isInside ? { parts: media } : {}),
  };
  return isInside ? [{ functionResponse }] : [{ functionResponse }, ...media];
}

/** AI Studio pairs calls and results by id; Vertex AI pairs them by name and order. */
function idOf(id: string, family: ModelFamily): { readonly id?: string } {
  return family.isVertex ? {} : { id };
}

function attachSignature(parts: JsonObject[], signature: string | undefined): void {
  const own = ownSignature(signature);
  if (own.thoughtSignature === undefined) return;
  const last = parts.at(-1);
  const isFree = last !== undefined && last.thoughtSignature === undefined && last.functionCall === undefined;
  if (isFree && last.thought !== true) parts[parts.length - 1] = { ...last, ...own };
  else parts.push({ text: '', ...own });
}

function ownSignature(signature: string | undefined): { readonly thoughtSignature?: string } {
  return signature === undefined || isForeignReasoning(signature, 'google') ? {} : { thoughtSignature: signature };
}

function writeOpaque(part: Part & { kind: 'opaque' }, path: string, writing: PartWriting): readonly JsonObject[] {
  if (part.dialect === 'gemini') return [part.value as JsonObject];
  writing.lost.add(`${path} (${part.type})`);
  return [];
}

function orLost(written: JsonObject | null, path: string, writing: PartWriting): readonly JsonObject[] {
  if (written !== null) return [written];
  writing.lost.add(path);
  return [];
}

function noteDetail(part: Part, path: string, lost: Set<string>): void {
  if (part.kind === 'image' && part.detail !== undefined && part.detail !== 'auto') lost.add(`${path}.detail`);
}
