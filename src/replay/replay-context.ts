import type { JsonObject } from '#core';
import type { GateWaiver } from './gate-waivers.ts';
import type { PolicyChange } from './policy-changes.ts';

/** One side by name. */
export interface Revision {
  /** As a reader would name it: a commit, `working tree`, a folder. */
  readonly name: string;
  /** The full commit; null outside of git. */
  readonly commit: string | null;
  /** Digest of the compiled policies. */
  readonly digest: string;
}

/** Everything a report says that does not come from records. Parts of one replay must agree in it. */
export interface ReplayContext {
  readonly version: string;
  /** Digest of the catalogue that both sides are compiled with. */
  readonly catalog: string;
  readonly base: Revision;
  readonly head: Revision;
  readonly environment: string;
  readonly mode: 'stateless' | 'simulate';
  /** Why this mode. */
  readonly modeReason: string;
  readonly changes: readonly PolicyChange[];
  /** `Project.spec.gates` of the base. */
  readonly gates: JsonObject;
  readonly waivers: readonly GateWaiver[];
  /** Waivers of gates that only the head has: not in force before they are merged. */
  readonly newWaivers: readonly string[];
  /** What the head declares, for blind spots. */
  readonly routes: readonly string[];
  readonly targets: readonly string[];
}
