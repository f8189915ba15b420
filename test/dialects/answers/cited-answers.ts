import type { DialectName, JsonObject } from '#core';
import { encodeAwsMessage } from '../../../src/dialects/aws-frames.ts';

/** The same answer in the words of each API that can cite: whole, and as the text of its stream. Shapes are those of the public references, read 2026-11. */
export interface CitedAnswer {
  readonly whole: JsonObject;
  /** Of Bedrock one character a byte. */
  readonly stream: string;
  /** Whether the source is bound to words narrower than a block. */
  readonly hasRange: boolean;
}

/** What every one of them says: the second sentence rests on the page. */
export const SAID = 'Tōkyō is big. It rained on Monday. ☂';
export const CITED = 'It rained on Monday.';
export const PAGE = { url: 'https://example.com/rain', title: 'Rain' };

const START = [...'Tōkyō is big. '].length;
const END = START + [...CITED].length;
const BYTES = Buffer.byteLength('Tōkyō is big. ');

const sse = (events: readonly JsonObject[]) =>
  events.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join('');
const data = (chunks: readonly JsonObject[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('');

const annotation = { type: 'url_citation', url_citation: { start_index: START, end_index: END, ...PAGE } };
const chatHead = { id: 'c1', created: 1, model: 'm' };
const chunk = (delta: JsonObject, finish: string | null = null) => ({
  ...chatHead,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta, finish_reason: finish }],
});

const part = {
  type: 'output_text',
  text: SAID,
  annotations: [{ type: 'url_citation', start_index: START, end_index: END, ...PAGE }],
  logprobs: [],
};
const message = { id: 'msg_1', type: 'message', role: 'assistant', status: 'completed', content: [part] };
const responseHead = { id: 'resp_1', object: 'response', created_at: 1, model: 'm', status: 'completed', error: null };
const place = { item_id: 'msg_1', output_index: 0, content_index: 0 };

const located = {
  type: 'web_search_result_location',
  cited_text: 'Monday: rain.',
  encrypted_index: 'RW5j',
  ...PAGE,
};
const claudeHead = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', stop_sequence: null };
const claudeUsage = { input_tokens: 9, output_tokens: 3 };
const blocks: readonly JsonObject[] = [
  { type: 'text', text: 'Tōkyō is big. ' },
  { type: 'text', text: CITED, citations: [located] },
  { type: 'text', text: ' ☂' },
];

const grounding = {
  groundingChunks: [{ web: { uri: PAGE.url, title: PAGE.title } }],
  groundingSupports: [
    {
      segment: { startIndex: BYTES, endIndex: BYTES + CITED.length, text: CITED },
      groundingChunkIndices: [0],
    },
  ],
  webSearchQueries: ['rain monday'],
};
const candidate = (text: string, more: JsonObject = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts: [{ text }] }, ...more }],
  modelVersion: 'm',
  responseId: 'g1',
});

const cohereCitation = {
  start: START,
  end: END,
  text: CITED,
  sources: [{ type: 'document', id: 'doc:0', document: { id: 'doc:0', ...PAGE, snippet: 'Monday: rain.' } }],
  type: 'TEXT_CONTENT',
  content_index: 0,
};
const cohereUsage = { tokens: { input_tokens: 9, output_tokens: 3 } };

const bedrockCitation = {
  title: PAGE.title,
  sourceContent: [{ text: 'Monday: rain.' }],
  location: { web: { url: PAGE.url, domain: 'example.com' } },
};

function frame(type: string, body: JsonObject): string {
  const headers = { ':message-type': 'event', ':event-type': type, ':content-type': 'application/json' };
  const payload = new TextEncoder().encode(JSON.stringify(body));
  return Buffer.from(encodeAwsMessage({ headers, payload })).toString('latin1');
}

