import { asArray, asNumber, asObject, asString, isObject, type JsonObject } from '#core';
import type { WireDialect } from './exchanges.ts';
import { bedrockFacts, bedrockObjects } from './raw-bedrock.ts';
import { cohereFacts } from './raw-cohere.ts';
import { ndjsonObjects, ollamaFacts } from './raw-ollama.ts';
import { responsesFacts } from './raw-responses.ts';

/**
 * What an answer says, taken from the wire with as little code as possible and none of the dialects': the yardstick by
 * which their reading and writing is measured. Only the first choice; the dialects differ in having more.
 */
export interface RawFacts {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[];
  readonly finish: 'stop' | 'length' | 'tool' | 'filter' | 'none' | 'other';
  /** Null where the provider sent none. */
  readonly usage: { readonly input: number; readonly cached: number; readonly output: number } | null;
}

/** Facts of a whole answer, or of a stream as the list of its `data:` objects. */
export function rawFacts(dialect: WireDialect, chunks: readonly JsonObject[]): RawFacts {
  switch (dialect) {
    case 'openai-chat':
      return openaiFacts(chunks);
    case 'openai-completions':
      return openaiFacts(chunks.map(textAsContent));
    case 'cohere-chat':
      return cohereFacts(chunks);
    case 'ollama':
      return ollamaFacts(chunks);
    case 'bedrock-converse':
      return bedrockFacts(chunks);
    case 'openai-responses':
      return responsesFacts(chunks);
    case 'anthropic-messages':
      return anthropicFacts(chunks);
    case 'gemini':
      return geminiFacts(chunks);
  }
}

/** The events of a stream, however the dialect frames them. */
export function streamObjects(dialect: WireDialect, text: string): JsonObject[] {
  if (dialect === 'bedrock-converse') return bedrockObjects(text);
  return dialect === 'ollama' ? ndjsonObjects(text) : sseObjects(text);
}

/** The `data:` objects of an event stream whose lines end in LF or CRLF. */
export function sseObjects(text: string): JsonObject[] {
  return text
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:') && line.slice(5).trim() !== '[DONE]' && line.slice(5).trim() !== '')
    .map((line) => asObject(JSON.parse(line.slice(5))));
}

