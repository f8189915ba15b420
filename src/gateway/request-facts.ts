import type { RequestFacts } from '#decision';
import { askedWindow, cacheWritesIn, estimateTokens, inputCeiling, type RequestShape } from '#dialects';
import type { Caller } from './identify.ts';
import type { InboundCall, RequestHeaders } from './inbound-call.ts';
import type { OwnHeaders } from './read-request-headers.ts';

/** Gathers what policy may know of a request: no prompt text. Pure. */
export function requestFacts(
  call: InboundCall,
  caller: Caller,
  shape: RequestShape,
  own: OwnHeaders,
  headerNames: readonly string[],
): RequestFacts {
  const window = askedWindow(call.headers);
  const bodyBytes = call.form?.sizeBytes() ?? call.bytes.length;
  return {
    id: call.id,
    endpoint: call.context.endpoint,
    dialect: call.dialect.name,
    path: call.path,
    consumer: caller.consumer.name,
    labels: caller.consumer.labels,
    metadata: own.metadata,
    headers: pick(call.headers, headerNames),
    ...shapeFacts(shape, bodyBytes),
    ...(call.form === null ? { cacheWrites: cacheWritesIn(call.bytes) } : {}),
    ...(window === null ? {} : { askedWindow: window }),
    session: own.session ?? shape.user,
    ip: call.ip,
    bodyBytes,
  };
}

/** What the body alone tells policy, whoever sends it: shared with those who explain a call that never came. Pure. */
export function shapeFacts(shape: RequestShape, bodyBytes: number) {
  // A format becomes a tool, or an instruction, where the target knows no formats.
  const hasTools = shape.source.hasTools || shape.responseFormat !== 'text';
  return {
    model: shape.model,
    stream: shape.stream,
    toolCount: shape.toolCount,
    images: shape.images,
    audio: shape.audio,
    documents: shape.documents,
    responseFormat: shape.responseFormat,
    hasReasoning: shape.hasReasoning,
    inputTokens: estimateTokens(shape.textLength, shape.messageCount),
    inputTokensAtMost: inputCeiling(bodyBytes, { ...shape.source, hasTools }),
    maxOutputTokens: shape.maxOutputTokens,
    ...(shape.choices === undefined ? {} : { choices: shape.choices }),
    temperature: shape.temperature,
  } satisfies Partial<RequestFacts>;
}

function pick(headers: RequestHeaders, names: readonly string[]): Readonly<Record<string, string>> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (value !== undefined) picked[name] = value;
  }
  return picked;
}
