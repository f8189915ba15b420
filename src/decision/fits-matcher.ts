import { fitsGlob, type Glob } from '#core';
import type { FieldMatcher, Matcher, PredicateInput, Snapshot } from '#snapshot';
import { requestedModel } from './resolve-model.ts';
import type { RequestFacts } from './types.ts';

/** A request with what matching derives from it once, whatever the number of routes. */
export interface Subject {
  readonly request: RequestFacts;
  /** Catalogue name of the requested model; null when unknown. */
  readonly resolvedModel: string | null;
  /** Made at the first route that reaches its `when`. */
  readonly predicateInput: () => PredicateInput;
}

/** Prepares a request for matching. Pure. */
export function subjectOf(snapshot: Snapshot, request: RequestFacts): Subject {
  let input: PredicateInput | null = null;
  return {
    request,
    resolvedModel: requestedModel(snapshot, request)?.name ?? null,
    predicateInput() {
      input ??= predicateInputOf(request);
      return input;
    },
  };
}

/** The first condition of a route that the request does not meet, cheapest first and CEL last; null when all hold. Allocates nothing. Pure. */
export function firstMisfit(matcher: Matcher, subject: Subject): keyof Matcher | null {
  const { request } = subject;
  if (matcher.consumers !== null && !fitsAny(matcher.consumers, request.consumer)) return 'consumers';
  if (matcher.endpoints !== null && !matcher.endpoints.includes(request.endpoint)) return 'endpoints';
  if (matcher.paths !== null && !fitsAny(matcher.paths, request.path)) return 'paths';
  if (matcher.models !== null && !fitsModel(matcher.models, request.model, subject.resolvedModel)) return 'models';
  if (firstFieldMisfit(matcher.labels, request.labels) !== null) return 'labels';
  if (firstFieldMisfit(matcher.metadata, request.metadata) !== null) return 'metadata';
  if (firstFieldMisfit(matcher.headers, request.headers) !== null) return 'headers';
  if (matcher.when !== null && !matcher.when.evaluate(subject.predicateInput())) return 'when';
  return null;
}

/** The first key whose value is none of those asked for; null when all hold. Pure. */
export function firstFieldMisfit(
  matchers: readonly FieldMatcher[],
  values: Readonly<Record<string, string>>,
): FieldMatcher | null {
  for (const matcher of matchers) {
    const value = ownValue(values, matcher.key);
    if (value === undefined || !fitsAny(matcher.values, value)) return matcher;
  }
  return null;
}

/** An own value of a record: metadata keys come from callers and may be called `constructor`. Pure. */
export function ownValue(values: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

/** Whether the text fits any of the patterns. Pure. */
export function fitsAny(globs: readonly Glob[], text: string): boolean {
  for (const glob of globs) if (fitsGlob(glob, text)) return true;
  return false;
}

/** Whether any pattern fits the model's name as sent or the catalogue name it resolves to. Pure. */
export function fitsModel(globs: readonly Glob[], asSent: string, resolved: string | null): boolean {
  return fitsAny(globs, asSent) || (resolved !== null && resolved !== asSent && fitsAny(globs, resolved));
}

/** What `when` reads where a request says nothing: no output bound is 0, no temperature is 1 (as in the cache), no session is empty. */
function predicateInputOf(request: RequestFacts): PredicateInput {
  return {
    request: {
      endpoint: request.endpoint,
      model: request.model,
      path: request.path,
      stream: request.stream,
      hasTools: request.toolCount > 0,
      toolCount: request.toolCount,
      images: request.images,
      audio: request.audio,
      documents: request.documents,
      responseFormat: request.responseFormat,
      inputTokens: request.inputTokens,
      maxOutputTokens: request.maxOutputTokens ?? 0,
      temperature: request.temperature ?? 1,
      bodyBytes: request.bodyBytes,
      session: request.session ?? '',
    },
    consumer: { name: request.consumer, labels: request.labels },
    metadata: request.metadata,
    headers: request.headers,
  };
}
