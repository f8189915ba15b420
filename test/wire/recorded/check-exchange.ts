import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import {
  asArray,
  asObject,
  inputTokens,
  isObject,
  type JsonObject,
  type NeutralEvent,
  type NeutralRequest,
  type NeutralResponse,
  outputTokens,
  type StreamError,
} from '#core';
import {
  type CallerContext,
  collectEvents,
  createSseFramer,
  type Dialect,
  type OutboundTarget,
  type SseEvent,
  spliceTopLevel,
} from '#dialects';
import { cutBytes, randomCuts } from '../../support/cut-bytes.ts';
import { findStreamFaults } from './anthropic-rules.ts';
import type { Exchange, WireDialect } from './exchanges.ts';
import type { OfficialSchemas } from './official-schemas.ts';
import { type RawFacts, rawFacts, streamObjects } from './raw-facts.ts';
import { oneTextFacts, type RequestFacts, requestFacts } from './request-facts.ts';

/** The parts a check needs beside the exchange. */
export interface Bench {
  readonly dialectOf: (name: WireDialect) => Dialect;
  readonly schemas: OfficialSchemas;
  /** Told what an answer lost on its way to a caller of another dialect. */
  readonly lose?: (pair: string, what: string) => void;
}

const encoder = new TextEncoder();

const TARGET_MODELS: Readonly<Record<WireDialect, string>> = {
  'openai-chat': 'gpt-5.2',
  'openai-responses': 'gpt-5.2',
  'openai-completions': 'davinci-002',
  'anthropic-messages': 'claude-sonnet-4-5',
  gemini: 'gemini-2.5-pro',
  'cohere-chat': 'command-a-reasoning-08-2025',
  ollama: 'gpt-oss',
  'bedrock-converse': 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
};

/** Dialects whose path names the model and the stream. */
const IN_PATH: ReadonlySet<WireDialect> = new Set(['gemini', 'bedrock-converse']);

function targetOf(upstreamModel: string): OutboundTarget {
  return {
    upstreamModel,
    maxOutputTokens: null,
    defaultMaxOutputTokens: 4096,
    params: {},
    prompt: { prepend: null, append: null },
    quirks: { renameParams: {}, dropParams: [], maxStopSequences: null, noStreamOptions: false },
    capabilities: null,
  };
}

function callerOf(exchange: Exchange): CallerContext {
  return { model: exchange.model, requestId: 'req_1', streamUsage: true, createdAt: 1_790_000_000, framing: 'sse' };
}

/** Same dialect: the bytes pass, but for what policy changes; what policy reads of them is what they say. */
export function checkPassThrough(exchange: Exchange, bench: Bench): string[] {
  const dialect = bench.dialectOf(exchange.dialect);
  const { request, context } = exchange;
  const findings: string[] = [];
  const shape = dialect.readShape(request, context);
  if (shape.model !== exchange.model) findings.push(`the shape names the model ${shape.model}`);
  const same = dialect.passRequest(request, targetOf(exchange.model), context);
  const edited = Object.keys(same.edits).filter((key) => !(key === 'stream_options' && shape.stream));
  if (edited.length > 0) findings.push(`edits without a policy: ${edited.join(', ')}`);
  const renamed = dialect.passRequest(request, targetOf('other/model-1'), context);
  const sent = JSON.parse(
    new TextDecoder().decode(spliceTopLevel(encoder.encode(exchange.requestText), renamed.edits)),
  );
  for (const key of new Set([...Object.keys(request), ...Object.keys(sent)])) {
    const mayDiffer = key === 'model' || (key === 'stream_options' && shape.stream);
    if (!mayDiffer && !isDeepStrictEqual(sent[key], request[key])) findings.push(`a new model name changed ${key}`);
  }
  return [...findings, ...checkReading(exchange, dialect)];
}