export const CITED_ANSWERS: Readonly<Partial<Record<DialectName, CitedAnswer>>> = {
  'openai-chat': {
    hasRange: true,
    whole: {
      ...chatHead,
      object: 'chat.completion',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: SAID, refusal: null, annotations: [annotation] },
          finish_reason: 'stop',
        },
      ],
    },
    stream: `${data([
      chunk({ role: 'assistant', content: 'Tōkyō is big. ' }),
      chunk({ content: `${CITED} ☂` }),
      chunk({ annotations: [annotation] }),
      chunk({}, 'stop'),
    ])}data: [DONE]\n\n`,
  },
  'openai-responses': {
    hasRange: true,
    whole: { ...responseHead, output: [message], incomplete_details: null },
    stream: sse([
      { type: 'response.created', response: { ...responseHead, status: 'in_progress', output: [] } },
      { type: 'response.output_item.added', output_index: 0, item: { ...message, content: [] } },
      { type: 'response.content_part.added', ...place, part: { ...part, text: '', annotations: [] } },
      { type: 'response.output_text.delta', ...place, delta: 'Tōkyō is big. ' },
      { type: 'response.output_text.delta', ...place, delta: `${CITED} ☂` },
      { type: 'response.output_text.annotation.added', ...place, annotation_index: 0, annotation: part.annotations[0] },
      { type: 'response.output_text.done', ...place, text: SAID },
      { type: 'response.content_part.done', ...place, part },
      { type: 'response.output_item.done', output_index: 0, item: message },
      { type: 'response.completed', response: { ...responseHead, output: [message] } },
    ]),
  },
  'anthropic-messages': {
    hasRange: false,
    whole: { ...claudeHead, content: blocks, stop_reason: 'end_turn', usage: claudeUsage },
    stream: sse([
      { type: 'message_start', message: { ...claudeHead, content: [], stop_reason: null, usage: claudeUsage } },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Tōkyō is big. ' } },
      { type: 'content_block_stop', index: 0 },
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '', citations: [] } },
      { type: 'content_block_delta', index: 1, delta: { type: 'citations_delta', citation: located } },
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text: CITED } },
      { type: 'content_block_stop', index: 1 },
      { type: 'content_block_start', index: 2, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 2, delta: { type: 'text_delta', text: ' ☂' } },
      { type: 'content_block_stop', index: 2 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 3 } },
      { type: 'message_stop' },
    ]),
  },
  gemini: {
    hasRange: true,
    whole: candidate(SAID, { finishReason: 'STOP', groundingMetadata: grounding }),
    stream: data([
      candidate('Tōkyō is big. '),
      candidate(`${CITED} ☂`),
      candidate('', { finishReason: 'STOP', groundingMetadata: grounding }),
    ]),
  },
  'cohere-chat': {
    hasRange: true,
    whole: {
      id: 'co1',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: SAID }], citations: [cohereCitation] },
      usage: cohereUsage,
    },
    stream: sse([
      { type: 'message-start', id: 'co1', delta: { message: { role: 'assistant', content: [] } } },
      { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
      { type: 'content-delta', index: 0, delta: { message: { content: { text: 'Tōkyō is big. ' } } } },
      { type: 'content-delta', index: 0, delta: { message: { content: { text: `${CITED} ☂` } } } },
      { type: 'citation-start', index: 0, delta: { message: { citations: cohereCitation } } },
      { type: 'citation-end', index: 0 },
      { type: 'content-end', index: 0 },
      { type: 'message-end', delta: { finish_reason: 'COMPLETE', usage: cohereUsage } },
    ]),
  },
  'bedrock-converse': {
    hasRange: false,
    whole: {
      output: {
        message: {
          role: 'assistant',
          content: [
            { text: 'Tōkyō is big. ' },
            { citationsContent: { content: [{ text: CITED }], citations: [bedrockCitation] } },
            { text: ' ☂' },
          ],
        },
      },
      stopReason: 'end_turn',
      usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 },
    },
    stream: [
      frame('messageStart', { role: 'assistant' }),
      frame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Tōkyō is big. ' } }),
      frame('contentBlockStop', { contentBlockIndex: 0 }),
      frame('contentBlockDelta', { contentBlockIndex: 1, delta: { text: CITED } }),
      frame('contentBlockDelta', { contentBlockIndex: 1, delta: { citation: bedrockCitation } }),
      frame('contentBlockStop', { contentBlockIndex: 1 }),
      frame('contentBlockDelta', { contentBlockIndex: 2, delta: { text: ' ☂' } }),
      frame('contentBlockStop', { contentBlockIndex: 2 }),
      frame('messageStop', { stopReason: 'end_turn' }),
      frame('metadata', { usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 }, metrics: { latencyMs: 1 } }),
    ].join(''),
  },
};