function parseArguments(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function thinkingText(value: unknown): string {
  return typeof value === 'string'
    ? value
    : asArray(value)
        .map((part) => asString(asObject(part).text) ?? '')
        .join('');
}

/** OpenRouter's `reasoning_details`, which sometimes stand alone. */
function detailsText(message: JsonObject): string {
  const details = asArray(message.reasoning_details).map(asObject);
  return details.map((detail) => asString(detail.text) ?? asString(detail.summary) ?? '').join('');
}

/** A completion in the form of a chat completion's answer. */
function textAsContent(chunk: JsonObject): JsonObject {
  const choices = asArray(chunk.choices).map(asObject);
  return { ...chunk, choices: choices.map((choice) => ({ ...choice, delta: { content: choice.text } })) };
}

function openaiFacts(chunks: readonly JsonObject[]): RawFacts {
  let text = '';
  let refusal = '';
  let reasoning = '';
  let finish = '';
  let usage: RawFacts['usage'] = null;
  const calls: { key: string; name: string; text: string }[] = [];
  for (const chunk of chunks) {
    usage = openaiUsage(chunk) ?? usage;
    for (const choice of asArray(chunk.choices).map(asObject)) {
      if ((choice.index ?? 0) !== 0) continue;
      // Perplexity sends both: the piece in `delta`, and all so far in `message`.
      const isWhole = chunk.object === 'chat.completion' && chunks.length === 1 && isObject(choice.message);
      const message = asObject(isWhole ? choice.message : (choice.delta ?? choice.message));
      if (typeof message.content === 'string') text += message.content;
      for (const part of asArray(message.content).map(asObject)) {
        if (part.type === 'thinking') reasoning += thinkingText(part.thinking);
        else text += asString(part.text) ?? '';
      }
      text += message.content ? '' : (asString(asObject(message.audio).transcript) ?? '');
      refusal += asString(message.refusal) ?? '';
      reasoning += asString(message.reasoning_content) || asString(message.reasoning) || detailsText(message);
      for (const [at, call] of asArray(message.tool_calls).map(asObject).entries()) {
        const callee = asObject(call.function);
        const key = String(call.index ?? at);
        const known = calls.find((entry) => entry.key === key);
        const piece = typeof callee.arguments === 'string' ? callee.arguments : '';
        if (known === undefined) calls.push({ key, name: asString(callee.name) ?? '', text: piece });
        else known.text += piece;
      }
      if (isObject(message.function_call)) {
        const { name, arguments: piece } = message.function_call;
        calls.push({ key: 'legacy', name: asString(name) ?? '', text: asString(piece) ?? '' });
      }
      finish = asString(choice.finish_reason) || finish;
    }
  }
  const word: Readonly<Record<string, RawFacts['finish']>> = {
    stop: 'stop',
    length: 'length',
    tool_calls: 'tool',
    function_call: 'tool',
    content_filter: 'filter',
    '': 'none',
  };
  const told = word[finish] ?? 'other';
  return {
    text: text + refusal,
    reasoning,
    calls: calls.map((call) => ({ name: call.name, arguments: parseArguments(call.text) })),
    finish: calls.length > 0 && told === 'stop' ? 'tool' : refusal !== '' && told === 'stop' ? 'filter' : told,
    usage,
  };
}

function openaiUsage(chunk: JsonObject): RawFacts['usage'] {
  const usage = asObject(chunk.usage ?? asObject(chunk.x_groq).usage);
  if (typeof usage.prompt_tokens !== 'number') return null;
  const details = asObject(usage.prompt_tokens_details);
  const cached = details.cached_tokens ?? usage.prompt_cache_hit_tokens ?? usage.cached_tokens;
  const total = asNumber(usage.total_tokens);
  const spoken = asNumber(usage.completion_tokens) ?? 0;
  const thought = asNumber(asObject(usage.completion_tokens_details).reasoning_tokens ?? usage.reasoning_tokens) ?? 0;
  const isOnTop = thought > spoken || total === usage.prompt_tokens + spoken + thought;
  // Grok on Azure reports more cached tokens than prompt tokens; the total shows that the prompt's figure is the one billed.
  const read = Math.min(asNumber(cached) ?? 0, usage.prompt_tokens);
  return { input: usage.prompt_tokens, cached: read, output: spoken + (isOnTop ? thought : 0) };
}

function anthropicFacts(chunks: readonly JsonObject[]): RawFacts {
  const blocks: { type: string; text: string; name: string; input: unknown }[] = [];
  let finish = '';
  let usage: JsonObject = {};
  const add = (block: JsonObject) =>
    blocks.push({
      type: asString(block.type) ?? '',
      text: asString(block.text) ?? asString(block.thinking) ?? '',
      name: asString(block.name) ?? '',
      input: block.input,
    });
  for (const chunk of chunks) {
    const message = chunk.type === 'message' ? chunk : asObject(chunk.message);
    asArray(message.content).map(asObject).forEach(add);
    if (chunk.type === 'content_block_start') add(asObject(chunk.content_block));
    const delta = asObject(chunk.delta);
    const block = blocks[asNumber(chunk.index) ?? -1];
    if (chunk.type === 'content_block_delta' && block !== undefined) {
      block.text += asString(delta.text) ?? asString(delta.thinking) ?? asString(delta.partial_json) ?? '';
    }
    finish = asString(message.stop_reason) ?? asString(delta.stop_reason) ?? finish;
    for (const source of [asObject(message.usage), asObject(chunk.usage)]) {
      usage = { ...usage, ...Object.fromEntries(Object.entries(source).filter(([, figure]) => figure !== null)) };
    }
  }
  const of = (type: string) => blocks.filter((block) => block.type === type);
  const word: Readonly<Record<string, RawFacts['finish']>> = {
    end_turn: 'stop',
    stop_sequence: 'stop',
    max_tokens: 'length',
    model_context_window_exceeded: 'length',
    pause_turn: 'length',
    tool_use: 'tool',
    refusal: 'filter',
    '': 'none',
  };
  const count = (key: string) => asNumber(usage[key]) ?? 0;
  return {
    text: of('text')
      .map((block) => block.text)
      .join(''),
    reasoning: of('thinking')
      .map((block) => block.text)
      .join(''),
    calls: of('tool_use').map(({ name, text, input }) => ({
      name,
      arguments: text === '' ? (input ?? {}) : parseArguments(text),
    })),
    finish: word[finish] ?? 'other',
    usage:
      usage.input_tokens === undefined
        ? null
        : {
            input: count('input_tokens') + count('cache_read_input_tokens') + count('cache_creation_input_tokens'),
            cached: count('cache_read_input_tokens'),
            output: count('output_tokens'),
          },
  };
}

const GEMINI_FILTERS: ReadonlySet<string> = new Set([
  ...['SAFETY', 'RECITATION', 'LANGUAGE', 'BLOCKLIST', 'PROHIBITED_CONTENT', 'SPII', 'IMAGE_SAFETY', 'MODEL_ARMOR'],
]);

function geminiFacts(chunks: readonly JsonObject[]): RawFacts {
  let text = '';
  let reasoning = '';
  let finish = '';
  let usage: RawFacts['usage'] = null;
  const calls: { name: string; arguments: unknown }[] = [];
  for (const chunk of chunks) {
    if (isObject(chunk.usageMetadata) && chunk.usageMetadata.promptTokenCount !== undefined)
      usage = geminiUsage(chunk.usageMetadata);
    if (isObject(chunk.promptFeedback) && chunk.promptFeedback.blockReason !== undefined) finish ||= 'SAFETY';
    const candidate = asObject(asArray(chunk.candidates)[0]);
    finish = asString(candidate.finishReason) ?? finish;
    for (const part of asArray(asObject(candidate.content).parts).map(asObject)) {
      if (part.thought === true) reasoning += asString(part.text) ?? '';
      else text += asString(part.text) ?? '';
      if (!isObject(part.functionCall)) continue;
      calls.push({ name: asString(part.functionCall.name) ?? '', arguments: part.functionCall.args ?? {} });
    }
  }
  const told = finish === '' ? 'none' : finish === 'STOP' ? 'stop' : finish === 'MAX_TOKENS' ? 'length' : 'other';
  return {
    text,
    reasoning,
    calls,
    finish: calls.length > 0 && told === 'stop' ? 'tool' : GEMINI_FILTERS.has(finish) ? 'filter' : told,
    usage,
  };
}

function geminiUsage(usage: JsonObject): RawFacts['usage'] {
  const count = (key: string) => asNumber(usage[key]) ?? 0;
  return {
    input: count('promptTokenCount') + count('toolUsePromptTokenCount'),
    cached: count('cachedContentTokenCount'),
    output: count('candidatesTokenCount') + count('thoughtsTokenCount'),
  };
}