/** What the dialect reads of the answer is what the wire says. */
function checkReading(exchange: Exchange, dialect: Dialect): string[] {
  if (exchange.status >= 300) return checkError(exchange, dialect);
  const expected = rawFacts(exchange.dialect, answerObjects(exchange));
  const { response, findings } = readAnswer(exchange, dialect);
  if ('reason' in response) return [...findings, ...expectError(exchange, response)];
  if (exchange.framing === 'json' && isObject(answerObjects(exchange)[0])) {
    const usage = dialect.readUsage(answerObjects(exchange)[0] ?? {});
    if (!isDeepStrictEqual(usage, response.usage))
      findings.push('readUsage differs from the usage of the whole reading');
  }
  return [...findings, ...compareFacts(expected, neutralFacts(response))];
}

function checkError(exchange: Exchange, dialect: Dialect): string[] {
  const { reason, message } = dialect.readError(exchange.status, exchange.headers, exchange.answer, 0);
  const isPlausible =
    exchange.status === 429 ? reason === 'rate-limit' : reason !== 'malformed' && reason !== 'server-error';
  return isPlausible && message !== '' ? [] : [`a ${exchange.status} was read as ${reason}`];
}

/** A reading that ended in an error is right only where the provider sent one. */
function expectError(exchange: Exchange, error: StreamError): string[] {
  return exchange.answer.includes('"error"') ? [] : [`read as an error: ${error.reason}: ${error.message}`];
}

/** The request in another dialect: valid there, and saying the same but for what it names as lost. */
export function checkRequest(exchange: Exchange, to: WireDialect, bench: Bench): string[] {
  const from = bench.dialectOf(exchange.dialect);
  const target = bench.dialectOf(to);
  const neutral = from.readRequest(exchange.request, exchange.context);
  // What leans on a provider's memory is never translated.
  if ((neutral.sameDialectOnly ?? []).length > 0 && to !== exchange.dialect) return [];
  const { body, lost } = target.writeRequest(neutral, targetOf(TARGET_MODELS[to]));
  // A compatible host's own additions come back to it; they are not OpenAI's.
  const isForeign = exchange.provider === 'openai-compatible' && to === exchange.dialect;
  const findings = isForeign ? [] : [...bench.schemas.request(to, body)];
  const context = {
    endpoint: exchange.context.endpoint,
    pathModel: IN_PATH.has(to) ? TARGET_MODELS[to] : null,
    pathStream: IN_PATH.has(to) ? neutral.stream : null,
  };
  const back = target.readRequest(JSON.parse(JSON.stringify(body)), context);
  const facts = (read: NeutralRequest) => (to === 'ollama' ? oneTextFacts(requestFacts(read)) : requestFacts(read));
  const before = facts(neutral);
  const after = facts(back);
  const isNamed = (words: RegExp) => lost.some((path) => words.test(path));
  const same = (key: keyof RequestFacts, words: RegExp) => {
    if (!isDeepStrictEqual(before[key], after[key]) && !isNamed(words)) {
      findings.push(`${key}: ${difference(before[key], after[key])}; lost: ${lost.join(', ')}`);
    }
  };
  // Where there are only instructions, a dialect that needs a user's turn makes one of them.
  const isSpokenByUser = before.turns.length === 0 && after.turns.length > 0;
  // A format that the target cannot be asked for is asked for in words, behind the caller's own.
  const isPrefix = neutral.responseFormat !== undefined && after.instructions.startsWith(before.instructions);
  if (!isSpokenByUser && !isPrefix) same('instructions', /system|messages/);
  if (isSpokenByUser) {
    const said = [after.instructions, ...after.turns.flatMap((turn) => turn.said)]
      .filter((text) => text !== '')
      .join('\n');
    if (said !== before.instructions) findings.push(`instructions: ${difference(before.instructions, said)}`);
  } else same('turns', /messages|contents/);
  // A schema may be asked for by a tool of the gateway's own, behind the caller's.
  const hasOwnTool = neutral.responseFormat?.kind === 'json-schema' && after.tools.at(-1)?.startsWith('signalbox_');
  // Without a choice to say it, tools that must not be used are not offered, and one that must be is alone.
  // Bedrock refuses calls in the turns without tools: those are declared by their names then.
  const isDeclared = to === 'bedrock-converse' && before.tools.length === 0;
  const isChosen =
    isDeclared ||
    ((to === 'ollama' || to === 'bedrock-converse') && neutral.toolChoice?.kind === 'none') ||
    (to === 'cohere-chat' && neutral.toolChoice?.kind === 'tool' && after.tools.length === 1);
  if (!isChosen && (!hasOwnTool || !isDeepStrictEqual(after.tools.slice(0, -1), before.tools))) same('tools', /tools/);
  same('stop', /stop/);
  same('temperature', /temperature/);
  same('stream', /stream/);
  if (before.maxOutputTokens !== null) same('maxOutputTokens', /max/);
  return findings;
}

