import type { AssistantPart, Choice, Finish, NeutralRequest, NeutralResponse, Part, ToolChoice, Usage } from '#core';
import { NO_USAGE } from '#core';
import { createTextMeter, estimateTokens } from '#dialects';
import { sampleOf } from './sample-schema.ts';

export interface AnswerOptions {
  /** The cap policy set; the request's own counts too. */
  readonly maxOutputTokens: number | null;
  /** So many words in place of the echo. */
  readonly words: number | null;
  /** Calls the first tool whatever the prompt says. */
  readonly callTool: boolean;
  readonly withUsage: boolean;
}

/**
 * The sandbox's answer: the same for the same request, and recognisable as nobody's opinion. It echoes the last user
 * message, calls a tool when the message says `call NAME` or the request demands one, gives JSON in JSON mode, and ends
 * at stop sequences and at the output cap. Pure.
 */
export function answerOf(request: NeutralRequest, options: AnswerOptions): NeutralResponse {
  const heard = lastUserText(request);
  const input = countInput(request);
  const call = toolCall(request, heard, options.callTool);
  const reasoning = reasoningPart(request);
  const text = call === null ? cut(textOf(request, heard, input, options), request, options) : null;
  const content: AssistantPart[] = [...reasoning, ...(call === null ? [] : [call])];
  if (text !== null) content.push({ kind: 'text', text: text.text });
  const finish: Finish = text === null ? { reason: 'tool-calls' } : text.finish;
  const choices: Choice[] = Array.from({ length: Math.max(1, request.n ?? 1) }, (_, index) => ({
    index,
    content,
    finish,
  }));
  const usage: Usage = {
    ...NO_USAGE,
    input,
    output: choices.length * (text === null ? countText(call?.arguments ?? '') : countText(text.text)),
    reasoning: reasoning.reduce((sum, part) => sum + countText(part.text), 0),
  };
  return {
    id: 'sandbox-answer',
    model: request.model,
    choices,
    ...(options.withUsage ? { usage } : {}),
    extra: {},
  };
}

function textOf(request: NeutralRequest, heard: string, input: number, options: AnswerOptions): string {
  const format = request.responseFormat;
  const label = `[sandbox] ${request.model}`;
  if (options.words !== null)
    return Array.from({ length: options.words }, (_, at) => WORDS[at % WORDS.length]).join(' ');
  if (format?.kind === 'json-object')
    return JSON.stringify({ sandbox: true, model: request.model, echo: heard, inputTokens: input });
  if (format?.kind === 'json-schema') return JSON.stringify(sampleOf(format.schema, `[sandbox] ${heard}`));
  const result = lastToolResult(request);
  if (result !== null) return `${label} got from the tool: ${result} (${input} input tokens, no provider was called)`;
  return `${label} heard: ${heard} (${input} input tokens, no provider was called)`;
}

const WORDS: readonly string[] = Object.freeze(['[sandbox]', 'made-up', 'words', 'to', 'fill', 'an', 'answer.']);

/** Ends the text at the first stop sequence, then at the output cap. */
function cut(text: string, request: NeutralRequest, options: AnswerOptions): { text: string; finish: Finish } {
  let kept = text;
  let finish: Finish = { reason: 'stop' };
  for (const sequence of request.stop ?? []) {
    const at = sequence === '' ? -1 : kept.indexOf(sequence);
    if (at < 0) continue;
    kept = kept.slice(0, at);
    finish = { reason: 'stop-sequence', sequence };
  }
  const cap = Math.min(
    request.maxOutputTokens ?? Number.POSITIVE_INFINITY,
    options.maxOutputTokens ?? Number.POSITIVE_INFINITY,
  );
  if (countText(kept) <= cap) return { text: kept, finish };
  // The count grows with the text, so that the longest text under the cap can be found by halving.
  let [low, high] = [0, kept.length];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (countText(kept.slice(0, middle)) <= cap) low = middle;
    else high = middle - 1;
  }
  // Not between the halves of a surrogate pair.
  if (/[\uD800-\uDBFF]/.test(kept[low - 1] ?? '')) low -= 1;
  return { text: kept.slice(0, low), finish: { reason: 'length' } };
}

function toolCall(request: NeutralRequest, heard: string, callAny: boolean) {
  const functions = request.tools.filter((tool) => tool.kind === 'function');
  const wanted = wantedTool(request.toolChoice, heard);
  if (functions.length === 0 || request.toolChoice?.kind === 'none' || lastToolResult(request) !== null) return null;
  const isForced = request.toolChoice?.kind === 'required' || callAny;
  const tool = functions.find(({ name }) => name === wanted) ?? (isForced ? functions[0] : undefined);
  if (tool === undefined) return null;
  const args = JSON.stringify(tool.parameters === undefined ? {} : sampleOf(tool.parameters, heard));
  return { kind: 'tool-call' as const, id: `call_sandbox_${countCalls(request)}`, name: tool.name, arguments: args };
}

function wantedTool(choice: ToolChoice | undefined, heard: string): string | undefined {
  return choice?.kind === 'tool' ? choice.name : /\bcall ([\w.-]+)/i.exec(heard)?.[1]?.replace(/\.$/, '');
}

function countCalls(request: NeutralRequest): number {
  const parts: readonly Part[] = request.messages.flatMap((message): readonly Part[] => message.content);
  return parts.filter((part) => part.kind === 'tool-call').length + 1;
}

function reasoningPart(request: NeutralRequest) {
  const { reasoning } = request;
  if (reasoning === undefined || reasoning.enabled === false || reasoning.effort === 'none') return [];
  return [
    {
      kind: 'reasoning' as const,
      text: `[sandbox] ${request.model} thinks about nothing.`,
      signature: 'sandbox-signature',
    },
  ];
}

function lastUserText(request: NeutralRequest): string {
  for (const message of request.messages.toReversed()) {
    if (message.role !== 'user') continue;
    const text = message.content.map((part) => (part.kind === 'text' ? part.text : '')).join('');
    if (text !== '') return text;
  }
  return '';
}

/** The result that stands at the very end of the conversation; null when something else does. */
function lastToolResult(request: NeutralRequest): string | null {
  const last = request.messages.at(-1);
  const part = last?.role === 'user' ? last.content.at(-1) : undefined;
  if (part?.kind !== 'tool-result') return null;
  return part.content.map((piece) => (piece.kind === 'text' ? piece.text : `(${piece.kind})`)).join('');
}

function countInput(request: NeutralRequest): number {
  const meter = createTextMeter();
  const parts: readonly Part[] = request.messages.flatMap((message): readonly Part[] => message.content);
  for (const part of parts) {
    if (part.kind === 'text' || part.kind === 'reasoning' || part.kind === 'refusal') meter.add(part.text);
    if (part.kind === 'tool-call') meter.add(part.arguments);
    if (part.kind === 'tool-result') for (const piece of part.content) if (piece.kind === 'text') meter.add(piece.text);
  }
  if (request.tools.length > 0) meter.add(JSON.stringify(request.tools));
  return estimateTokens(meter.length(), request.messages.length);
}

function countText(text: string): number {
  const meter = createTextMeter();
  meter.add(text);
  return estimateTokens(meter.length());
}
