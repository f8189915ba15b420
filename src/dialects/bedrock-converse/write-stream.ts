import type {
  AssistantPart,
  Citation,
  GatewayError,
  JsonObject,
  NeutralEvent,
  OpaquePart,
  PartStart,
  Usage,
} from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { encodeAwsMessage } from '../aws-frames.ts';
import type { CallerContext, StreamWriter } from '../dialect.ts';
import { writeCitation } from './citations.ts';
import { streamExceptionOf, writeError } from './errors.ts';
import { writeFinish } from './finish.ts';
import { writeRedacted } from './redacted.ts';
import { UNMEASURED } from './response.ts';
import { writeUsageField } from './usage.ts';

/** Writes neutral events as frames of ConverseStream, one character a byte; usage stands on `metadata`, the last event. */
export function createStreamWriter(caller: CallerContext): StreamWriter {
  let isStarted = false;
  let usage: Usage | undefined;
  const calls = new Set<number>();
  const filled = new Set<number>();
  const ended = new Set<number>();

  function begin(): string {
    if (isStarted) return '';
    isStarted = true;
    return frame('messageStart', { role: 'assistant' });
  }

  function push(event: NeutralEvent): string {
    // The API has one answer only.
    if ('choice' in event && event.choice !== 0) {
      caller.lose?.(`choices[${event.choice}]`);
      return '';
    }
    switch (event.kind) {
      case 'response-start':
        return begin();
      case 'part-start':
        return begin() + startPart(event.index, event.part);
      case 'text-delta':
      case 'refusal-delta':
        if ('logprobs' in event) caller.lose?.('logprobs');
        return delta(event.index, { text: event.text });
      case 'citation':
        return cite(event.index, event.citation);
      case 'unread':
        caller.lose?.(event.what);
        return '';
      case 'reasoning-delta':
        return delta(event.index, { reasoningContent: { text: event.text } });
      case 'reasoning-signature':
        return delta(event.index, { reasoningContent: { signature: event.signature } });
      case 'tool-arguments-delta':
        filled.add(event.index);
        return delta(event.index, { toolUse: { input: event.arguments } });
      case 'part-end':
        return endPart(event.index);
      case 'finish':
        return begin() + frame('messageStop', { stopReason: writeFinish(event.finish) });
      case 'usage':
        usage = event.usage;
        return '';
      case 'response-end':
        return frame('metadata', {
          ...(usage === undefined ? {} : { usage: writeUsageField(usage) }),
          metrics: UNMEASURED,
        });
      case 'error':
        return '';
    }
  }

  /** A citation stands for its block: narrower words are cut out only where the answer is known whole. */
  function cite(index: number, citation: Citation): string {
    if (ended.has(index)) {
      caller.lose?.('citations');
      return '';
    }
    if (citation.start !== undefined) caller.lose?.('citations (range)');
    return delta(index, { citation: writeCitation(citation) });
  }

  function startPart(index: number, part: PartStart): string {
    if (part.kind === 'whole') return writeWhole(index, part.part);
    if (part.kind !== 'tool-call') return '';
    calls.add(index);
    if (part.signature !== undefined) caller.lose?.('tool_call.signature');
    return frame('contentBlockStart', {
      start: { toolUse: { toolUseId: part.id, name: part.name } },
      contentBlockIndex: index,
    });
  }

  function writeWhole(index: number, part: AssistantPart | OpaquePart): string {
    const redacted = part.kind === 'reasoning' && part.redacted !== undefined ? writeRedacted(part.redacted) : null;
    if (redacted === null) caller.lose?.(nameOfPart(part));
    return redacted === null ? '' : delta(index, { reasoningContent: { redactedContent: redacted } });
  }

  function endPart(index: number): string {
    ended.add(index);
    // A call without arguments has an empty object, which clients parse.
    const rest = calls.has(index) && !filled.has(index) ? delta(index, { toolUse: { input: '{}' } }) : '';
    return rest + frame('contentBlockStop', { contentBlockIndex: index });
  }

  function error(failure: GatewayError, requestId: string): string {
    return write(
      { ':message-type': 'exception', ':exception-type': streamExceptionOf(failure.status) },
      writeError(failure, requestId),
    );
  }

  return { push, error };
}

function delta(contentBlockIndex: number, content: JsonObject): string {
  return frame('contentBlockDelta', { delta: content, contentBlockIndex });
}

function frame(type: string, body: JsonObject): string {
  return write({ ':message-type': 'event', ':event-type': type }, body);
}

function write(headers: Readonly<Record<string, string>>, body: JsonObject): string {
  const payload = new TextEncoder().encode(JSON.stringify(body));
  const bytes = encodeAwsMessage({ headers: { ...headers, ':content-type': 'application/json' }, payload });
  let text = '';
  for (let at = 0; at < bytes.length; at += CHUNK) text += String.fromCharCode(...bytes.subarray(at, at + CHUNK));
  return text;
}

// Arguments of one call stand on the stack.
const CHUNK = 8192;
