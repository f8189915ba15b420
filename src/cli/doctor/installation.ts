import type { Diagnostic } from '#core';
import type { GatewayOptions } from '#gateway';
import type { Compiled } from '#policy';
import type { PolicyTree } from '../load-tree.ts';
import type { VerbCall } from '../verb.ts';
import type { Outcome } from './outcome.ts';

/** What checks look at. */
export interface Installation {
  readonly call: VerbCall;
  /** As `serve` would start. */
  readonly options: GatewayOptions;
  /** The folder, whatever it holds. */
  readonly tree: PolicyTree;
  /** The tree under each of its environments, and under the chosen one. */
  readonly compiled: readonly Compiled[];
  /** What `lint` says of all of them. */
  readonly findings: readonly Diagnostic[];
  /** Whether others than this machine and its store may be asked. */
  readonly isOnline: boolean;
  /** Ends what a check began when its time is up. */
  readonly signal: AbortSignal;
}

/** One check; throws for bugs alone. */
export type Check = (installation: Installation) => Promise<readonly Outcome[]>;

/** The policies as the chosen environment has them; null when they do not compile. Pure. */
export function chosenSnapshot({ compiled, options }: Installation): Compiled['snapshot'] {
  return compiled.find(({ environment }) => environment === options.environment)?.snapshot ?? null;
}
