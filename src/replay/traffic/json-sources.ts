import { asArray, isObject, type JsonObject } from '#core';
import { flatTexts, microUsdOf, numberOf, pick, textOf, timeOf, usageOf } from './read-values.ts';
import type { ImportRule, ReadRow, SourceReader, SourceRow } from './source-row.ts';

/** One object a line: `timestamp` in ms since the trace began, `input_length`, `output_length` (kvcache-ai/Mooncake). Equal `hash_ids` are shared prefixes, not equal prompts, so no digest is made of them. */
export function readMooncake(rule: ImportRule): SourceReader {
  return jsonReader((row) => {
    const offsetMs = numberOf(row.timestamp);
    const input = numberOf(row.input_length);
    const output = numberOf(row.output_length);
    if (offsetMs === undefined || offsetMs < 0) return 'no `timestamp` in ms';
    if (input === undefined || output === undefined || input < 0 || output < 0)
      return 'no `input_length` or `output_length`';
    return { atMs: rule.startMs + Math.round(offsetMs), usage: usageOf(input, output), status: 200 };
  });
}

/** LiteLLM's standard logging payload, or a row of its spend logs (https://docs.litellm.ai/docs/proxy/logging_spec). */
export function readLiteLlm(): SourceReader {
  return jsonReader((row) => {
    const atMs = timeOf(pick(row, 'startTime', 'start_time'));
    if (atMs === undefined) return 'no `startTime`';
    const endMs = timeOf(pick(row, 'endTime', 'end_time'));
    const firstMs = timeOf(pick(row, 'completionStartTime'));
    const isFailure = row.status === 'failure';
    const cached = numberOf(
      pick(
        row,
        'usage_object.prompt_tokens_details.cached_tokens',
        'metadata.usage_object.prompt_tokens_details.cached_tokens',
      ),
    );
    const usage = usageOf(numberOf(row.prompt_tokens), numberOf(row.completion_tokens), cached);
    const isCacheHit = row.cache_hit === true || row.cache_hit === 'True' || row.cache_hit === 'true';
    return {
      ...common({
        atMs,
        model: pick(row, 'model_group', 'model'),
        provider: pick(row, 'custom_llm_provider'),
        consumer: pick(row, 'metadata.user_api_key_alias', 'key_alias', 'end_user', 'user'),
        team: pick(row, 'metadata.user_api_key_team_alias', 'team_alias', 'team_id'),
        session: pick(row, 'trace_id', 'session_id'),
        metadata: pick(row, 'metadata.requester_metadata', 'metadata.spend_logs_metadata'),
      }),
      ...optional('endpoint', CALL_TYPES[String(row.call_type)]),
      ...optional('stream', typeof row.stream === 'boolean' ? row.stream : undefined),
      ...optional('temperature', numberOf(pick(row, 'model_parameters.temperature'))),
      ...optional(
        'maxOutputTokens',
        numberOf(pick(row, 'model_parameters.max_tokens', 'model_parameters.max_completion_tokens')),
      ),
      ...optional('tools', lengthOf(pick(row, 'model_parameters.tools'))),
      ...optional('costMicroUsd', microUsdOf(pick(row, 'response_cost', 'spend'))),
      ...optional('durationMs', endMs === undefined ? undefined : Math.max(0, endMs - atMs)),
      ...optional('firstTokenMs', firstMs === undefined ? undefined : Math.max(0, firstMs - atMs)),
      usage: isFailure ? null : usage,
      isCacheHit,
      status: isFailure
        ? (numberOf(pick(row, 'error_information.error_code', 'metadata.error_information.error_code')) ?? 500)
        : 200,
    };
  });
}

const CALL_TYPES: Readonly<Record<string, SourceRow['endpoint']>> = {
  completion: 'chat',
  acompletion: 'chat',
  embedding: 'embeddings',
  aembedding: 'embeddings',
  text_completion: 'completions',
  atext_completion: 'completions',
  responses: 'responses',
  aresponses: 'responses',
  anthropic_messages: 'messages',
  moderation: 'moderations',
  amoderation: 'moderations',
  image_generation: 'images',
  aimage_generation: 'images',
  rerank: 'rerank',
  arerank: 'rerank',
};

