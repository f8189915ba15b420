import type { DialectName, Endpoint, ServiceName } from '#core';
import type { RequestHeaders } from './inbound-call.ts';

/** One path of the public API: whose dialect it speaks and what kind of call it makes. */
export interface ApiPath {
  /** A pattern of the router. */
  readonly pattern: string;
  readonly dialect: DialectName;
  readonly endpoint: Endpoint;
  /** False for paths of the contract that this version answers with a plain 404. */
  readonly isServed: boolean;
  /** True for a path where only the tokens of a request are counted. */
  readonly isCount?: boolean;
  /** What is asked for, where it is no chat. */
  readonly service?: ServiceName;
}

/** Every POST path of the contract whose model stands in the body. */
export const API_PATHS: readonly ApiPath[] = Object.freeze([
  { pattern: '/v1/chat/completions', dialect: 'openai-chat', endpoint: 'chat', isServed: true },
  { pattern: '/v1/messages', dialect: 'anthropic-messages', endpoint: 'messages', isServed: true },
  {
    pattern: '/v1/messages/count_tokens',
    dialect: 'anthropic-messages',
    endpoint: 'messages',
    isServed: true,
    isCount: true,
  },
  { pattern: '/v1/responses', dialect: 'openai-responses', endpoint: 'responses', isServed: true },
  { pattern: '/v2/chat', dialect: 'cohere-chat', endpoint: 'chat', isServed: true },
  { pattern: '/api/chat', dialect: 'ollama', endpoint: 'chat', isServed: true },
  { pattern: '/v1/completions', dialect: 'openai-completions', endpoint: 'completions', isServed: true },
  beside('/v1/embeddings', 'openai-chat', 'embeddings', 'embeddings'),
  beside('/v2/embed', 'cohere-chat', 'embeddings', 'embeddings'),
  beside('/api/embed', 'ollama', 'embeddings', 'embeddings'),
  beside('/v1/moderations', 'openai-chat', 'moderations', 'moderations'),
  beside('/v1/rerank', 'openai-chat', 'rerank', 'rerank'),
  beside('/v2/rerank', 'cohere-chat', 'rerank', 'rerank'),
  beside('/v1/images/generations', 'openai-chat', 'images', 'image-generation'),
  beside('/v1/images/edits', 'openai-chat', 'images', 'image-edit'),
  beside('/v1/images/variations', 'openai-chat', 'images', 'image-variation'),
  beside('/v1/audio/speech', 'openai-chat', 'audio', 'speech'),
  beside('/v1/audio/transcriptions', 'openai-chat', 'audio', 'transcription'),
  beside('/v1/audio/translations', 'openai-chat', 'audio', 'translation'),
  { pattern: '/mcp/*', dialect: 'openai-chat', endpoint: 'mcp', isServed: false },
]);

/** A call that is no chat. */
function beside(pattern: string, dialect: DialectName, endpoint: Endpoint, service: ServiceName): ApiPath {
  return { pattern, dialect, endpoint, isServed: true, service };
}

/** The kind of call that a path named by a route makes, by the dialect the route gives it. Pure. */
export function endpointOf(dialect: DialectName): Endpoint {
  return ENDPOINTS[dialect] ?? 'chat';
}

const ENDPOINTS: Readonly<Partial<Record<DialectName, Endpoint>>> = Object.freeze({
  'openai-responses': 'responses',
  'openai-completions': 'completions',
  'anthropic-messages': 'messages',
  gemini: 'generate',
});

/** What a method of Gemini's API asks for. */
export interface GeminiMethod {
  readonly isStream: boolean;
  readonly isCount?: boolean;
  readonly service?: ServiceName;
}

const GEMINI_METHODS: Readonly<Record<string, GeminiMethod>> = Object.freeze({
  generateContent: { isStream: false },
  streamGenerateContent: { isStream: true },
  countTokens: { isStream: false, isCount: true },
  embedContent: { isStream: false, service: 'embed-content' },
  batchEmbedContents: { isStream: false, service: 'batch-embed-contents' },
});

/** What a method asks for; undefined for one that this version does not serve. Pure. */
export function geminiMethod(name: string): GeminiMethod | undefined {
  return Object.hasOwn(GEMINI_METHODS, name) ? GEMINI_METHODS[name] : undefined;
}

/** Where Gemini's paths begin; clients of the stable API leave out `beta`. */
export const GEMINI_PREFIXES: readonly string[] = Object.freeze(['/v1beta/models/', '/v1/models/']);

/** What a Gemini path names: the model and the method behind the last colon. */
export interface GeminiPath {
  readonly model: string;
  readonly method: string;
}

/** Reads `{model}:{method}` after the prefix; the model may hold `/`, raw or as `%2F`. Null when it is no such path. Pure. */
export function readGeminiPath(rest: string): GeminiPath | null {
  const colon = rest.lastIndexOf(':');
  if (colon <= 0 || colon === rest.length - 1) return null;
  const model = decode(rest.slice(0, colon));
  return model === null ? null : { model, method: rest.slice(colon + 1) };
}

/** Where Bedrock's paths begin. */
export const BEDROCK_PREFIX = '/model/';

/** What a Bedrock path names: the model's id or ARN, escaped or not, and the operation behind the last slash. */
export interface BedrockPath {
  readonly model: string;
  readonly operation: string;
}

/** Reads `{model}/{operation}` after the prefix. Null when it is no such path. Pure. */
export function readBedrockPath(rest: string): BedrockPath | null {
  const slash = rest.lastIndexOf('/');
  const model = slash <= 0 ? null : decode(rest.slice(0, slash));
  return model === null ? null : { model, operation: rest.slice(slash + 1) };
}

/** The dialect in whose shape an error at this path is written: that of the path, OpenAI's elsewhere. Pure. */
export function dialectOfPath(path: string, headers: RequestHeaders): DialectName {
  if (path.startsWith('/v1/messages')) return 'anthropic-messages';
  if (path === '/v1/responses') return 'openai-responses';
  if (path.startsWith(BEDROCK_PREFIX)) return 'bedrock-converse';
  if (path.startsWith('/v2/')) return 'cohere-chat';
  if (OLLAMA_PATH.test(path)) return 'ollama';
  if (path.startsWith('/v1/models') && !path.includes(':')) return modelListDialect(path, headers);
  return GEMINI_PREFIXES.some((prefix) => path.startsWith(prefix)) || path.startsWith('/v1beta/')
    ? 'gemini'
    : 'openai-chat';
}

/** Ollama's own API (its docs/api.md); other paths under `/api/` are of no dialect, and routes name them as they like. */
const OLLAMA_PATH =
  /^\/api\/(?:chat|generate|embed|embeddings|tags|show|ps|pull|push|create|copy|delete|version|blobs\/.*)$/;

/** Whose list of models is asked for: all three APIs have one at `/v1/models`, and their clients tell by a header of their own. Pure. */
export function modelListDialect(
  path: string,
  headers: RequestHeaders,
): 'openai-chat' | 'anthropic-messages' | 'gemini' {
  if (headers['anthropic-version'] !== undefined) return 'anthropic-messages';
  const isGoogle = headers['x-goog-api-key'] !== undefined || headers['x-goog-api-client'] !== undefined;
  return isGoogle || path.startsWith('/v1beta/') ? 'gemini' : 'openai-chat';
}

function decode(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}
