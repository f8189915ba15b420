import type { Diagnostic } from '#core';
import type { ConfigKind } from './config-kinds.ts';
import type { Difference, Verdict } from './difference.ts';
import type { TreeFile } from './render-document.ts';

/** The policies that say what the source said, and where they differ. */
export interface Imported {
  readonly kind: 'imported';
  readonly source: ConfigKind;
  readonly verdict: Verdict;
  /** Below `policies/`, `IMPORT.md` included. */
  readonly files: readonly TreeFile[];
  /** By line of the source. */
  readonly differences: readonly Difference[];
  /** What `signalbox lint` says of the files; never an error. */
  readonly findings: readonly Diagnostic[];
  /** How many documents of each kind were made of the source. */
  readonly counts: Readonly<Record<string, number>>;
}
