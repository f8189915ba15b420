import type { TrafficRecord } from '#decision-log';

/**
 * Everything of a record that a decision may look at, as one text, except what is compared by size (input tokens, body size, clock, counters) and what only
 * some strategies read (draws, latencies, calls in flight). Two records of one shape differ in those alone. An absent field reads differently from any value. Pure.
 *
 * @param requestShape a short name for all that the request contributes, where the reader knows one
 */
export function shapeOf({ request, facts }: TrafficRecord, requestShape: string = requestShapeOf(request)): string {
  return `${requestShape}\u0002${facts === undefined ? '-' : factsShapeOf(facts)}`;
}

function requestShapeOf(q: TrafficRecord['request']): string {
  // Template strings beat JSON.stringify of an array by a factor of three (measured on Node 26).
  return `${q.endpoint}\u0001${q.path}\u0001${q.model}\u0001${q.consumer}\u0001${q.stream}\u0001${q.tools}\u0001${q.images}\u0001${q.documents}\u0001${q.audio}\u0001${q.responseFormat}\u0001${q.reasoning}\u0001${q.maxOutputTokens}\u0001${q.temperature}\u0001${q.choices}\u0001${q.inputTokens === undefined}${typeof q.inputTokensAtMost === 'number' ? 'n' : q.inputTokensAtMost}\u0001${q.cacheWrites}\u0001${q.askedWindow}\u0001${valuesOf(q.labels)}\u0001${valuesOf(q.metadata)}\u0001${valuesOf(q.headers)}`;
}

function factsShapeOf(f: NonNullable<TrafficRecord['facts']>): string {
  const isUsual =
    f.counters !== undefined &&
    f.draw !== undefined &&
    f.latencies !== undefined &&
    f.countersUnread === undefined &&
    f.unsupportedProviders === undefined;
  const what = `${listOf(f.secretsMissing)}\u0001${valuesOf(f.breakers)}`;
  if (isUsual) return what;
  const providers = f.unsupportedProviders === undefined ? '' : f.unsupportedProviders.join();
  return `${what}\u0001${f.countersUnread}\u0001${providers}\u0001${f.counters === undefined}\u0001${f.draw === undefined}\u0001${f.latencies === undefined}`;
}

function valuesOf(values: Readonly<Record<string, string>> | undefined): string {
  if (values === undefined) return '-';
  for (const _ in values) return JSON.stringify(values);
  return '';
}

function listOf(values: readonly string[] | undefined): string {
  return values === undefined ? '-' : values.length === 0 ? '' : JSON.stringify(values);
}
