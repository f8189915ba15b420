import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { asNumber, asObject, asString, isObject, type JsonObject } from '#core';
import type { InboundContext } from '#dialects';

/** The dialects that every request and answer crosses between. */
export const WIRE_DIALECTS = Object.freeze([
  'openai-chat',
  'openai-responses',
  'anthropic-messages',
  'gemini',
  'cohere-chat',
  'ollama',
  'bedrock-converse',
] as const);
/** Those, and one that can say no more than text: it is only read. */
export type WireDialect = (typeof WIRE_DIALECTS)[number] | 'openai-completions';

/** One recorded chat call: a row of the report is a provider, a column a pair of dialects. */
export interface Exchange {
  /** The cassette and the position in it; what exclusions name. */
  readonly id: string;
  readonly provider: string;
  readonly dialect: WireDialect;
  readonly context: InboundContext;
  readonly model: string;
  readonly requestText: string;
  readonly request: JsonObject;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly answer: string;
  readonly framing: 'json' | 'sse' | 'json-array';
}

/** Every recorded chat call of the folder, in the order of its files. */
export function readExchanges(folder: string): readonly Exchange[] {
  const exchanges: Exchange[] = [];
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl.gz'))
    .sort()) {
    for (const line of gunzipSync(readFileSync(join(folder, file)))
      .toString()
      .split('\n')) {
      const exchange = line === '' ? null : readExchange(asObject(JSON.parse(line)));
      if (exchange !== null) exchanges.push(exchange);
    }
  }
  return exchanges;
}

function readExchange(record: JsonObject): Exchange | null {
  const url = asString(record.url) ?? '';
  const place = classify(url);
  if (place === null || record.method !== 'POST' || record.request_encoding !== 'text') return null;
  const requestText = asString(record.request_body) ?? '';
  const request: unknown = JSON.parse(requestText);
  if (!isObject(request)) return null;
  const body = asString(record.response_body) ?? '';
  // Binary answers stand here as text, one character a byte.
  const answer = record.response_encoding === 'base64' ? Buffer.from(body, 'base64').toString('latin1') : body;
  const headers = asObject(record.response_headers);
  const streams = place.context.pathStream ?? request.stream === true;
  const start = record.response_encoding === 'base64' ? '' : answer.trimStart()[0];
  return {
    id: `${record.source}#${record.n}`,
    ...place,
    model: place.context.pathModel ?? asString(request.model) ?? '',
    requestText,
    request,
    status: asNumber(record.status) ?? 0,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)])),
    answer,
    framing: !streams || (start === '{' && place.dialect !== 'ollama') ? 'json' : start === '[' ? 'json-array' : 'sse',
  };
}

function classify(url: string): Pick<Exchange, 'provider' | 'dialect' | 'context'> | null {
  const inBody = { pathModel: null, pathStream: null };
  if (/^https:\/\/api\.anthropic\.com\/v1\/messages(\?.*)?$/.test(url)) {
    return { provider: 'anthropic', dialect: 'anthropic-messages', context: { endpoint: 'messages', ...inBody } };
  }
  if (/\/chat\/completions(\?.*)?$/.test(url)) {
    const provider = url.startsWith('https://api.openai.com/') ? 'openai' : 'openai-compatible';
    return { provider, dialect: 'openai-chat', context: { endpoint: 'chat', ...inBody } };
  }
  if (url.startsWith('https://api.openai.com/v1/completions')) {
    return { provider: 'openai', dialect: 'openai-completions', context: { endpoint: 'completions', ...inBody } };
  }
  if (/\/responses(\?.*)?$/.test(url)) {
    const provider = url.startsWith('https://api.openai.com/') ? 'openai' : 'openai-compatible';
    return { provider, dialect: 'openai-responses', context: { endpoint: 'responses', ...inBody } };
  }
  if (url.startsWith('https://api.cohere.com/v2/chat')) {
    return { provider: 'cohere', dialect: 'cohere-chat', context: { endpoint: 'chat', ...inBody } };
  }
  if (url.endsWith('/api/chat')) {
    return { provider: 'ollama', dialect: 'ollama', context: { endpoint: 'chat', ...inBody } };
  }
  const bedrock = /\/model\/([^/]+)\/(converse|converse-stream)$/.exec(url);
  if (bedrock !== null) {
    const context = {
      endpoint: 'chat' as const,
      pathModel: decodeURIComponent(bedrock[1] ?? ''),
      pathStream: bedrock[2] === 'converse-stream',
    };
    return { provider: 'bedrock', dialect: 'bedrock-converse', context };
  }
  const gemini = /^https:\/\/[^/]+\/.*\/?models\/([^/:?]+):(generateContent|streamGenerateContent)/.exec(url);
  if (gemini === null) return null;
  const context = {
    endpoint: 'generate' as const,
    pathModel: gemini[1] ?? '',
    pathStream: gemini[2] !== 'generateContent',
  };
  return { provider: 'gemini', dialect: 'gemini', context };
}
