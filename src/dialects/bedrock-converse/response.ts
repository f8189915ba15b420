import {
  type AssistantPart,
  asArray,
  asObject,
  asString,
  isObject,
  type JsonObject,
  type NeutralResponse,
  omit,
  type StreamError,
  type Usage,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { citedSegments } from '../cited-text.ts';
import { compact } from '../compact.ts';
import type { CallerContext } from '../dialect.ts';
import { argumentsObject } from '../json-value.ts';
import { readCitations, writeCitation } from './citations.ts';
import { readException } from './errors.ts';
import { readFinish, writeFinish } from './finish.ts';
import { formatOf, mediaTypeOf } from './media-formats.ts';
import { citedText, opaque, readReasoning } from './read-parts.ts';
import { writeRedacted } from './redacted.ts';
import { readUsageField, writeUsageField } from './usage.ts';

const KNOWN: ReadonlySet<string> = new Set(['output', 'stopReason', 'usage', 'metrics']);

/** Reads a whole answer. It has neither id nor model of its own. */
export function readResponse(body: unknown): NeutralResponse | StreamError {
  if (!isObject(body))
    return { reason: 'malformed', message: 'Expected a Converse answer, but it is not a JSON object.' };
  const { message } = asObject(body.output);
  if (!isObject(message)) {
    if (typeof (body.message ?? body.Message) === 'string') return readException(asString(body.__type), body);
    return { reason: 'malformed', message: 'Expected a Converse answer, but it has no message.' };
  }
  const content = asArray(message.content).flatMap((block) => readBlock(asObject(block)));
  const hasCalls = content.some((part) => part.kind === 'tool-call');
  return compact<NeutralResponse>({
    id: '',
    model: '',
    choices: [{ index: 0, content, finish: readFinish(asString(body.stopReason), hasCalls) }],
    usage: readUsageField(body.usage),
    extra: omit(body, KNOWN),
  });
}

function readBlock(block: JsonObject): AssistantPart[] {
  if (typeof block.text === 'string') return [{ kind: 'text', text: block.text }];
  if (isObject(block.reasoningContent)) return [readReasoning(block.reasoningContent, block)];
  if (isObject(block.toolUse) && block.toolUse.type !== 'server_tool_use') {
    const { toolUseId, name, input } = block.toolUse;
    return [
      {
        kind: 'tool-call',
        id: asString(toolUseId) ?? '',
        name: asString(name) ?? '',
        arguments: JSON.stringify(isObject(input) ? input : {}),
      },
    ];
  }
  if (isObject(block.citationsContent)) {
    const text = citedText(block.citationsContent);
    const citations = readCitations(block.citationsContent.citations);
    return text === null ? [] : [{ kind: 'text', text, ...(citations.length === 0 ? {} : { citations }) }];
  }
  if (isObject(block.image)) {
    const mediaType = mediaTypeOf('image', asString(block.image.format));
    const data = asString(asObject(block.image.source).bytes);
    if (mediaType !== undefined && data !== undefined) {
      return [{ kind: 'image', source: { kind: 'base64', mediaType, data } }];
    }
  }
  const [type] = Object.keys(block);
  return type === undefined ? [] : [opaque(type, block)];
}

/** The usage of a whole answer. */
export function readUsage(body: JsonObject): Usage | undefined {
  return readUsageField(body.usage);
}

/** Writes a whole answer; of several the first is told. */
export function writeResponse(response: NeutralResponse, caller: CallerContext): JsonObject {
  const [choice] = response.choices;
  for (const { index } of response.choices.slice(1)) caller.lose?.(`choices[${index}]`);
  for (const what of response.unread ?? []) caller.lose?.(what);
  const content = (choice?.content ?? []).flatMap((part) => writeAnswerPart(part, caller.lose));
  return compact<JsonObject>({
    output: { message: { role: 'assistant', content } },
    stopReason: writeFinish(choice?.finish ?? { reason: 'other' }),
    usage: response.usage === undefined ? undefined : writeUsageField(response.usage),
    metrics: UNMEASURED,
  });
}

/** Clients read the field without looking for it; how long the provider took, another dialect does not tell. */
export const UNMEASURED: JsonObject = Object.freeze({ latencyMs: 0 });

/** One block of content; nothing for what the API has no block for. Pure. */
export function writeAnswerPart(part: AssistantPart, lose?: (what: string) => void): JsonObject[] {
  const written = blocksOf(part);
  if (written.length === 0) lose?.(nameOfPart(part));
  if (part.kind === 'text' && part.logprobs !== undefined) lose?.('logprobs');
  if (part.kind === 'tool-call' && part.signature !== undefined) lose?.('tool_call.signature');
  return written;
}

function blocksOf(part: AssistantPart): JsonObject[] {
  switch (part.kind) {
    case 'text':
      return citedSegments(part.text, part.citations ?? []).map(({ text, citations }) =>
        citations.length === 0
          ? { text }
          : { citationsContent: { content: [{ text }], citations: citations.map(writeCitation) } },
      );
    case 'refusal':
      return [{ text: part.text }];
    case 'tool-call':
      return [{ toolUse: { toolUseId: part.id, name: part.name, input: argumentsObject(part.arguments) ?? {} } }];
    case 'reasoning': {
      if (part.redacted !== undefined) {
        const bytes = writeRedacted(part.redacted);
        return bytes === null ? [] : [{ reasoningContent: { redactedContent: bytes } }];
      }
      const { text, signature } = part;
      return [{ reasoningContent: { reasoningText: compact<JsonObject>({ text, signature }) } }];
    }
    case 'image': {
      const { source } = part;
      const format = source.kind === 'base64' ? formatOf('image', source.mediaType) : undefined;
      return source.kind === 'base64' && format !== undefined
        ? [{ image: { format, source: { bytes: source.data } } }]
        : [];
    }
    case 'opaque':
      return part.dialect === 'bedrock-converse' && isObject(part.value) ? [part.value] : [];
    case 'audio':
      return [];
  }
}
