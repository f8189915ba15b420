import { asArray, isObject, type JsonObject } from '#core';
import { numberOf, textOf, timeOf, usageOf } from './read-values.ts';
import type { ReadRow, SourceReader, SourceRow } from './source-row.ts';

/**
 * OTLP in JSON, one export request a line (or one in all), with spans under the GenAI semantic conventions
 * (https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/). Other spans are passed over.
 */
export function readOtlp(): SourceReader {
  return {
    read(text): ReadRow {
      let value: unknown;
      try {
        value = JSON.parse(text);
      } catch {
        return { problem: 'not JSON' };
      }
      if (!isObject(value) || !Array.isArray(value.resourceSpans)) return { problem: 'no `resourceSpans`' };
      return { rows: value.resourceSpans.flatMap(rowsOfResource) };
    },
  };
}

function rowsOfResource(resourceSpans: unknown): readonly SourceRow[] {
  if (!isObject(resourceSpans)) return [];
  const resource = attributesOf(isObject(resourceSpans.resource) ? resourceSpans.resource : {});
  const service = textOf(resource['service.name']);
  const scopes = asArray(resourceSpans.scopeSpans).filter(isObject);
  return scopes.flatMap(({ spans }) =>
    asArray(spans)
      .filter(isObject)
      .flatMap((span) => rowOfSpan(span, service)),
  );
}

function rowOfSpan(span: JsonObject, service: string | undefined): readonly SourceRow[] {
  const attributes = attributesOf(span);
  const operation = textOf(attributes['gen_ai.operation.name']);
  const endpoint = operation === undefined ? undefined : OPERATIONS[operation];
  const atMs = timeOf(span.startTimeUnixNano);
  const isCall = endpoint !== undefined || attributes['gen_ai.request.model'] !== undefined;
  if (!isCall || (operation !== undefined && endpoint === undefined) || atMs === undefined) return [];
  const endMs = timeOf(span.endTimeUnixNano);
  const error = textOf(attributes['error.type']);
  const isError =
    error !== undefined ||
    (isObject(span.status) && (span.status.code === 2 || span.status.code === 'STATUS_CODE_ERROR'));
  const input = numberOf(attributes['gen_ai.usage.input_tokens'] ?? attributes['gen_ai.usage.prompt_tokens']);
  const output = numberOf(attributes['gen_ai.usage.output_tokens'] ?? attributes['gen_ai.usage.completion_tokens']);
  const row: SourceRow = {
    atMs,
    endpoint: endpoint ?? 'chat',
    ...textField('model', attributes['gen_ai.request.model'] ?? attributes['gen_ai.response.model']),
    ...textField('provider', attributes['gen_ai.provider.name'] ?? attributes['gen_ai.system']),
    ...textField('consumer', attributes['signalbox.consumer'] ?? attributes['user.id'] ?? service),
    ...textField('session', attributes['gen_ai.conversation.id'] ?? attributes['session.id']),
    ...numberField('temperature', attributes['gen_ai.request.temperature']),
    ...numberField('maxOutputTokens', attributes['gen_ai.request.max_tokens']),
    ...(endMs === undefined ? {} : { durationMs: Math.max(0, endMs - atMs) }),
    usage: isError ? null : usageOf(input, output, numberOf(attributes['gen_ai.usage.cache_read.input_tokens']) ?? 0),
    status: isError ? (numberOf(error) ?? numberOf(attributes['http.response.status_code']) ?? 500) : 200,
  };
  return [row];
}

const OPERATIONS: Readonly<Record<string, SourceRow['endpoint']>> = {
  chat: 'chat',
  generate_content: 'generate',
  text_completion: 'completions',
  embeddings: 'embeddings',
};

function textField<Key extends string>(key: Key, value: unknown): { readonly [K in Key]?: string } {
  const text = textOf(value);
  return (text === undefined ? {} : { [key]: text }) as { readonly [K in Key]?: string };
}

function numberField<Key extends string>(key: Key, value: unknown): { readonly [K in Key]?: number } {
  const number = numberOf(value);
  return (number === undefined ? {} : { [key]: number }) as { readonly [K in Key]?: number };
}

function attributesOf({ attributes }: JsonObject): Readonly<Record<string, unknown>> {
  const pairs = asArray(attributes)
    .filter(isObject)
    .map(
      ({ key, value }) =>
        [
          String(key),
          isObject(value) ? (value.stringValue ?? value.intValue ?? value.doubleValue ?? value.boolValue) : undefined,
        ] as const,
    );
  return Object.fromEntries(pairs);
}
