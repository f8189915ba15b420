import type { Catalog } from '#catalog';
import type { Diagnostic } from '#core';
import { compilePolicies, type LoadedTree } from '#policy';
import type { Snapshot } from '#snapshot';
import { selfCheck } from './self-check.ts';

/** The verdict on one tree. */
export interface Verdict {
  /** Null when the tree is refused. */
  readonly snapshot: Snapshot | null;
  readonly diagnostics: readonly Diagnostic[];
  readonly compileMs: number;
}

/**
 * Compiles a tree for an environment and tries the result out. A compiler or evaluator that throws is a bug of ours: the tree is refused with a finding that
 * says so, and what serves goes on serving. On the main thread: 1,000 documents hold it up as long as `compileMs` says.
 */
export function compileTree(tree: LoadedTree, environment: string, catalog: Catalog, nowMs: () => number): Verdict {
  const startedMs = nowMs();
  try {
    const { snapshot, diagnostics } = compilePolicies(tree.sources, environment, catalog, tree.diagnostics);
    if (snapshot !== null) selfCheck(snapshot, startedMs);
    return { snapshot, diagnostics, compileMs: nowMs() - startedMs };
  } catch (error) {
    const message = `the compiler failed on this tree: ${error instanceof Error ? error.message : String(error)}`;
    const bug: Diagnostic = {
      rule: 'internal/compiler',
      severity: 'error',
      file: '',
      line: 1,
      column: 1,
      message,
      hint: 'This is a bug in Signalbox, not in the policies; report it with the file changed last.',
    };
    return { snapshot: null, diagnostics: [bug], compileMs: nowMs() - startedMs };
  }
}