/** The answer in another dialect: valid there, with the same text, reasoning, calls, usage and finish. */
export function checkAnswer(exchange: Exchange, to: WireDialect, bench: Bench): string[] {
  if (exchange.status >= 300) return [];
  const from = bench.dialectOf(exchange.dialect);
  const target = bench.dialectOf(to);
  const told = (facts: RawFacts) => (to === 'ollama' ? withoutCached(facts) : facts);
  const expected = told(rawFacts(exchange.dialect, answerObjects(exchange)));
  const { response, events } = readAnswer(exchange, from);
  if ('reason' in response) return expectError(exchange, response);
  const caller = { ...callerOf(exchange), lose: (what: string) => bench.lose?.(`${exchange.dialect} to ${to}`, what) };
  const findings: string[] = [];
  let written: JsonObject[];
  let back: NeutralResponse | StreamError;
  if (events === null) {
    written = [JSON.parse(JSON.stringify(target.writeResponse(response, caller)))];
    back = target.readResponse(written[0]);
  } else {
    const writer = target.createStreamWriter(caller);
    const text = events.map((event) => writer.push(event)).join('');
    written = streamObjects(to, text);
    back = collect(read(text, target));
    if (to === 'anthropic-messages') findings.push(...findStreamFaults(written));
  }
  findings.push(...written.flatMap((body) => bench.schemas.answer(to, body, events !== null)));
  findings.push(...compareFacts(expected, rawFacts(to, written)));
  if ('reason' in back) findings.push(`read back as an error: ${back.message}`);
  else
    findings.push(
      ...compareFacts(told(neutralFacts(response)), neutralFacts(back)).map((finding) => `read back: ${finding}`),
    );
  return findings;
}

/** Ollama has two counts only. */
function withoutCached(facts: RawFacts): RawFacts {
  return facts.usage === null ? facts : { ...facts, usage: { ...facts.usage, cached: 0 } };
}

function answerObjects(exchange: Exchange): JsonObject[] {
  if (exchange.framing === 'sse') return streamObjects(exchange.dialect, exchange.answer);
  const value: unknown = JSON.parse(exchange.answer);
  return Array.isArray(value) ? value.map(asObject) : [asObject(value)];
}

interface Answer {
  readonly response: NeutralResponse | StreamError;
  /** Null for an answer that was no stream. */
  readonly events: readonly NeutralEvent[] | null;
  readonly findings: string[];
}

/** Reads the answer; a stream is cut at seeded offsets, and its frames must add up to its bytes. */
function readAnswer(exchange: Exchange, dialect: Dialect): Answer {
  if (exchange.framing === 'json') {
    return { response: dialect.readResponse(JSON.parse(exchange.answer)), events: null, findings: [] };
  }
  // Gemini's JSON array is what callers without `alt=sse` get; towards Gemini the gateway always asks for events.
  const text =
    exchange.framing === 'sse'
      ? exchange.answer
      : asArray(JSON.parse(exchange.answer))
          .map((item) => `data: ${JSON.stringify(item)}\n\n`)
          .join('');
  const frames = frame(text, exchange.id, dialect);
  const isWhole = Buffer.concat(frames.map((event) => event.raw)).equals(bytesOf(text, dialect));
  const reader = dialect.createStreamReader();
  const events = [...frames.flatMap((event) => reader.push(event)), ...reader.end()];
  return { response: collect(events), events, findings: isWhole ? [] : ['the frames are not the stream'] };
}

