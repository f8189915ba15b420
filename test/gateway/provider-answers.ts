import { encodeAwsMessage } from '../../src/dialects/aws-frames.ts';
import { chatAnswer, chatChunk, chatFrames, type Script, sse, usageChunk } from '../support/scripted-upstream.ts';
import type { ProviderName } from './harness.ts';

/** What a provider of one dialect answers, hand-made after its public documentation. All say `Hi there` with 9 tokens in and 3 out. */
export interface ProviderAnswers {
  readonly whole: Script;
  readonly stream: Script;
  /** A call of `get_weather` with `{"city":"Tokyo"}`. */
  readonly toolCall: Script;
  readonly toolStream: Script;
  /** The frames up to and with the first content, for streams that break after it. */
  readonly firstContent: readonly (string | Uint8Array)[];
  /** The provider's own error with that status. */
  readonly error: (status: number) => Script;
}

export const OPENAI: ProviderAnswers = {
  whole: chatAnswer('Hi there'),
  stream: { chunks: chatFrames('Hi', ' there') },
  toolCall: chatAnswer('', {
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: null,
          tool_calls: [
            { id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '{"city":"Tokyo"}' } },
          ],
        },
        finish_reason: 'tool_calls',
        logprobs: null,
      },
    ],
  }),
  toolStream: {
    chunks: sse(
      chatChunk({
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, id: 'call_1', type: 'function', function: { name: 'get_weather', arguments: '' } }],
      }),
      chatChunk({ tool_calls: [{ index: 0, function: { arguments: '{"city":' } }] }),
      chatChunk({ tool_calls: [{ index: 0, function: { arguments: '"Tokyo"}' } }] }),
      chatChunk({}, 'tool_calls'),
      usageChunk,
      '[DONE]',
    ),
  },
  firstContent: sse(chatChunk({ role: 'assistant', content: '' }), chatChunk({ content: 'Hi' })),
  error: (status) => ({
    status,
    body: { error: { message: `openai says ${status}`, type: 'server_error', param: null, code: null } },
  }),
};

const event = (name: string, data: object) => `event: ${name}\ndata: ${JSON.stringify({ type: name, ...data })}\n\n`;
const claudeMessage = (content: readonly object[], stopReason: string | null, outputTokens: number) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5',
  content,
  stop_reason: stopReason,
  stop_sequence: null,
  usage: { input_tokens: 9, output_tokens: outputTokens },
});
const claudeHead = [
  event('message_start', { message: claudeMessage([], null, 1) }),
  event('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: 'Hi' } }),
];
const claudeTail = (stopReason: string) => [
  event('content_block_stop', { index: 0 }),
  event('message_delta', { delta: { stop_reason: stopReason, stop_sequence: null }, usage: { output_tokens: 3 } }),
  event('message_stop', {}),
];

export const ANTHROPIC: ProviderAnswers = {
  whole: { body: claudeMessage([{ type: 'text', text: 'Hi there' }], 'end_turn', 3) },
  stream: {
    chunks: [
      ...claudeHead,
      event('content_block_delta', { index: 0, delta: { type: 'text_delta', text: ' there' } }),
      ...claudeTail('end_turn'),
    ],
  },
  toolCall: {
    body: claudeMessage(
      [{ type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: { city: 'Tokyo' } }],
      'tool_use',
      3,
    ),
  },
  toolStream: {
    chunks: [
      event('message_start', { message: claudeMessage([], null, 1) }),
      event('content_block_start', {
        index: 0,
        content_block: { type: 'tool_use', id: 'toolu_1', name: 'get_weather', input: {} },
      }),
      event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '{"city":' } }),
      event('content_block_delta', { index: 0, delta: { type: 'input_json_delta', partial_json: '"Tokyo"}' } }),
      ...claudeTail('tool_use'),
    ],
  },
  firstContent: claudeHead,
  error: (status) => ({
    status,
    body: { type: 'error', error: { type: 'api_error', message: `anthropic says ${status}` } },
  }),
};

const geminiAnswer = (parts: readonly object[], more: object = {}) => ({
  candidates: [{ index: 0, content: { role: 'model', parts }, ...more }],
  usageMetadata: { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 },
  modelVersion: 'gemini-2.5-pro',
  responseId: 'g-1',
});
const frame = (chunk: object) => `data: ${JSON.stringify(chunk)}\r\n\r\n`;
const geminiCall = [{ functionCall: { name: 'get_weather', args: { city: 'Tokyo' } } }];

