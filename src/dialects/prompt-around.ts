import { asObject, type Message } from '#core';
import type { OutboundTarget } from './dialect.ts';

/**
 * Puts a policy's prompt before and behind the caller's own leading instructions, and behind both what a dialect must
 * say in words because it has no field for it. Pure.
 */
export function promptAround(
  messages: readonly Message[],
  prompt: OutboundTarget['prompt'],
  instruction: string | null = null,
): readonly Message[] {
  const isInstruction = (message: Message) => message.role === 'system' || message.role === 'developer';
  const found = messages.findIndex((message) => !isInstruction(message));
  const end = found === -1 ? messages.length : found;
  const system = (text: string | null): Message[] =>
    text === null || text === '' ? [] : [{ role: 'system', content: [{ kind: 'text', text }] }];
  return [
    ...system(prompt.prepend),
    ...messages.slice(0, end),
    ...system(prompt.append),
    ...system(instruction),
    ...messages.slice(end),
  ];
}

/** The same for messages as a caller sent them, in dialects with a `system` role; null where there is nothing to add. Pure. */
export function promptAroundMessages(
  messages: readonly unknown[],
  { prepend, append }: OutboundTarget['prompt'],
): readonly unknown[] | null {
  if (!prepend && !append) return null;
  const system = (text: string | null) => (text ? [{ role: 'system', content: text }] : []);
  const found = messages.findIndex((message) => asObject(message).role !== 'system');
  const end = found === -1 ? messages.length : found;
  return [...system(prepend), ...messages.slice(0, end), ...system(append), ...messages.slice(end)];
}
