import type { AssistantPart, JsonObject, ToolCallPart } from '#core';
import { parseArguments } from './tool-arguments.ts';
import { writeMedia } from './write-media.ts';

/** Under which key arguments go out that are not a JSON object, since `args` must be one. */
const RAW_ARGUMENTS = '_raw_arguments';

/** Writes a function call; arguments that are not a JSON object stand as text under `_raw_arguments`. Pure. */
export function writeCallPart(part: Omit<ToolCallPart, 'kind'>): JsonObject {
  const args = parseArguments(part.arguments) ?? { [RAW_ARGUMENTS]: part.arguments };
  const functionCall = { id: part.id, name: part.name, args };
  return part.signature === undefined ? { functionCall } : { functionCall, thoughtSignature: part.signature };
}

/** Writes a part that arrived whole; null where Gemini has no such part (redacted thoughts, other dialects' parts). Pure. */
export function writeWholePart(part: AssistantPart): JsonObject | null {
  switch (part.kind) {
    case 'image':
    case 'audio':
      return writeMedia(part);
    case 'opaque':
      return part.dialect === 'gemini' ? (part.value as JsonObject) : null;
    case 'tool-call':
      return writeCallPart(part);
    case 'reasoning':
      return part.redacted === undefined ? { text: part.text, thought: true } : null;
    default:
      return { text: part.text };
  }
}
