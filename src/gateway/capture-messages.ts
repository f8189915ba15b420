import type { Message, NeutralResponse, Part } from '#core';
import { maskText } from '#telemetry';

// A span is no archive: the last turns, each cut to what a person reads.
const MAX_MESSAGES = 20;
const MAX_CHARS = 2000;

/**
 * The turns of a request as JSON in the form of `gen_ai.input.messages`, masked and cut. Media are named, never carried. Pure.
 *
 *     [{"role":"user","parts":[{"type":"text","content":"Mail me at [address]"}]}]
 */
export function captureMessages(messages: readonly Message[]): string {
  const turns = messages.slice(-MAX_MESSAGES).map(({ role, content }) => ({ role, parts: content.map(capturePart) }));
  return JSON.stringify(turns);
}

/**
 * The choices of an answer as JSON in the form of `gen_ai.output.messages`, masked and cut. Pure.
 *
 *     [{"role":"assistant","parts":[{"type":"text","content":"Hello"}],"finish_reason":"stop"}]
 */
export function captureAnswer({ choices }: NeutralResponse): string {
  const turns = choices.slice(0, MAX_MESSAGES).map(({ content, finish }) => ({
    role: 'assistant',
    parts: content.map(capturePart),
    finish_reason: FINISH_REASONS[finish.reason] ?? finish.reason,
  }));
  return JSON.stringify(turns);
}

/** Texts that are no turns of a chat, in either form: what was asked, or with a reason to end, what was answered. Pure. */
export function captureTexts(texts: readonly string[], role: 'user' | 'assistant'): string {
  const parts = texts.slice(0, MAX_MESSAGES).map((text) => ({ type: 'text', content: readable(text) }));
  return JSON.stringify([{ role, parts, ...(role === 'assistant' ? { finish_reason: 'stop' } : {}) }]);
}

/** The convention's words, where it has one. */
const FINISH_REASONS: Readonly<Record<string, string>> = Object.freeze({
  'content-filter': 'content_filter',
  'tool-calls': 'tool_call',
  'stop-sequence': 'stop',
});

function capturePart(part: Part): object {
  switch (part.kind) {
    case 'text':
      return { type: 'text', content: readable(part.text) };
    case 'reasoning':
      return { type: 'reasoning', content: readable(part.text) };
    case 'tool-call':
      return { type: 'tool_call', id: part.id, name: part.name, arguments: readable(part.arguments) };
    case 'tool-result': {
      const texts = part.content.map((each) => (each.kind === 'text' ? each.text : `[${each.kind}]`));
      return { type: 'tool_call_response', id: part.id, response: readable(texts.join('\n')) };
    }
    default:
      return { type: part.kind };
  }
}

/** Cut after it is masked, so that no half of a key or number is left. */
function readable(text: string): string {
  const masked = maskText(text);
  return masked.length <= MAX_CHARS ? masked : `${masked.slice(0, MAX_CHARS)}…`;
}
