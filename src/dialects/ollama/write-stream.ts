import type { AssistantPart, Finish, GatewayError, JsonObject, NeutralEvent, PartStart, Usage } from '#core';
import type { CallerContext, StreamWriter } from '../dialect.ts';
import { writeTokens } from '../openai-logprobs.ts';
import { writeError } from './errors.ts';
import { writeFinish } from './finish.ts';
import { nameUnwritten, writeHead, writeMessage } from './response.ts';
import { writeUsageFields } from './usage.ts';

/** Writes neutral events as lines of JSON. Calls go out whole, since their arguments are objects here. */
export function createStreamWriter(caller: CallerContext): StreamWriter {
  const texts = new Map<number, 'text' | 'refusal' | 'reasoning'>();
  const calls = new Map<number, { readonly id: string; readonly name: string; readonly pieces: string[] }>();
  let head: JsonObject = writeHead({ model: '' }, caller);
  let finish: Finish = { reason: 'other' };
  let usage: Usage | undefined;

  function write(fields: JsonObject): string {
    return `${JSON.stringify({ ...head, ...fields })}\n`;
  }

  function say(part: AssistantPart): string {
    const said = writeMessage([part]);
    nameUnwritten([part], caller.lose);
    const tokens = part.kind === 'text' ? (part.logprobs ?? []) : [];
    const isEmpty = said.content === '' && Object.keys(said).length === 1 && tokens.length === 0;
    const facts = tokens.length === 0 ? {} : { logprobs: writeTokens(tokens) };
    return isEmpty ? '' : write({ message: { role: 'assistant', ...said }, ...facts, done: false });
  }

  function push(event: NeutralEvent): string {
    // The API has one answer only.
    if ('choice' in event && event.choice !== 0) {
      caller.lose?.(`choices[${event.choice}]`);
      return '';
    }
    switch (event.kind) {
      case 'response-start':
        head = writeHead(event, caller);
        return '';
      case 'part-start':
        return startPart(event.index, event.part);
      case 'text-delta':
      case 'refusal-delta':
      case 'reasoning-delta': {
        const kind = texts.get(event.index);
        const told = 'logprobs' in event && event.logprobs !== undefined ? { logprobs: event.logprobs } : {};
        return kind === undefined ? '' : say({ kind, text: event.text, ...told });
      }
      case 'tool-arguments-delta':
        calls.get(event.index)?.pieces.push(event.arguments);
        return '';
      case 'part-end':
        return endPart(event.index);
      case 'finish':
        finish = event.finish;
        return '';
      case 'usage':
        usage = event.usage;
        return '';
      case 'response-end': {
        const message = { role: 'assistant', content: '' };
        return write({ message, done: true, done_reason: writeFinish(finish), ...writeUsageFields(usage) });
      }
      case 'citation':
        caller.lose?.('citations');
        return '';
      case 'unread':
        caller.lose?.(event.what);
        return '';
      case 'reasoning-signature':
        caller.lose?.('reasoning.signature');
        return '';
      case 'error':
        return '';
    }
  }

  function startPart(index: number, part: PartStart): string {
    if (part.kind === 'whole') return say(part.part);
    if (part.kind === 'tool-call' && part.signature !== undefined) caller.lose?.('tool_call.signature');
    if (part.kind === 'tool-call') calls.set(index, { id: part.id, name: part.name, pieces: [] });
    else texts.set(index, part.kind);
    return '';
  }

  function endPart(index: number): string {
    const call = calls.get(index);
    calls.delete(index);
    if (call === undefined) return '';
    const { id, name, pieces } = call;
    return say({ kind: 'tool-call', id, name, arguments: pieces.join('') });
  }

  function error(failure: GatewayError, requestId: string): string {
    return `${JSON.stringify(writeError(failure, requestId))}\n`;
  }

  return { push, error };
}
