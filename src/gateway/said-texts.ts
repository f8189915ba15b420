import type { ServiceRequest } from '#core';

/** What was said in a call that is no chat, from first to last; sound, pictures and vectors say nothing here. */
export interface SaidTexts {
  readonly asked: readonly string[];
  readonly answered: readonly string[];
}

/** The texts that a call beside chats brings. Pure. */
export function askedTexts(request: ServiceRequest): readonly string[] {
  switch (request.kind) {
    case 'embeddings':
      return request.inputs.filter((input) => typeof input === 'string');
    case 'moderation':
      return request.inputs;
    case 'rerank':
      return [request.query, ...request.documents];
    case 'images':
      return [request.prompt];
    case 'speech':
      return [request.instructions ?? '', request.input].filter((text) => text !== '');
    case 'transcription':
      return request.prompt === undefined ? [] : [request.prompt];
    case 'realtime':
      return [];
  }
}
