import type { DialectName, ServiceKind, ServiceName } from '#core';
import { bedrockEmbeddings } from './bedrock-embeddings.ts';
import { cohereEmbeddings } from './cohere-embeddings.ts';
import { geminiBatchEmbedContents, geminiEmbedContent } from './gemini-embeddings.ts';
import { ollamaEmbeddings } from './ollama-embeddings.ts';
import { openaiSpeech, openaiTranscription, openaiTranslation } from './openai-audio.ts';
import { openaiEmbeddings } from './openai-embeddings.ts';
import { openaiImageEdit, openaiImageGeneration, openaiImageVariation } from './openai-images.ts';
import { openaiModerations } from './openai-moderations.ts';
import { openaiRealtime } from './openai-realtime.ts';
import { rerank } from './rerank.ts';
import type { InboundService, OutboundService, Service } from './service.ts';

type Services = Readonly<Partial<Record<ServiceName, Service>>>;

const OPENAI: Services = Object.freeze({
  embeddings: openaiEmbeddings,
  moderations: openaiModerations,
  rerank,
  'image-generation': openaiImageGeneration,
  'image-edit': openaiImageEdit,
  'image-variation': openaiImageVariation,
  speech: openaiSpeech,
  transcription: openaiTranscription,
  translation: openaiTranslation,
  realtime: openaiRealtime,
});

const SERVICES: Readonly<Partial<Record<DialectName, Services>>> = Object.freeze({
  'openai-chat': OPENAI,
  'openai-responses': OPENAI,
  'openai-completions': OPENAI,
  gemini: { 'embed-content': geminiEmbedContent, 'batch-embed-contents': geminiBatchEmbedContents },
  'cohere-chat': { embeddings: cohereEmbeddings, rerank },
  ollama: { embeddings: ollamaEmbeddings },
});

/** What providers serve: that which callers of their dialect ask for, and what has no callers of its own here. */
const SERVED: Readonly<Partial<Record<DialectName, Readonly<Partial<Record<ServiceName, OutboundService>>>>>> =
  Object.freeze({
    ...SERVICES,
    'bedrock-converse': { embeddings: bedrockEmbeddings },
  });

/** The service by which a request of a kind reaches a provider of a dialect, where the caller speaks another. */
const WRITTEN_AS: Readonly<Partial<Record<DialectName, Partial<Record<ServiceKind, ServiceName>>>>> = Object.freeze({
  'openai-chat': { embeddings: 'embeddings', rerank: 'rerank' },
  gemini: { embeddings: 'batch-embed-contents' },
  'cohere-chat': { embeddings: 'embeddings', rerank: 'rerank' },
  ollama: { embeddings: 'embeddings' },
  'bedrock-converse': { embeddings: 'embeddings' },
});

/** What a caller of a dialect asks for under that name; null where the dialect has nothing like it. Pure. */
export function inboundService(dialect: DialectName, name: ServiceName | undefined): InboundService | null {
  return name === undefined ? null : (SERVICES[dialect]?.[name] ?? null);
}

/** How a provider of a dialect serves what a caller asked for; null where it does not. Pure. */
export function outboundService(
  to: DialectName,
  asked: { readonly dialect: DialectName; readonly name: ServiceName; readonly kind: ServiceKind },
): OutboundService | null {
  if (familyOf(to) === familyOf(asked.dialect)) return SERVED[to]?.[asked.name] ?? null;
  const name = WRITTEN_AS[familyOf(to)]?.[asked.kind];
  return name === undefined ? null : (SERVED[to]?.[name] ?? null);
}

/** OpenAI's chat dialects are one API in everything else. Pure. */
export function familyOf(dialect: DialectName): DialectName {
  return dialect === 'openai-responses' || dialect === 'openai-completions' ? 'openai-chat' : dialect;
}