/** Binary streams stand as text of one character a byte. */
function bytesOf(text: string, dialect: Dialect): Uint8Array {
  return dialect.name === 'bedrock-converse' ? Buffer.from(text, 'latin1') : encoder.encode(text);
}

function frame(text: string, id: string, dialect: Dialect): SseEvent[] {
  const bytes = bytesOf(text, dialect);
  const framer = dialect.streamFormat?.createFramer() ?? createSseFramer();
  return [
    ...cutBytes(bytes, randomCuts(bytes.length, hash(id))).flatMap((piece) => framer.push(piece)),
    ...framer.end(),
  ];
}

function hash(text: string): number {
  let state = 7;
  for (let at = 0; at < text.length; at++) state = (Math.imul(state, 31) + text.charCodeAt(at)) | 0;
  return state;
}

function read(text: string, dialect: Dialect): readonly NeutralEvent[] {
  const reader = dialect.createStreamReader();
  return [...frame(text, text, dialect).flatMap((event) => reader.push(event)), ...reader.end()];
}

function collect(events: readonly NeutralEvent[]): NeutralResponse | StreamError {
  const collector = collectEvents();
  for (const event of events) collector.push(event);
  return collector.result();
}

/** The facts of the neutral form, in the terms of the raw ones. */
function neutralFacts(response: NeutralResponse): RawFacts {
  const [choice] = response.choices;
  assert.ok(choice !== undefined, 'an answer has a choice');
  const join = (kind: 'text' | 'refusal' | 'reasoning') =>
    choice.content.flatMap((part) => (part.kind === kind ? [part.text] : [])).join('');
  const finish: Readonly<Record<string, RawFacts['finish']>> = {
    stop: 'stop',
    'stop-sequence': 'stop',
    length: 'length',
    'context-window': 'length',
    pause: 'length',
    'tool-calls': 'tool',
    'content-filter': 'filter',
    refusal: 'filter',
  };
  const { usage } = response;
  return {
    text: join('text') + join('refusal'),
    reasoning: join('reasoning'),
    calls: choice.content.flatMap((part) =>
      part.kind === 'tool-call' ? [{ name: part.name, arguments: parseOrText(part.arguments) }] : [],
    ),
    finish: finish[choice.finish.reason] ?? 'other',
    usage:
      usage === undefined ? null : { input: inputTokens(usage), cached: usage.cacheRead, output: outputTokens(usage) },
  };
}

function parseOrText(text: string): unknown {
  if (text.trim() === '') return {};
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What a provider did not tell (no usage, no finish reason) may be anything. */
function compareFacts(expected: RawFacts, actual: RawFacts): string[] {
  const findings: string[] = [];
  for (const key of ['text', 'reasoning', 'calls'] as const) {
    if (!isDeepStrictEqual(expected[key], actual[key]))
      findings.push(`${key}: ${difference(expected[key], actual[key])}`);
  }
  const isTold = expected.finish !== 'none' && expected.finish !== 'other';
  if (isTold && expected.finish !== actual.finish) findings.push(`finish: ${expected.finish} became ${actual.finish}`);
  if (expected.usage !== null && !isDeepStrictEqual(expected.usage, actual.usage)) {
    findings.push(`usage: ${JSON.stringify(expected.usage)} became ${JSON.stringify(actual.usage)}`);
  }
  return findings;
}

/** Where two values part, shortened: recorded content is long. */
function difference(before: unknown, after: unknown): string {
  const [a, b] = [JSON.stringify(before) ?? 'nothing', JSON.stringify(after) ?? 'nothing'];
  let at = 0;
  while (at < a.length && a[at] === b[at]) at++;
  const from = Math.max(0, at - 30);
  return `…${a.slice(from, at + 80)} became …${b.slice(from, at + 80)}`;
}
