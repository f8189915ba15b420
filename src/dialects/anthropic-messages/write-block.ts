import { type AssistantPart, isObject, type JsonObject, type TextPart } from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { citedSegments } from '../cited-text.ts';
import { argumentsObject } from '../json-value.ts';
import { writeCitation } from './citations.ts';

type Lose = ((what: string) => void) | undefined;

/**
 * Writes one part of an answer as a content block; null where nothing can stand for it. Thoughts of other providers
 * carry an empty signature, by which they are known when they come back; a tool call's signature stands beside it, for
 * the provider that must see it again. Arguments that are no JSON object (cut off, as a rule) stay readable under
 * `raw_arguments`, since `input` must be an object and an empty one could be acted upon. Pure but for `lose`.
 */
export function writeBlock(part: AssistantPart, lose?: Lose): JsonObject | null {
  const written = blockOf(part);
  const isEmpty = (part.kind === 'text' || part.kind === 'refusal') && part.text === '';
  if (written === null && !isEmpty) lose?.(nameOfPart(part));
  return written;
}

function blockOf(part: AssistantPart): JsonObject | null {
  switch (part.kind) {
    case 'text':
    case 'refusal':
      return part.text === '' ? null : { type: 'text', text: part.text };
    case 'reasoning':
      if (part.redacted !== undefined) return { type: 'redacted_thinking', data: part.redacted };
      return { type: 'thinking', thinking: part.text, signature: part.signature ?? '' };
    case 'tool-call': {
      const input = argumentsObject(part.arguments) ?? { raw_arguments: part.arguments };
      const signature = part.signature === undefined ? {} : { signature: part.signature };
      return { type: 'tool_use', id: part.id, name: part.name, input, ...signature };
    }
    case 'image':
    case 'audio': {
      // The API's answers have neither; clients that look find them in the form of its requests.
      const { source } = part;
      if (source.kind === 'base64') {
        return { type: part.kind, source: { type: 'base64', media_type: source.mediaType, data: source.data } };
      }
      return source.kind === 'url' ? { type: part.kind, source: { type: 'url', url: source.url } } : null;
    }
    case 'opaque':
      return part.dialect === 'anthropic-messages' && isObject(part.value) ? part.value : null;
  }
}

/** Writes a text as blocks, cut where its citations begin and end: this API ties them to a block. Pure but for `lose`. */
export function writeText(part: TextPart, lose?: Lose): JsonObject[] {
  if (part.logprobs !== undefined) lose?.('logprobs');
  if (part.text === '') return [];
  return citedSegments(part.text, part.citations ?? []).map(({ text, citations }) => {
    const written = citations.flatMap((citation) => {
      const value = writeCitation(citation);
      if (value === null) lose?.(`citations (${citation.source.kind})`);
      return value ?? [];
    });
    return written.length === 0 ? { type: 'text', text } : { type: 'text', text, citations: written };
  });
}
