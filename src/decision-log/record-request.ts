import type { RequestFacts, TrimmedInput } from '#decision';
import { looksPrivate } from './looks-private.ts';
import type { Pseudonymise } from './pseudonym.ts';
import type { RecordedDigests, RecordedRequest } from './record.gen.ts';
import type { Unfinished } from './unfinished.ts';

const MAX_VALUE = 256;
/** Headers that carry credentials are never kept, whatever policies say about them. */
const CREDENTIALS: ReadonlySet<string> = new Set([
  ...['authorization', 'proxy-authorization', 'cookie', 'x-api-key', 'api-key', 'x-goog-api-key'],
  'x-signalbox-signature',
]);

/** A request fit to be kept, and what had to be replaced in it: raw value → stand-in. */
export interface MaskedRequest {
  readonly request: RecordedRequest;
  readonly replaced: ReadonlyMap<string, string>;
}

/** A request with what its record needs beside. */
export interface RequestToRecord {
  readonly request: RequestFacts;
  readonly keyId: string | null;
  readonly digests: RecordedDigests;
  readonly pseudonymise: Pseudonymise;
  /** Metadata under other keys is left out. */
  readonly metadataKeys: ReadonlySet<string>;
  /** Masked already; null keeps none. */
  readonly prefix: string | null;
}

/** What a request asked for, fit to be kept: no prompt text, no session id, and a stand-in for every free value that looks personal or secret. Pure. */
export function recordRequest({
  request,
  keyId,
  digests,
  pseudonymise,
  metadataKeys,
  prefix,
}: RequestToRecord): MaskedRequest {
  const masked: string[] = [];
  const replaced = new Map<string, string>();
  const keep = (field: string, value: string): string => {
    if (value.length <= MAX_VALUE && isPlain(value)) return value;
    masked.push(field);
    const standIn = `p_${pseudonymise(value)}`;
    replaced.set(value, standIn);
    return standIn;
  };
  const keepAll = (
    group: string,
    values: Readonly<Record<string, string>>,
    isKept: (key: string) => boolean,
  ): Record<string, string> => {
    const kept: [string, string][] = [];
    for (const key of Object.keys(values)) {
      if (isKept(key)) kept.push([keep(`${group} (name)`, key), keep(`${group}.${key}`, values[key] ?? '')]);
    }
    return kept.length === 0 ? {} : Object.fromEntries(kept);
  };
  const recorded: Unfinished<RecordedRequest> = {
    endpoint: request.endpoint,
    dialect: request.dialect,
    model: keep('model', request.model),
    consumer: request.consumer,
    keyId,
    labels: keepAll('labels', request.labels, () => true),
    metadata: keepAll('metadata', request.metadata, (key) => metadataKeys.has(key)),
    headers: keepAll('headers', request.headers, (name) => !CREDENTIALS.has(name)),
    path: keep('path', request.path),
    stream: request.stream,
    tools: request.toolCount,
    images: request.images,
    documents: request.documents,
    audio: request.audio,
    responseFormat: request.responseFormat,
    reasoning: request.hasReasoning,
    inputTokens: request.inputTokens,
  };
  if (request.inputTokensAtMost !== undefined) recorded.inputTokensAtMost = request.inputTokensAtMost;
  if (request.cacheWrites !== undefined) recorded.cacheWrites = request.cacheWrites;
  if (request.askedWindow !== undefined) recorded.askedWindow = request.askedWindow;
  if (request.trimmed !== undefined) recorded.trimmed = trimmedOf(request.trimmed);
  recorded.tokenizer = 'estimate';
  recorded.maxOutputTokens = request.maxOutputTokens;
  recorded.temperature = request.temperature;
  recorded.session = request.session === null ? null : pseudonymise(request.session);
  recorded.bodyBytes = request.bodyBytes;
  recorded.digests = digests;
  if (prefix !== null) recorded.prefix = prefix;
  if (request.choices !== undefined) recorded.choices = request.choices;
  if (masked.length > 0) recorded.masked = masked;
  return { request: recorded, replaced };
}

/** Values that were found to hold nothing private: models, paths and labels are the same in request after request. What is private is never kept. */
const PLAIN = new Set<string>();
const MAX_PLAIN = 1000;

function isPlain(value: string): boolean {
  if (PLAIN.has(value)) return true;
  if (looksPrivate(value)) return false;
  if (PLAIN.size >= MAX_PLAIN) PLAIN.clear();
  PLAIN.add(value);
  return true;
}

function trimmedOf({
  messages,
  inputTokens,
  inputTokensAtMost,
  to,
}: TrimmedInput): NonNullable<RecordedRequest['trimmed']> {
  return {
    messages: messages ?? 0,
    inputTokens,
    ...(inputTokensAtMost === undefined ? {} : { inputTokensAtMost }),
    to,
  };
}
