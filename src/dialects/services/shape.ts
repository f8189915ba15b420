import type { RerankRequest, ServiceRequest, ServiceText } from '#core';
import type { RequestShape } from '../dialect.ts';
import { createTextMeter, type TextMeter } from '../estimate-tokens.ts';
import { createInputSource } from '../input-ceiling.ts';
import { severalChoices } from '../several-choices.ts';

// The ceiling counts sound as base64.
const AUDIO_CHARS_PER_BYTE = 4 / 3;
// A search unit is a query with up to 100 documents; one of more than 500 tokens counts as several (docs.cohere.com, pricing, 2026-11).
const DOCUMENTS_PER_UNIT = 100;
const TOKENS_PER_CHUNK = 500;
// Begin, middle and end of a pair of texts.
const MARKS = 4;

/** What policy needs of a request to a service. Pure. */
export function shapeOfService(request: ServiceRequest): RequestShape {
  const meter = createTextMeter();
  for (const { text } of serviceTexts(request)) meter.add(text);
  const isTranscription = request.kind === 'transcription';
  const fileBytes = isTranscription ? request.sizeBytes : request.kind === 'images' ? request.sourceBytes : 0;
  const source = createInputSource();
  source.mediaChars = fileBytes;
  // Nobody knows before what will be said.
  source.isOpen = request.kind === 'realtime' || (request.kind === 'embeddings' && request.hasMedia === true);
  source.repeatedBytes = request.kind === 'rerank' ? repeatedQuery(request) : 0;
  source.audioChars = isTranscription ? Math.ceil(fileBytes * AUDIO_CHARS_PER_BYTE) : 0;
  return {
    model: request.model,
    stream: 'stream' in request && request.stream,
    streamUsage: false,
    toolCount: 0,
    images: request.kind === 'images' ? request.sources : request.kind === 'moderation' ? request.images : 0,
    audio: isTranscription || request.kind === 'realtime' ? 1 : 0,
    documents: 0,
    responseFormat: 'text',
    hasReasoning: false,
    maxOutputTokens: null,
    ...severalChoices(piecesOf(request)),
    temperature: null,
    textLength: lengthOf(request, meter),
    messageCount: 0,
    source,
    user: 'user' in request ? (request.user ?? null) : null,
  };
}

/**
 * Those who bill by tokens count the query with each document (docs.voyageai.com, FAQ on the total tokens of rerankers, 2026-11), and the marks between the two: for the
 * first document the body has room for both.
 */
function repeatedQuery({ query, documents }: RerankRequest): number {
  return Math.max(0, documents.length - 1) * (Buffer.byteLength(query) + MARKS);
}

/** Every text that a request brings to a model, with its place: what guardrails look at. Pure. */
export function serviceTexts(request: ServiceRequest): readonly ServiceText[] {
  switch (request.kind) {
    case 'embeddings':
      return request.inputs.flatMap((text, at) => (typeof text === 'string' ? [{ path: `input[${at}]`, text }] : []));
    case 'moderation':
      return request.inputs.map((text, at) => ({ path: `input[${at}]`, text }));
    case 'rerank': {
      const documents = request.documents.map((text, at) => ({ path: `documents[${at}]`, text }));
      return [{ path: 'query', text: request.query }, ...documents];
    }
    case 'images':
      return [{ path: 'prompt', text: request.prompt }];
    case 'speech':
      return [
        { path: 'input', text: request.input },
        ...(request.instructions === undefined ? [] : [{ path: 'instructions', text: request.instructions }]),
      ];
    case 'transcription':
      return request.prompt === undefined ? [] : [{ path: 'prompt', text: request.prompt }];
    case 'realtime':
      return [];
  }
}

/** How many pieces are paid for: pictures, or search units at most. */
function piecesOf(request: ServiceRequest): number {
  if (request.kind === 'images') return request.count;
  if (request.kind !== 'rerank') return 1;
  const bytesOfQuery = Buffer.byteLength(request.query);
  let chunks = 0;
  for (const text of request.documents) {
    chunks += Math.max(1, Math.ceil((Buffer.byteLength(text) + bytesOfQuery) / TOKENS_PER_CHUNK));
  }
  return Math.ceil(chunks / DOCUMENTS_PER_UNIT);
}

/** Token ids count as what they are: four characters of text each, as the estimate reads it back. A spoken text is paid for by the character. */
function lengthOf(request: ServiceRequest, meter: TextMeter): readonly [number, number] {
  const [ascii, wide] = meter.length();
  if (request.kind === 'speech') return [4 * (ascii + wide), 0];
  if (request.kind === 'transcription')
    return [ascii + 4 * Math.ceil(request.sizeBytes / TYPICAL_BYTES_PER_TOKEN), wide];
  if (request.kind !== 'embeddings') return [ascii, wide];
  let ids = 0;
  for (const input of request.inputs) if (typeof input !== 'string') ids += input.length;
  return [ascii + 4 * ids, wide];
}

// 16 kbit/s, what telephones and messengers send, at 1000 tokens a minute.
const TYPICAL_BYTES_PER_TOKEN = 120;
