import type { Facts, RequestFacts } from '#decision';
import type { TrafficRecord } from './record.gen.ts';

/** A record as the pure functions take it. */
export interface RecordedInput {
  readonly request: RequestFacts;
  readonly facts: Facts;
  /** Fields that the record lacks and that a decision may depend on, such as `facts.breakers`: what stands here is a guess. */
  readonly missing: readonly string[];
}

/**
 * Turns a record back into what a decision is made of. A record of the gateway lacks nothing; an imported one names in `missing` what it never knew.
 * The caller's address is not recorded: it was checked before the record was made. Pure.
 */
export function factsOfRecord(record: TrafficRecord): RecordedInput {
  const { request, facts } = record;
  const missing: string[] = [];
  function given<T>(field: string, value: T | undefined, otherwise: T): T {
    if (value !== undefined) return value;
    missing.push(field);
    return otherwise;
  }
  const atMs = Date.parse(record.at);
  return {
    request: {
      id: record.id,
      endpoint: request.endpoint,
      dialect: request.dialect ?? 'openai-chat',
      path: request.path ?? '/v1/chat/completions',
      model: given('request.model', request.model, ''),
      consumer: given('request.consumer', request.consumer, ''),
      labels: request.labels ?? {},
      metadata: request.metadata ?? {},
      headers: request.headers ?? {},
      stream: request.stream ?? false,
      toolCount: request.tools ?? 0,
      images: request.images ?? 0,
      audio: request.audio ?? 0,
      documents: request.documents ?? 0,
      responseFormat: request.responseFormat ?? 'text',
      hasReasoning: request.reasoning ?? false,
      inputTokens: given('request.inputTokens', request.inputTokens, 0),
      ...(request.inputTokensAtMost === undefined ? {} : { inputTokensAtMost: request.inputTokensAtMost }),
      ...(request.cacheWrites === undefined ? {} : { cacheWrites: request.cacheWrites }),
      ...(request.askedWindow === undefined ? {} : { askedWindow: request.askedWindow }),
      ...(request.trimmed === undefined ? {} : { trimmed: request.trimmed }),
      maxOutputTokens: request.maxOutputTokens ?? null,
      temperature: request.temperature ?? null,
      session: request.session ?? null,
      ip: null,
      bodyBytes: request.bodyBytes ?? 0,
      ...(request.choices === undefined ? {} : { choices: request.choices }),
    },
    facts: {
      nowMs: facts?.nowMs ?? atMs,
      draw: given('facts.draw', facts?.draw, 0),
      secretsMissing: new Set(given('facts.secretsMissing', facts?.secretsMissing, [])),
      breakers: given('facts.breakers', facts?.breakers, {}),
      counters: given('facts.counters', facts?.counters, {}),
      latencies: given('facts.latencies', facts?.latencies, {}),
      inFlight: given('facts.inFlight', facts?.inFlight, {}),
      ...(facts?.stickyDraws === undefined ? {} : { stickyDraws: facts.stickyDraws }),
      ...(facts?.countersUnread === undefined ? {} : { countersUnread: facts.countersUnread }),
      ...(facts?.unsupportedProviders === undefined
        ? {}
        : { unsupportedProviders: new Set(facts.unsupportedProviders) }),
    },
    missing,
  };
}
