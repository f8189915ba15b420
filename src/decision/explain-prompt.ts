import type { Place } from '#core';
import type { PromptSource, Route, Snapshot } from '#snapshot';
import { placeOf } from './place.ts';
import { promptVariables, renderPrompt, valueOfVariable } from './render-prompt.ts';
import { resolveModel } from './resolve-model.ts';
import { trimLimit } from './trim-limit.ts';
import type { RequestFacts } from './types.ts';

/** A text of the route, or a value in it, with the line that it follows from. */
interface Explained extends Partial<Place> {
  readonly text: string;
}

/** What the route adds to a request, and how long it lets a conversation be. */
export interface ExplainedPrompt {
  readonly prepend: Explained | null;
  readonly append: Explained | null;
  readonly variables: readonly (Explained & { readonly name: string; readonly from: string })[];
  /** `left` is what remains of the input, in estimated tokens; null where nothing is left out. */
  readonly trim: ({ readonly to: number; readonly left: number | null } & Partial<Place>) | null;
}

/** A name of the consumer's own for the requested model. */
export interface ExplainedAlias extends Partial<Place> {
  readonly alias: string;
  readonly model: string;
  /** The consumer that says so: the caller, or one above it. */
  readonly consumer: string;
}

/** What a route adds and leaves out; null for a route that does neither. Pure. */
export function explainPrompt(
  snapshot: Snapshot,
  route: Route | undefined,
  request: RequestFacts,
  nowMs: number,
): ExplainedPrompt | null {
  if (route === undefined || route.deny !== null) return null;
  const { prompt } = route;
  if (prompt.prepend === null && prompt.append === null && prompt.trim === null) return null;
  const { timezone } = snapshot.project;
  const at = (...fields: readonly string[]) => placeOf(snapshot, `Route/${route.name}`, ...fields, 'prompt');
  const texts = renderPrompt(prompt, request, nowMs, timezone);
  const text = (side: 'prepend' | 'append') =>
    texts[side] === null ? null : { text: texts[side], ...at(`prompt.${side}`) };
  const variables = new Map(promptVariables(prompt).map((variable) => [variable.name, variable]));
  const limit = trimLimit(snapshot, request, route);
  return {
    prepend: text('prepend'),
    append: text('append'),
    variables: [...variables.values()].map((variable) => ({
      name: variable.name,
      text: valueOfVariable(variable, request, nowMs, timezone),
      from: sourceText(variable.source),
      ...at(`prompt.variables.${variable.name}`, 'prompt.variables'),
    })),
    trim:
      limit === null
        ? null
        : { to: limit, left: request.trimmed === undefined ? null : request.inputTokens, ...at('prompt.trim') },
  };
}

function sourceText(source: PromptSource): string {
  if (source.kind === 'date') return `date ${source.form}`;
  return source.kind === 'consumer' ? 'consumer' : `${source.kind} ${source.key}`;
}

/** The consumer's own name by which a model was asked for, and the line that says what it means; null for any other name. Pure. */
export function explainAlias(snapshot: Snapshot, { model, consumer }: RequestFacts): ExplainedAlias | null {
  const name = snapshot.consumers.get(consumer)?.aliases.get(model);
  if (name === undefined || snapshot.models.has(model)) return null;
  const field = `aliases.${model}`;
  const visited = new Set<string>();
  for (let at: string | null = consumer; at !== null && !visited.has(at); ) {
    visited.add(at);
    const place = snapshot.origins.get(`Consumer/${at}`)?.fields.get(field);
    if (place !== undefined) {
      return { alias: model, model: resolveModel(snapshot, name)?.name ?? name, consumer: at, ...place };
    }
    at = snapshot.consumers.get(at)?.parent ?? null;
  }
  return { alias: model, model: name, consumer };
}
