import type { JsonObject, NeutralRequest, Part } from '#core';
import { type GuardedRequest, type GuardedToolCall, mapBody } from '#guardrails';

/** What one side of a conversation said. */
export interface Turn {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly text: string;
}

/** Every text of a request in order, with who said it; without a neutral form (embeddings), every string is the user’s. Pure. */
export function turnsOf(neutral: NeutralRequest | null, body: JsonObject): readonly Turn[] {
  if (neutral === null) {
    const turns: Turn[] = [];
    const text = (words: string) => {
      turns.push({ role: 'user', text: words });
      return words;
    };
    mapBody(body, { text, name: () => undefined });
    return turns;
  }
  return neutral.messages.flatMap(({ role, content }) =>
    (content as readonly Part[]).flatMap((part) => turnsOfPart(role === 'developer' ? 'system' : role, part)),
  );
}

/** Calls of tools in the history. Pure. */
export function toolCallsOf(neutral: NeutralRequest | null): readonly GuardedToolCall[] {
  const parts = (neutral?.messages ?? []).flatMap(({ content }) => content as readonly Part[]);
  return parts.flatMap((part) =>
    part.kind === 'tool-call'
      ? [{ name: part.name, text: part.arguments, arguments: argumentsOf(part.arguments) }]
      : [],
  );
}

/** Tools on offer; one that only its own dialect knows stands under its type. Pure. */
export function toolsOf(neutral: NeutralRequest | null): GuardedRequest['tools'] {
  return (neutral?.tools ?? []).map((tool) =>
    tool.kind === 'function'
      ? { name: tool.name, description: tool.description ?? '', parameters: tool.parameters ?? null }
      : { name: tool.type, description: '', parameters: null },
  );
}

function turnsOfPart(role: Turn['role'], part: Part): readonly Turn[] {
  switch (part.kind) {
    case 'text':
    case 'refusal':
    case 'reasoning':
      return [{ role, text: part.text }];
    case 'tool-call':
      return [{ role, text: part.arguments }];
    case 'tool-result':
      return part.content.flatMap((inner) => turnsOfPart('tool', inner));
    case 'document':
      return part.source.kind === 'text' ? [{ role, text: part.source.text }] : [];
    default:
      return [];
  }
}

function argumentsOf(text: string): unknown {
  if (text === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
