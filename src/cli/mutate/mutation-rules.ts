/** What a mutation does to the value at its path. */
export type MutationAction =
  /** Takes away the value, or the list item. */
  | { readonly kind: 'remove' }
  /** Takes away a list item, but never the only one: an empty list is no policy. */
  | { readonly kind: 'remove-one' }
  /** Puts an item in the place of the next one, and the next one in its place. */
  | { readonly kind: 'swap' }
  /** Makes a limit twice as large. */
  | { readonly kind: 'double' }
  | { readonly kind: 'set'; readonly value: string | number }
  /** Takes away the whole document. */
  | { readonly kind: 'delete' };

/** One way to break a document of a kind. The path is from `spec`; `*` stands for every item of a list and every key of a map. */
export interface MutationRule {
  readonly path: string;
  readonly action: MutationAction;
}

const remove = { kind: 'remove' } as const;
const removeOne = { kind: 'remove-one' } as const;
const swap = { kind: 'swap' } as const;
const double = { kind: 'double' } as const;
const document: MutationRule = { path: '', action: { kind: 'delete' } };
const to = (value: string | number): MutationAction => ({ kind: 'set', value });

/**
 * How the documents that cases can speak about are broken, by kind: deleted, reordered, loosened. What no case can see is left out (timeouts, body sizes), and so
 * is what lint proves without any case (residency, data policy).
 */
export const MUTATION_RULES: Readonly<Record<string, readonly MutationRule[]>> = Object.freeze({
  Route: [
    document,
    ...['consumers', 'endpoints', 'paths', 'models'].flatMap((field) => [
      { path: `match.${field}`, action: remove },
      { path: `match.${field}.*`, action: removeOne },
    ]),
    ...['labels', 'metadata', 'headers'].flatMap((field) => [
      { path: `match.${field}.*`, action: remove },
      { path: `match.${field}.*.*`, action: removeOne },
    ]),
    { path: 'match.when', action: remove },
    { path: 'priority', action: remove },
    { path: 'cache', action: remove },
    ...['prepend', 'append', 'trim'].map((field) => ({ path: `prompt.${field}`, action: remove })),
    { path: 'prompt.variables.*.values.*', action: removeOne },
    { path: 'prompt.trim.tokens', action: double },
    { path: 'limits.maxInputTokens', action: double },
    { path: 'limits.maxRequestCost', action: remove },
  ],
  Chain: [
    { path: 'targets.*', action: removeOne },
    { path: 'targets.*', action: swap },
    { path: 'fallbackOn.*', action: remove },
    { path: 'maxPrice', action: remove },
    { path: 'sticky', action: to('none') },
    { path: 'defaults.retry.max', action: to(0) },
    { path: 'targets.*.retry.max', action: to(0) },
  ],
  Consumer: [
    { path: 'allow.models', action: remove },
    { path: 'allow.endpoints', action: remove },
    { path: 'allow.routes', action: remove },
    { path: 'deny.models', action: remove },
    { path: 'deny.endpoints', action: remove },
    { path: 'deny.routes', action: remove },
    { path: 'aliases.*', action: remove },
    { path: 'ipAllow', action: remove },
    { path: 'parent', action: remove },
  ],
  Budget: [
    document,
    ...['cost', 'tokens', 'inputTokens', 'outputTokens', 'requests', 'concurrency'].map((unit) => ({
      path: `limit.${unit}`,
      action: double,
    })),
    { path: 'onExhausted', action: to('warn') },
    { path: 'alertAt.*', action: remove },
    { path: 'per', action: remove },
    ...['consumers', 'routes', 'models', 'providers'].map((field) => ({ path: `scope.${field}`, action: remove })),
    ...['labels', 'metadata'].map((field) => ({ path: `scope.${field}.*`, action: remove })),
  ],
  Guardrail: [
    { path: 'checks.*', action: removeOne },
    { path: 'checks.*.action', action: to('flag') },
  ],
  Cache: [
    { path: 'mode', action: to('off') },
    { path: 'neverWhen.hasTools', action: remove },
    { path: 'neverWhen.hasImages', action: remove },
    { path: 'neverWhen.metadata.*', action: remove },
    { path: 'maxTemperature', action: remove },
  ],
  Environment: [{ path: 'overrides.*', action: remove }],
});
