import type {
  AssistantPart,
  Citation,
  Finish,
  GatewayError,
  JsonObject,
  NeutralEvent,
  PartStart,
  TextPart,
  TokenLogprob,
  Usage,
} from '#core';
import type { CallerContext, StreamWriter } from '../dialect.ts';
import { writeError } from '../openai-errors.ts';
import { writeTokens } from '../openai-logprobs.ts';
import { writeFinish } from './finish.ts';
import { ownReasoningId, writeAnnotations, writeContent, writeOutputItem } from './output-items.ts';
import { itemId, responseId, writeHead } from './response.ts';
import { writeUsageField } from './usage.ts';

/** A block that is being written: the protocol repeats its text whole when it ends. */
interface Block {
  readonly start: Exclude<PartStart, { kind: 'whole' }>;
  /** The position of its item in the output. */
  readonly at: number;
  readonly id: string;
  readonly pieces: string[];
  signature: string | undefined;
  readonly citations: Citation[];
  readonly logprobs: TokenLogprob[];
}

/**
 * Writes neutral events as the events of a response: every block is an item of its own. What each item said is kept
 * until the end, since the events that close items, parts and the response repeat it and clients read it from there.
 */
export function createStreamWriter(caller: CallerContext): StreamWriter {
  const blocks = new Map<number, Block>();
  const output: (JsonObject | undefined)[] = [];
  let head: JsonObject = writeHead({ id: responseId('', caller), model: '' }, caller);
  let id = responseId('', caller);
  let sequence = 0;
  let isStarted = false;
  let finish: Finish = { reason: 'other' };
  let usage: Usage | undefined;
  let hasRefusal = false;

  function write(type: string, fields: JsonObject): string {
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence++, ...fields })}\n\n`;
  }

  function begin(): string {
    if (isStarted) return '';
    isStarted = true;
    const response = { ...head, status: 'in_progress', incomplete_details: null, output: [] };
    return write('response.created', { response }) + write('response.in_progress', { response });
  }

  function push(event: NeutralEvent): string {
    // The API has one answer only.
    if ('choice' in event && event.choice !== 0) {
      caller.lose?.(`choices[${event.choice}]`);
      return '';
    }
    switch (event.kind) {
      case 'response-start':
        id = responseId(event.id, caller);
        head = writeHead({ ...event, id }, caller);
        return begin();
      case 'part-start':
        return begin() + startPart(event.index, event.part);
      case 'text-delta':
        return addText(event.index, event.text, event.logprobs);
      case 'refusal-delta':
      case 'reasoning-delta':
        return addText(event.index, event.text);
      case 'citation': {
        // Sources wait until their text is whole: many stand for all of it.
        const block = blocks.get(event.index);
        if (block === undefined) caller.lose?.('citations');
        else block.citations.push(event.citation);
        return '';
      }
      case 'unread':
        caller.lose?.(event.what);
        return '';
      case 'tool-arguments-delta':
        return addText(event.index, event.arguments);
      case 'reasoning-signature': {
        const block = blocks.get(event.index);
        if (block !== undefined) block.signature = event.signature;
        return '';
      }
      case 'part-end':
        return endPart(event.index);
      case 'finish':
        finish = event.finish;
        return '';
      case 'usage':
        usage = event.usage;
        return '';
      case 'response-end':
        return begin() + complete();
      case 'error':
        return '';
    }
  }

  function startPart(index: number, part: PartStart): string {
    const at = output.length;
    const own = itemId(id, at);
    if (part.kind === 'whole') {
      const item = writeOutputItem(part.part, own, caller.lose);
      if (item === null) return '';
      output.push(item);
      const place = { output_index: at, item };
      return write('response.output_item.added', place) + write('response.output_item.done', place);
    }
    if (part.kind === 'refusal') hasRefusal = true;
    output.push(undefined);
    const block: Block = { start: part, at, id: own, pieces: [], signature: undefined, citations: [], logprobs: [] };
    blocks.set(index, block);
    return openItem(block);
  }

  function openItem({ start, at, id: own }: Block): string {
    switch (start.kind) {
      case 'text':
      case 'refusal': {
        const item = { id: `msg_${own}`, type: 'message', status: 'in_progress', role: 'assistant', content: [] };
        const part = writeContent({ kind: start.kind, text: '' });
        return (
          write('response.output_item.added', { output_index: at, item }) +
          write('response.content_part.added', { item_id: item.id, output_index: at, content_index: 0, part })
        );
      }
      case 'reasoning': {
        const item = { id: start.id ?? ownReasoningId(own), type: 'reasoning', summary: [] };
        const part = { type: 'summary_text', text: '' };
        return (
          write('response.output_item.added', { output_index: at, item }) +
          write('response.reasoning_summary_part.added', { item_id: item.id, output_index: at, summary_index: 0, part })
        );
      }
      case 'tool-call': {
        const call = { call_id: start.id, name: start.name, arguments: '' };
        const item = { id: `fc_${own}`, type: 'function_call', status: 'in_progress', ...call };
        return write('response.output_item.added', { output_index: at, item });
      }
    }
  }

  function addText(index: number, delta: string, logprobs: readonly TokenLogprob[] = []): string {
    const block = blocks.get(index);
    if (block === undefined || (delta === '' && logprobs.length === 0)) return '';
    block.pieces.push(delta);
    block.logprobs.push(...logprobs);
    const place = { item_id: idOf(block), output_index: block.at };
    switch (block.start.kind) {
      case 'text':
        return write('response.output_text.delta', {
          ...place,
          content_index: 0,
          delta,
          logprobs: writeTokens(logprobs),
        });
      case 'refusal':
        return write('response.refusal.delta', { ...place, content_index: 0, delta });
      case 'reasoning':
        return write('response.reasoning_summary_text.delta', { ...place, summary_index: 0, delta });
      case 'tool-call':
        return write('response.function_call_arguments.delta', { ...place, delta });
    }
  }

  function endPart(index: number): string {
    const block = blocks.get(index);
    if (block === undefined) return '';
    blocks.delete(index);
    const part = partOf(block);
    const item = writeOutputItem(part, block.id, part.kind === 'text' ? undefined : caller.lose);
    output[block.at] = item ?? undefined;
    return endContent(block, part) + write('response.output_item.done', { output_index: block.at, item });
  }

  function endContent(block: Block, part: AssistantPart): string {
    const place = { item_id: idOf(block), output_index: block.at };
    switch (part.kind) {
      case 'text':
        return (
          annotate(part, place) +
          write('response.output_text.done', {
            ...place,
            content_index: 0,
            text: part.text,
            logprobs: writeTokens(part.logprobs ?? []),
          }) +
          write('response.content_part.done', { ...place, content_index: 0, part: writeContent(part) })
        );
      case 'refusal':
        return (
          write('response.refusal.done', { ...place, content_index: 0, refusal: part.text }) +
          write('response.content_part.done', { ...place, content_index: 0, part: writeContent(part) })
        );
      case 'reasoning': {
        const { text } = part;
        return (
          write('response.reasoning_summary_text.done', { ...place, summary_index: 0, text }) +
          write('response.reasoning_summary_part.done', {
            ...place,
            summary_index: 0,
            part: { type: 'summary_text', text },
          })
        );
      }
      case 'tool-call': {
        const { name, arguments: text } = part;
        return write('response.function_call_arguments.done', { ...place, name, arguments: text || '{}' });
      }
      default:
        return '';
    }
  }

  function annotate(part: TextPart, place: JsonObject): string {
    return writeAnnotations(part, caller.lose)
      .map((annotation, at) =>
        write('response.output_text.annotation.added', {
          ...place,
          content_index: 0,
          annotation_index: at,
          annotation,
        }),
      )
      .join('');
  }

  function complete(): string {
    const items = output.filter((item) => item !== undefined);
    const outcome = writeFinish(finish, hasRefusal);
    const response = {
      ...head,
      ...outcome,
      output: items,
      ...(usage === undefined ? {} : { usage: writeUsageField(usage) }),
    };
    return write(`response.${outcome.status}`, { response });
  }

  /** The API's own error event, with the error in the form of its other answers beside it: some clients read one, some the other. */
  function error(failure: GatewayError, requestId: string): string {
    const { message, code, field } = failure;
    return begin() + write('error', { code, message, param: field ?? null, ...writeError(failure, requestId) });
  }

  return { push, error };
}

function idOf({ start, id }: Block): string {
  if (start.kind === 'tool-call') return `fc_${id}`;
  return start.kind === 'reasoning' ? (start.id ?? ownReasoningId(id)) : `msg_${id}`;
}

function partOf({ start, pieces, signature, citations, logprobs }: Block): AssistantPart {
  const text = pieces.join('');
  switch (start.kind) {
    case 'tool-call':
      return { ...start, arguments: text };
    case 'reasoning':
      return { ...start, text, ...(signature === undefined ? {} : { signature }) };
    case 'text':
      return {
        kind: 'text',
        text,
        ...(citations.length === 0 ? {} : { citations }),
        ...(logprobs.length === 0 ? {} : { logprobs }),
      };
    default:
      return { kind: start.kind, text };
  }
}