/** Portkey's log export; costs there are in cents (https://portkey.ai/docs/product/observability/logs-export). */
export function readPortkey(): SourceReader {
  return jsonReader((row) => {
    const atMs = timeOf(pick(row, 'created_at', 'time_of_generation'));
    if (atMs === undefined) return 'no `created_at`';
    const status = numberOf(pick(row, 'response_status_code', 'status_code')) ?? (row.is_success === false ? 500 : 200);
    const cents = numberOf(row.cost);
    const input = numberOf(pick(row, 'request_tokens', 'req_units', 'prompt_tokens'));
    const output = numberOf(pick(row, 'response_tokens', 'res_units', 'completion_tokens'));
    return {
      ...common({
        atMs,
        model: pick(row, 'ai_model', 'model'),
        provider: pick(row, 'ai_org', 'ai_provider', 'provider'),
        consumer: pick(row, 'metadata._user', 'virtual_key', 'api_key_name'),
        team: pick(row, 'metadata.team', 'workspace_slug'),
        session: pick(row, 'trace_id'),
        metadata: pick(row, 'metadata'),
      }),
      ...optional('costMicroUsd', cents === undefined ? undefined : Math.round(cents * 10_000)),
      ...optional('durationMs', numberOf(row.response_time)),
      usage: status < 400 ? usageOf(input, output) : null,
      isCacheHit: /hit/i.test(String(row.cache_status ?? '')) && !/miss/i.test(String(row.cache_status ?? '')),
      status,
    };
  });
}

/** Cloudflare AI Gateway's logs, from Logpush or its API (https://developers.cloudflare.com/ai-gateway/observability/logging/logpush/). */
export function readCloudflare(): SourceReader {
  return jsonReader((row) => {
    const atMs = timeOf(pick(row, 'created_at', 'CreatedAt', 'Timestamp'));
    if (atMs === undefined) return 'no `created_at`';
    const success = pick(row, 'success', 'Success');
    const status = numberOf(pick(row, 'status_code', 'StatusCode')) ?? (success === false ? 500 : 200);
    const input = numberOf(pick(row, 'tokens_in', 'TokensIn'));
    const output = numberOf(pick(row, 'tokens_out', 'TokensOut'));
    const metadata = flatTexts(pick(row, 'metadata', 'Metadata'));
    return {
      ...common({
        atMs,
        model: pick(row, 'model', 'Model'),
        provider: pick(row, 'provider', 'Provider'),
        consumer: metadata?.user ?? metadata?.team,
        team: metadata?.team,
        session: undefined,
        metadata,
      }),
      ...optional('costMicroUsd', microUsdOf(pick(row, 'cost', 'Cost'))),
      ...optional('durationMs', numberOf(pick(row, 'duration', 'Duration'))),
      usage: status < 400 ? usageOf(input, output) : null,
      isCacheHit: pick(row, 'cached', 'Cached') === true,
      status,
    };
  });
}

interface CommonFields {
  readonly atMs: number;
  readonly model: unknown;
  readonly provider: unknown;
  readonly consumer: unknown;
  readonly team: unknown;
  readonly session: unknown;
  readonly metadata: unknown;
}

function common(fields: CommonFields): Omit<SourceRow, 'usage' | 'status'> {
  return {
    atMs: fields.atMs,
    ...optional('model', textOf(fields.model)),
    ...optional('provider', textOf(fields.provider)),
    ...optional('consumer', textOf(fields.consumer)),
    ...optional('team', textOf(fields.team)),
    ...optional('session', textOf(fields.session)),
    ...optional('metadata', flatTexts(fields.metadata)),
  };
}

function optional<Key extends string, Value>(key: Key, value: Value | undefined): { readonly [K in Key]?: Value } {
  return (value === undefined ? {} : { [key]: value }) as { readonly [K in Key]?: Value };
}

function lengthOf(value: unknown): number | undefined {
  return Array.isArray(value) ? asArray(value).length : undefined;
}

function jsonReader(rowOf: (row: JsonObject) => SourceRow | string): SourceReader {
  return {
    read(text): ReadRow {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return { problem: 'not JSON' };
      }
      if (!isObject(value)) return { problem: 'not an object' };
      const row = rowOf(value);
      return typeof row === 'string' ? { problem: row } : { rows: [row] };
    },
  };
}
