import type { AssistantPart, Citation, GatewayError, JsonObject, NeutralEvent, OpaquePart } from '#core';
import { nameOfPart } from '../answer-losses.ts';
import { characterCount, rangeOf } from '../cited-text.ts';
import type { CallerContext, StreamWriter } from '../dialect.ts';
import { writeError } from '../openai-errors.ts';
import { writeTokens } from '../openai-logprobs.ts';
import { writeUsageField } from '../openai-usage.ts';
import { writeAnnotation } from './citations.ts';
import { writeFinish } from './finish.ts';
import { isWritten, writeImage } from './response.ts';

interface ChoiceState {
  /** The position of each tool call among the calls, by the block's index. */
  readonly calls: Map<number, number>;
  /** Calls that have no arguments yet; a call that ends so gets `{}`, as clients parse them. */
  readonly empty: Set<number>;
  hasRefusal: boolean;
  /** Where each text block begins in the whole content, and how long it is, in characters. */
  readonly texts: Map<number, { readonly start: number; length: number }>;
  /** Citations wait until their text is whole: many stand for all of it. */
  readonly citations: { readonly index: number; readonly citation: Citation }[];
  length: number;
}

/**
 * Writes neutral events as chat completion chunks: a first chunk with the role for every choice, `finish_reason` on a
 * chunk of its own, usage only where the caller asked, as a last chunk without choices, then `[DONE]`.
 */
export function createStreamWriter(caller: CallerContext): StreamWriter {
  const choices = new Map<number, ChoiceState>();
  const legacy = caller.legacyFunctions === true;
  let head: JsonObject = headOf('', '', undefined, caller);

  function write(fields: JsonObject): string {
    const usage = caller.streamUsage && fields.usage === undefined ? { usage: null } : {};
    return `data: ${JSON.stringify({ ...head, ...fields, ...usage })}\n\n`;
  }

  function delta(choice: number, fields: JsonObject, logprobs: JsonObject | null = null): string {
    return write({ choices: [{ index: choice, delta: fields, logprobs, finish_reason: null }] });
  }

  /** The state of a choice, and its role chunk when this is its first event. */
  function begin(choice: number): { readonly state: ChoiceState; readonly role: string } {
    const known = choices.get(choice);
    if (known !== undefined) return { state: known, role: '' };
    const state: ChoiceState = {
      calls: new Map(),
      empty: new Set(),
      hasRefusal: false,
      texts: new Map(),
      citations: [],
      length: 0,
    };
    choices.set(choice, state);
    return { state, role: delta(choice, { role: 'assistant', content: '' }) };
  }

  function push(event: NeutralEvent): string {
    switch (event.kind) {
      case 'response-start':
        head = headOf(event.id, event.model, event.createdAt, caller);
        return '';
      case 'part-start':
        return startPart(event);
      case 'text-delta': {
        const { choice, index, text, logprobs } = event;
        grow(begin(choice).state, index, text);
        const tokens = logprobs === undefined ? null : { content: writeTokens(logprobs), refusal: null };
        return delta(choice, { content: text }, tokens);
      }
      case 'citation':
        begin(event.choice).state.citations.push({ index: event.index, citation: event.citation });
        return '';
      case 'unread':
        caller.lose?.(event.what);
        return '';
      case 'refusal-delta':
        return delta(event.choice, { refusal: event.text });
      case 'reasoning-delta':
        return delta(event.choice, { reasoning_content: event.text });
      case 'reasoning-signature':
        return delta(event.choice, {
          reasoning_details: [{ type: 'reasoning.text', text: '', signature: event.signature, index: event.index }],
        });
      case 'tool-arguments-delta':
        if (event.arguments === '') return '';
        begin(event.choice).state.empty.delete(event.index);
        return callDelta(event.choice, event.index, { arguments: event.arguments });
      case 'part-end':
        return begin(event.choice).state.empty.delete(event.index)
          ? callDelta(event.choice, event.index, { arguments: '{}' })
          : '';
      case 'finish': {
        const { state, role } = begin(event.choice);
        const finish = writeFinish(event.finish, { refusal: state.hasRefusal, legacy });
        return (
          role +
          cite(event.choice, state) +
          write({ choices: [{ index: event.choice, delta: {}, logprobs: null, ...finish }] })
        );
      }
      case 'usage':
        return caller.streamUsage ? write({ choices: [], usage: writeUsageField(event.usage) }) : '';
      case 'response-end':
        return 'data: [DONE]\n\n';
      case 'error':
        return '';
    }
  }

  function grow(state: ChoiceState, index: number, text: string): void {
    const length = characterCount(text);
    const block = state.texts.get(index);
    if (block === undefined) state.texts.set(index, { start: state.length, length });
    else block.length += length;
    state.length += length;
  }

  function cite(choice: number, { citations, texts }: ChoiceState): string {
    const annotations = citations.flatMap(({ index, citation }) => {
      const { start, length } = texts.get(index) ?? { start: 0, length: 0 };
      const range = rangeOf(citation, length);
      return writeAnnotation(citation, { start: start + range.start, end: start + range.end }, caller.lose);
    });
    return annotations.length === 0 ? '' : delta(choice, { annotations });
  }

  function startPart({ choice, index, part }: Extract<NeutralEvent, { kind: 'part-start' }>): string {
    const { state, role } = begin(choice);
    if (part.kind === 'refusal') state.hasRefusal = true;
    if (part.kind === 'whole') return role + writeWhole(choice, index, part.part);
    if (part.kind !== 'tool-call') return role;
    // The older form has room for one call only.
    if (legacy && state.calls.size > 0) {
      caller.lose?.('tool_calls[1]');
      return role;
    }
    const position = state.calls.size;
    state.calls.set(index, position);
    state.empty.add(index);
    if (legacy) return role + delta(choice, { function_call: { name: part.name, arguments: '' } });
    const signature =
      part.signature === undefined ? {} : { extra_content: { google: { thought_signature: part.signature } } };
    const call = { index: position, id: part.id, type: 'function', function: { name: part.name, arguments: '' } };
    return role + delta(choice, { tool_calls: [{ ...call, ...signature }] });
  }

  function callDelta(choice: number, index: number, callee: JsonObject): string {
    const position = begin(choice).state.calls.get(index);
    if (position === undefined) return '';
    return delta(choice, legacy ? { function_call: callee } : { tool_calls: [{ index: position, function: callee }] });
  }

  function writeWhole(choice: number, index: number, part: AssistantPart | OpaquePart): string {
    if (part.kind === 'reasoning' && part.redacted !== undefined) {
      const id = part.id === undefined ? {} : { id: part.id };
      return delta(choice, { reasoning_details: [{ type: 'reasoning.encrypted', data: part.redacted, ...id, index }] });
    }
    const images = part.kind === 'image' ? writeImage(part) : [];
    if (images.length > 0) return delta(choice, { images });
    if (part.kind === 'opaque' && part.dialect === 'openai-chat' && part.type === 'audio') {
      return delta(choice, { audio: part.value });
    }
    if (!isWritten(part) || part.kind === 'opaque') caller.lose?.(nameOfPart(part));
    return '';
  }

  function error(failure: GatewayError, requestId: string): string {
    return `data: ${JSON.stringify(writeError(failure, requestId))}\n\n`;
  }

  return { push, error };
}

function headOf(id: string, model: string, createdAt: number | undefined, caller: CallerContext): JsonObject {
  return {
    id: id || caller.requestId,
    object: 'chat.completion.chunk',
    created: createdAt ?? caller.createdAt,
    model: model || caller.model,
  };
}
