import type { DialectName } from '#core';
import { anthropicCounts } from './anthropic-messages/count-tokens.ts';
import { anthropicMessages } from './anthropic-messages/index.ts';
import { bedrockConverse } from './bedrock-converse/index.ts';
import { cohereChat } from './cohere-chat/index.ts';
import type { Dialect } from './dialect.ts';
import { geminiCounts } from './gemini/count-tokens.ts';
import { gemini } from './gemini/index.ts';
import { ollama } from './ollama/index.ts';
import { openaiChat } from './openai-chat/index.ts';
import { openaiCompletions } from './openai-completions/index.ts';
import { openaiResponses } from './openai-responses/index.ts';

const DIALECTS: Readonly<Record<DialectName, Dialect | null>> = Object.freeze({
  'openai-chat': openaiChat,
  'openai-responses': openaiResponses,
  'openai-completions': openaiCompletions,
  'anthropic-messages': anthropicMessages,
  gemini,
  'bedrock-converse': bedrockConverse,
  'cohere-chat': cohereChat,
  ollama,
  // The sandbox answers in the process from the neutral form; it has no wire.
  sandbox: null,
});

/** The dialect of that name; null where this version cannot speak it. Pure. */
export function dialectOf(name: DialectName): Dialect | null {
  return DIALECTS[name];
}

/** The dialect that counts tokens by the API of that name; null where that API has no such call. Pure. */
export function countingDialectOf(name: DialectName): Dialect | null {
  return COUNTING[name] ?? null;
}

const COUNTING: Readonly<Partial<Record<DialectName, Dialect>>> = Object.freeze({
  'anthropic-messages': anthropicCounts,
  gemini: geminiCounts,
});

/** The names this version can speak on the wire, in the order of the contract. Pure. */
export function wireDialects(): readonly DialectName[] {
  return Object.values(DIALECTS).flatMap((dialect) => (dialect === null ? [] : [dialect.name]));
}