export const GEMINI: ProviderAnswers = {
  whole: { body: geminiAnswer([{ text: 'Hi there' }], { finishReason: 'STOP' }) },
  stream: {
    chunks: [
      frame(geminiAnswer([{ text: 'Hi' }])),
      frame(geminiAnswer([{ text: ' there' }], { finishReason: 'STOP' })),
    ],
  },
  toolCall: { body: geminiAnswer(geminiCall, { finishReason: 'STOP' }) },
  toolStream: { chunks: [frame(geminiAnswer(geminiCall, { finishReason: 'STOP' }))] },
  firstContent: [frame(geminiAnswer([{ text: 'Hi' }]))],
  error: (status) => ({
    status,
    body: { error: { code: status, message: `gemini says ${status}`, status: 'INTERNAL' } },
  }),
};

const responseOf = (output: readonly object[], status = 'completed') => ({
  id: 'resp_1',
  object: 'response',
  created_at: 1_790_000_000,
  status,
  model: 'gpt-5.2',
  output,
  error: null,
  incomplete_details: null,
  usage: {
    input_tokens: 9,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 3,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 12,
  },
});
const textItem = (text: string, status = 'completed') => ({
  id: 'msg_1',
  type: 'message',
  status,
  role: 'assistant',
  content: text === '' ? [] : [{ type: 'output_text', text, annotations: [], logprobs: [] }],
});
const callItem = (args: string, status = 'completed') => ({
  id: 'fc_1',
  type: 'function_call',
  status,
  call_id: 'call_1',
  name: 'get_weather',
  arguments: args,
});
const place = { output_index: 0 };
const responsesHead = [
  event('response.created', { response: { ...responseOf([], 'in_progress'), usage: null } }),
  event('response.in_progress', { response: { ...responseOf([], 'in_progress'), usage: null } }),
];
const textHead = [
  ...responsesHead,
  event('response.output_item.added', { ...place, item: textItem('', 'in_progress') }),
  event('response.content_part.added', {
    ...{ ...place, item_id: 'msg_1', content_index: 0 },
    part: { type: 'output_text', text: '', annotations: [], logprobs: [] },
  }),
  event('response.output_text.delta', { ...place, item_id: 'msg_1', content_index: 0, delta: 'Hi', logprobs: [] }),
];

export const RESPONSES: ProviderAnswers = {
  whole: { body: responseOf([textItem('Hi there')]) },
  stream: {
    chunks: [
      ...textHead,
      event('response.output_text.delta', { ...place, item_id: 'msg_1', content_index: 0, delta: ' there' }),
      event('response.output_text.done', { ...place, item_id: 'msg_1', content_index: 0, text: 'Hi there' }),
      event('response.output_item.done', { ...place, item: textItem('Hi there') }),
      event('response.completed', { response: responseOf([textItem('Hi there')]) }),
    ],
  },
  toolCall: { body: responseOf([callItem('{"city":"Tokyo"}')]) },
  toolStream: {
    chunks: [
      ...responsesHead,
      event('response.output_item.added', { ...place, item: callItem('', 'in_progress') }),
      event('response.function_call_arguments.delta', { ...place, item_id: 'fc_1', delta: '{"city":' }),
      event('response.function_call_arguments.delta', { ...place, item_id: 'fc_1', delta: '"Tokyo"}' }),
      event('response.function_call_arguments.done', { ...place, item_id: 'fc_1', arguments: '{"city":"Tokyo"}' }),
      event('response.output_item.done', { ...place, item: callItem('{"city":"Tokyo"}') }),
      event('response.completed', { response: responseOf([callItem('{"city":"Tokyo"}')]) }),
    ],
  },
  firstContent: textHead,
  error: (status) => ({
    status,
    body: { error: { message: `responses says ${status}`, type: 'server_error', param: null, code: null } },
  }),
};

