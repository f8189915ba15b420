import type { Route } from './route.ts';

/**
 * Routes by their most selective condition, so that a look-up reads a few short lists instead of all routes.
 * Every list is ordered best first (`rank` rising). A route stands in exactly one dimension, once under each of its values there.
 */
export interface RouteIndex {
  /** All routes, best first; a route's position here is its rank. */
  readonly ranked: readonly Route[];
  readonly byConsumer: ReadonlyMap<string, readonly number[]>;
  readonly byPath: ReadonlyMap<string, readonly number[]>;
  /** Exact model names, as sent or resolved. */
  readonly byModel: ReadonlyMap<string, readonly number[]>;
  /** Every field that stands for some route, with the ranks by its exact value. */
  readonly byField: readonly IndexedField[];
  /** Literal prefix of a model glob → ranks; `modelPrefixLengths` are the lengths present, longest first. */
  readonly byModelPrefix: ReadonlyMap<string, readonly number[]>;
  readonly modelPrefixLengths: readonly number[];
  /** Routes without any indexable condition. */
  readonly residual: readonly number[];
}

/** One field of a request, such as `topic` of its metadata. */
export interface IndexedField {
  readonly record: 'labels' | 'metadata' | 'headers';
  readonly key: string;
  readonly byValue: ReadonlyMap<string, readonly number[]>;
}
