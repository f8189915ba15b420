import type { JsonObject } from '#core';
import { addNamed, type Draft, note, safeWord } from './draft.ts';
import { slug, uniqueName } from './names.ts';
import type { SourceNode } from './source-node.ts';
import { shares } from './weights.ts';

/** One target of a chain to be written. */
export interface DraftTarget {
  /** What its id is made of. */
  readonly label: string;
  readonly model?: string | undefined;
  readonly provider?: string | undefined;
  readonly chain?: string | undefined;
  readonly weight?: number | undefined;
  readonly params?: JsonObject | undefined;
  readonly timeouts?: JsonObject | undefined;
  readonly retry?: JsonObject | undefined;
}

/** A chain to be written. */
export interface DraftChain {
  readonly description: string;
  readonly strategy?: 'fallback' | 'weighted' | 'latency' | 'cost' | 'least-busy';
  readonly sticky?: 'session' | 'consumer' | undefined;
  readonly targets: readonly DraftTarget[];
  readonly fallbackOn?: readonly string[] | undefined;
  readonly deadline?: string | undefined;
  readonly retry?: JsonObject | undefined;
  readonly timeouts?: JsonObject | undefined;
  readonly breaker?: JsonObject | undefined;
  /** At least as many as there are targets are written. */
  readonly maxAttempts?: number | undefined;
}

/** Failures that end with the next target in systems that fall back on every error. */
export const EVERY_FAILURE: readonly string[] = Object.freeze([
  'rate-limit',
  'server-error',
  'timeout',
  'network',
  'auth',
  'malformed',
  'context-overflow',
  'stream-error',
  'content-filter',
  'invalid-request',
]);

const MAX_TARGETS = 50;
/** What a chain has that says nothing of `maxAttempts`. */
const DEFAULT_ATTEMPTS = 8;

/** Adds a chain; weights are written as shares that sum to 100. Returns its name. */
export function addChain(draft: Draft, wanted: string, chain: DraftChain, node: SourceNode): string {
  const listed = chain.targets.slice(0, MAX_TARGETS);
  if (listed.length < chain.targets.length) {
    note(
      draft,
      'left-out',
      'targets',
      node,
      `a chain has at most ${MAX_TARGETS} targets; ${chain.targets.length - listed.length} more were left out`,
      'Split the chain into several, one nested in the other.',
    );
  }
  const isWeighted = chain.strategy === 'weighted' && listed.length > 1;
  const weights = isWeighted ? shares(listed.map(({ weight }) => weight ?? 1)) : [];
  const ids = new Set<string>();
  const targets = listed.map(({ label, weight: _, ...rest }, index) => ({
    id: uniqueName(slug(safeWord(label.split('/').at(-1) ?? label), 'target'), ids),
    ...rest,
    ...(isWeighted && { weight: weights[index] }),
  }));
  const strategy = listed.length > 1 ? (chain.strategy ?? 'fallback') : 'fallback';
  const hops = targets.reduce(
    (sum, target) => sum + (target.chain === undefined ? 1 : (draft.hops.get(target.chain) ?? 1)),
    0,
  );
  const maxAttempts = Math.min(50, Math.max(chain.maxAttempts ?? 0, hops));
  const defaults = {
    ...(chain.timeouts && { timeouts: chain.timeouts }),
    ...(chain.retry && { retry: chain.retry }),
    ...(chain.breaker && { breaker: chain.breaker }),
  };
  const spec = {
    strategy,
    ...(chain.sticky && { sticky: chain.sticky }),
    ...(chain.deadline && { deadline: chain.deadline }),
    ...(chain.maxAttempts !== undefined && { maxAttempts }),
    ...(chain.maxAttempts === undefined && hops > DEFAULT_ATTEMPTS && { maxAttempts }),
    ...(chain.fallbackOn && { fallbackOn: chain.fallbackOn }),
    ...(Object.keys(defaults).length > 0 && { defaults }),
    targets,
  };
  const name = addNamed(draft, 'Chain', wanted, { description: chain.description, spec }, node);
  draft.hops.set(name, hops);
  return name;
}

/** A number of retries that a policy can have, else the nearest. */
export function retries(count: number | undefined, extra: JsonObject = {}): JsonObject | undefined {
  if (count === undefined || !Number.isFinite(count)) return undefined;
  return { max: Math.min(20, Math.max(0, Math.round(count))), ...extra };
}
