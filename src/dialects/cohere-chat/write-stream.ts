import type {
  AssistantPart,
  Citation,
  Finish,
  GatewayError,
  JsonObject,
  NeutralEvent,
  PartStart,
  TokenLogprob,
  Usage,
} from '#core';
import type { CallerContext, StreamWriter } from '../dialect.ts';
import { writeCitation } from './citations.ts';
import { writeError } from './errors.ts';
import { writeFinish } from './finish.ts';
import { writeLogprobs } from './logprobs.ts';
import { writeAnswerPart } from './response.ts';
import { writeUsageField } from './usage.ts';

interface Block {
  readonly kind: 'content' | 'tool-call';
  /** Its number among the blocks of its kind. */
  readonly at: number;
  readonly field: 'text' | 'thinking' | null;
  isEmpty: boolean;
  /** Citations wait until their text is whole: many stand for all of it. */
  readonly citations: Citation[];
  readonly pieces: string[];
}

/** Writes neutral events as Cohere's typed events; finish and usage stand on `message-end`. */
export function createStreamWriter(caller: CallerContext): StreamWriter {
  const blocks = new Map<number, Block>();
  let isStarted = false;
  let contents = 0;
  let calls = 0;
  let cited = 0;
  let finish: Finish = { reason: 'other' };
  let usage: Usage | undefined;

  function write(type: string, fields: JsonObject): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
  }

  function begin(id: string): string {
    if (isStarted) return '';
    isStarted = true;
    const message = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
    return write('message-start', { id, delta: { message } });
  }

  function push(event: NeutralEvent): string {
    // The API has one answer only.
    if ('choice' in event && event.choice !== 0) {
      caller.lose?.(`choices[${event.choice}]`);
      return '';
    }
    switch (event.kind) {
      case 'response-start':
        return begin(event.id || caller.requestId);
      case 'part-start':
        return begin(caller.requestId) + startPart(event.index, event.part);
      case 'text-delta':
        return addText(event.index, event.text, event.logprobs);
      case 'refusal-delta':
      case 'reasoning-delta':
        return addText(event.index, event.text);
      case 'citation': {
        const block = blocks.get(event.index);
        if (block === undefined) caller.lose?.('citations');
        else block.citations.push(event.citation);
        return '';
      }
      case 'unread':
        caller.lose?.(event.what);
        return '';
      case 'tool-arguments-delta':
        return addArguments(event.index, event.arguments);
      case 'part-end':
        return endPart(event.index);
      case 'finish':
        finish = event.finish;
        return '';
      case 'usage':
        usage = event.usage;
        return '';
      case 'response-end': {
        const figures = usage === undefined ? {} : { usage: writeUsageField(usage) };
        return (
          begin(caller.requestId) + write('message-end', { delta: { finish_reason: writeFinish(finish), ...figures } })
        );
      }
      case 'reasoning-signature':
        caller.lose?.('reasoning.signature');
        return '';
      case 'error':
        return '';
    }
  }

  function startPart(index: number, part: PartStart): string {
    if (part.kind === 'whole') return writeWhole(part.part);
    if (part.kind === 'tool-call') {
      const at = calls++;
      if (part.signature !== undefined) caller.lose?.('tool_call.signature');
      blocks.set(index, { kind: 'tool-call', at, field: null, isEmpty: true, citations: [], pieces: [] });
      const call = { id: part.id, type: 'function', function: { name: part.name, arguments: '' } };
      return write('tool-call-start', { index: at, delta: { message: { tool_calls: call } } });
    }
    const at = contents++;
    const field = part.kind === 'reasoning' ? 'thinking' : 'text';
    blocks.set(index, { kind: 'content', at, field, isEmpty: true, citations: [], pieces: [] });
    return write('content-start', { index: at, delta: { message: { content: { type: field, [field]: '' } } } });
  }

  function writeWhole(part: AssistantPart): string {
    const [content] = writeAnswerPart(part, caller.lose);
    if (content === undefined) return '';
    const at = contents++;
    return write('content-start', { index: at, delta: { message: { content } } }) + write('content-end', { index: at });
  }

  function addText(index: number, text: string, logprobs?: readonly TokenLogprob[]): string {
    const block = blocks.get(index);
    if (block?.field == null || (text === '' && logprobs === undefined)) return '';
    block.pieces.push(text);
    if (logprobs?.some(({ top }) => top !== undefined)) caller.lose?.('top_logprobs');
    const facts = logprobs === undefined ? {} : { logprobs: writeLogprobs(logprobs) };
    const delta = { message: { content: { [block.field]: text } } };
    return write('content-delta', { index: block.at, delta, ...facts });
  }

  function cite({ citations, at, pieces }: Block): string {
    if (citations.length === 0) return '';
    const characters = [...pieces.join('')];
    return citations
      .flatMap((citation) => writeCitation(citation, at, characters) ?? [])
      .map((citation) => {
        const index = cited++;
        return (
          write('citation-start', { index, delta: { message: { citations: citation } } }) +
          write('citation-end', { index })
        );
      })
      .join('');
  }

  function addArguments(index: number, text: string): string {
    const block = blocks.get(index);
    if (block === undefined || text === '') return '';
    block.isEmpty = false;
    return write('tool-call-delta', {
      index: block.at,
      delta: { message: { tool_calls: { function: { arguments: text } } } },
    });
  }

  function endPart(index: number): string {
    const block = blocks.get(index);
    if (block === undefined) return '';
    if (block.kind === 'content') {
      blocks.delete(index);
      return cite(block) + write('content-end', { index: block.at });
    }
    const rest = block.isEmpty ? addArguments(index, '{}') : '';
    return rest + write('tool-call-end', { index: block.at });
  }

  /** The API tells of an error in the stream's last event. */
  function error(failure: GatewayError, requestId: string): string {
    const delta = { finish_reason: 'ERROR', error: failure.message };
    return begin(requestId) + write('message-end', { delta, error: writeError(failure, requestId) });
  }

  return { push, error };
}