const cohereUsage = {
  billed_units: { input_tokens: 9, output_tokens: 3 },
  // With the provider's own hidden prompt, which nobody pays for.
  tokens: { input_tokens: 509, output_tokens: 6 },
  cached_tokens: 448,
};
const cohereCall = (args: string) => ({
  id: 'get_weather_1',
  type: 'function',
  function: { name: 'get_weather', arguments: args },
});
const cohereHead = event('message-start', {
  id: 'c-1',
  delta: { message: { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] } },
});
const cohereEnd = (reason: string) => event('message-end', { delta: { finish_reason: reason, usage: cohereUsage } });
const coherePiece = (text: string) => event('content-delta', { index: 0, delta: { message: { content: { text } } } });
const cohereFirst = [
  cohereHead,
  event('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
  coherePiece('Hi'),
];
const coherePart = (text: string) =>
  event('tool-call-delta', { index: 0, delta: { message: { tool_calls: { function: { arguments: text } } } } });

export const COHERE: ProviderAnswers = {
  whole: {
    body: {
      id: 'c-1',
      finish_reason: 'COMPLETE',
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hi there' }] },
      usage: cohereUsage,
    },
  },
  stream: {
    chunks: [...cohereFirst, coherePiece(' there'), event('content-end', { index: 0 }), cohereEnd('COMPLETE')],
  },
  toolCall: {
    body: {
      id: 'c-1',
      finish_reason: 'TOOL_CALL',
      message: { role: 'assistant', tool_plan: 'I will look.', tool_calls: [cohereCall('{"city":"Tokyo"}')] },
      usage: cohereUsage,
    },
  },
  toolStream: {
    chunks: [
      cohereHead,
      event('tool-plan-delta', { delta: { message: { tool_plan: 'I will look.' } } }),
      event('tool-call-start', { index: 0, delta: { message: { tool_calls: cohereCall('') } } }),
      coherePart('{"city":'),
      coherePart('"Tokyo"}'),
      event('tool-call-end', { index: 0 }),
      cohereEnd('TOOL_CALL'),
    ],
  },
  firstContent: cohereFirst,
  error: (status) => ({ status, body: { id: 'c-1', message: `cohere says ${status}` } }),
};

const line = (fields: object) =>
  `${JSON.stringify({ model: 'gpt-oss', created_at: '2026-11-25T09:00:00.123456Z', ...fields })}\n`;
const said = (content: string) => line({ message: { role: 'assistant', content }, done: false });
const ollamaEnd = { done: true, done_reason: 'stop', total_duration: 5, prompt_eval_count: 9, eval_count: 3 };
const ollamaCall = {
  role: 'assistant',
  content: '',
  tool_calls: [{ function: { name: 'get_weather', arguments: { city: 'Tokyo' } } }],
};
const ndjson = { 'content-type': 'application/x-ndjson' };
const lastLine = line({ message: { role: 'assistant', content: '' }, ...ollamaEnd });

export const OLLAMA: ProviderAnswers = {
  whole: { body: JSON.parse(line({ message: { role: 'assistant', content: 'Hi there' }, ...ollamaEnd })) },
  stream: { headers: ndjson, chunks: [said('Hi'), said(' there'), lastLine] },
  toolCall: { body: JSON.parse(line({ message: ollamaCall, ...ollamaEnd })) },
  toolStream: { headers: ndjson, chunks: [line({ message: ollamaCall, done: false }), lastLine] },
  firstContent: [said('Hi')],
  error: (status) => ({ status, body: { error: `ollama says ${status}` } }),
};

const awsFrame = (type: string, body: object) =>
  encodeAwsMessage({
    headers: { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    payload: Buffer.from(JSON.stringify(body)),
  });
const awsHeaders = { 'content-type': 'application/vnd.amazon.eventstream', 'x-amzn-requestid': 'aws-1' };
const awsStart = awsFrame('messageStart', { role: 'assistant', p: 'abcd' });
const awsDelta = (delta: object, contentBlockIndex = 0) =>
  awsFrame('contentBlockDelta', { contentBlockIndex, delta, p: 'ab' });
const awsUsage = { usage: { inputTokens: 9, outputTokens: 3, totalTokens: 12 }, metrics: { latencyMs: 5 } };
const awsEnd = (stopReason: string) => [
  awsFrame('contentBlockStop', { contentBlockIndex: 0 }),
  awsFrame('messageStop', { stopReason }),
  awsFrame('metadata', awsUsage),
];
const converse = (content: readonly object[], stopReason: string): Script => ({
  headers: { 'content-type': 'application/json', 'x-amzn-requestid': 'aws-1' },
  body: { output: { message: { role: 'assistant', content } }, stopReason, ...awsUsage },
});

export const BEDROCK: ProviderAnswers = {
  whole: converse([{ text: 'Hi there' }], 'end_turn'),
  stream: {
    headers: awsHeaders,
    chunks: [awsStart, awsDelta({ text: 'Hi' }), awsDelta({ text: ' there' }), ...awsEnd('end_turn')],
  },
  toolCall: converse(
    [{ toolUse: { toolUseId: 'tooluse_1', name: 'get_weather', input: { city: 'Tokyo' } } }],
    'tool_use',
  ),
  toolStream: {
    headers: awsHeaders,
    chunks: [
      awsStart,
      awsFrame('contentBlockStart', {
        contentBlockIndex: 0,
        start: { toolUse: { toolUseId: 'tooluse_1', name: 'get_weather' } },
      }),
      awsDelta({ toolUse: { input: '{"city":' } }),
      awsDelta({ toolUse: { input: '"Tokyo"}' } }),
      ...awsEnd('tool_use'),
    ],
  },
  firstContent: [awsStart, awsDelta({ text: 'Hi' })],
  error: (status) => ({ status, body: { message: `bedrock says ${status}` } }),
};

/** What each provider of the harness answers. */
export const ANSWERS: Readonly<Record<ProviderName, ProviderAnswers>> = {
  openai: OPENAI,
  anthropic: ANTHROPIC,
  gemini: GEMINI,
  responses: RESPONSES,
  cohere: COHERE,
  ollama: OLLAMA,
  bedrock: BEDROCK,
};
