import type { Diagnostic, Severity } from '#core';

/** What one check found. `good` needs nothing; `error` keeps a gateway from starting or from being reached, `warn` from doing all that the policies say, `info` is advice. */
export interface Outcome {
  /** The check, in a word. */
  readonly check: string;
  readonly status: 'good' | Severity;
  /** A file, a folder, an address, a variable: never with a secret. */
  readonly where: string;
  /** One sentence without its full stop. */
  readonly message: string;
  /** The next step; null for what is good. */
  readonly hint: string | null;
}

/** An outcome with nothing to do. Pure. */
export function good(check: string, where: string, message: string): Outcome {
  return { check, status: 'good', where, message, hint: null };
}

/** What is not good, as findings: at `folder`, since most have no line of a file. Pure. */
export function findingsOf(outcomes: readonly Outcome[], folder: string): readonly Diagnostic[] {
  return outcomes.flatMap(({ check, status, where, message, hint }) =>
    status === 'good'
      ? []
      : [
          {
            rule: `doctor/${check}`,
            severity: status,
            file: folder,
            line: 1,
            column: 1,
            message: `${where}: ${message}`,
            ...(hint === null ? {} : { hint }),
          },
        ],
  );
}
