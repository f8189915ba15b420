import type { JsonObject } from '#core';
import { maskText } from '#telemetry';
import type { InboundCall } from './inbound-call.ts';

/** So little that it tells greetings from questions, and no story; the schema of `recording.prefixChars` says the same. */
const MAX_PREFIX_CHARS = 10;
/** Enough that no key or address begins within the prefix and ends beyond what is masked. */
const MASKED_CHARS = 4096;

/** The first characters of what the caller's user said first, masked before they are cut; null unless policy keeps any. Pure. */
export function promptPrefix(call: InboundCall, body: JsonObject | null, prefixChars: number): string | null {
  if (prefixChars <= 0 || body === null) return null;
  const text = firstWords(call, body);
  return text === null
    ? null
    : [...maskText(text.slice(0, MASKED_CHARS))].slice(0, Math.min(prefixChars, MAX_PREFIX_CHARS)).join('');
}

/** Null for a body that its dialect cannot read, and for calls that are no chats. */
function firstWords(call: InboundCall, body: JsonObject): string | null {
  try {
    const { messages } = call.dialect.readRequest(body, call.context);
    const parts = messages.find(({ role }) => role === 'user')?.content ?? [];
    return parts.flatMap((part) => (part.kind === 'text' ? [part.text] : [])).at(0) ?? null;
  } catch {
    return null;
  }
}
