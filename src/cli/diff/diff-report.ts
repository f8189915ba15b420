import { canonicalJson, compareText, type Diagnostic } from '#core';
import {
  type CompiledSide,
  compareCompiled,
  type DocumentChange,
  isSameChange,
  keyOfChange,
} from './compare-compiled.ts';

/** A change as it holds in one or more environments. */
export interface EnvironmentChange extends DocumentChange {
  readonly environments: readonly string[];
  /** Whether a running gateway does it already; null when none was asked. */
  readonly inService: boolean | null;
}

/** Everything a comparison came to. */
export interface DiffReport {
  readonly base: SideInfo;
  readonly head: SideInfo;
  /** Null for a comparison of two. */
  readonly running: SideInfo | null;
  readonly environments: {
    readonly compared: readonly string[];
    readonly added: readonly string[];
    readonly removed: readonly string[];
  };
  readonly changes: readonly EnvironmentChange[];
  /** What the running gateway does otherwise than the base and the head does not explain. */
  readonly drift: readonly EnvironmentChange[];
  /** Documents that are written differently and do the same. */
  readonly rewritten: readonly string[];
}

/** Which revision a side is. */
export interface SideInfo {
  readonly name: string;
  readonly commit: string | null;
}

/** The sides of one environment, compiled. */
export interface ComparedEnvironment {
  readonly environment: string;
  readonly base: CompiledSide;
  readonly head: CompiledSide;
  readonly running: CompiledSide | null;
}

/** Compares environment by environment, and merges what is the same in several. Pure. */
export function diffReport(
  sides: Pick<DiffReport, 'base' | 'head' | 'running'>,
  environments: readonly ComparedEnvironment[],
  { added, removed }: Pick<DiffReport['environments'], 'added' | 'removed'>,
): DiffReport {
  const changes: EnvironmentChange[] = [];
  const drift: EnvironmentChange[] = [];
  const rewritten = new Set<string>();
  for (const { environment, base, head, running } of environments) {
    const compared = compareCompiled(base, head);
    const inService = running === null ? null : compareCompiled(base, running).changes;
    const own = compared.changes.map((change) => ({
      ...change,
      environments: [environment],
      inService: inService === null ? null : inService.some((other) => isSameChange(other, change)),
    }));
    changes.push(...own);
    const unexplained = (inService ?? []).filter((change) => !own.some((other) => isSameChange(other, change)));
    drift.push(...unexplained.map((change) => ({ ...change, environments: [environment], inService: true })));
    for (const document of compared.rewritten) rewritten.add(document);
  }
  return {
    ...sides,
    environments: { compared: environments.map(({ environment }) => environment), added, removed },
    changes: mergeChanges(changes),
    drift: mergeChanges(drift),
    rewritten: [...rewritten].sort(compareText),
  };
}

/** Tells whether anything is different. Pure. */
export function hasDifferences({ changes, drift, environments }: DiffReport): boolean {
  return changes.length + drift.length + environments.added.length + environments.removed.length > 0;
}

/** Changes as findings, for annotations and code scanning: one for each part that changed, at its line in the head, else in the base. Pure. */
export function diffFindings({ changes }: DiffReport): readonly Diagnostic[] {
  return changes.flatMap(({ document, change, fields, base, head, environments }): readonly Diagnostic[] => {
    const parts = fields.length === 0 ? [{ words: change, base, head }] : fields;
    return parts.flatMap((part) => {
      const at = part.head ?? head ?? part.base ?? base;
      const other = at === part.head || at === head ? (part.base ?? base) : null;
      if (at === null) return [];
      return [
        {
          rule: `diff/${change}`,
          severity: 'info' as const,
          file: at.file,
          line: at.line,
          column: 1,
          message: fields.length === 0 ? `${document} is ${change}` : `${document}: ${part.words}`,
          ...(other !== null && { related: [{ ...other, message: 'as it was' }] }),
          environments,
        },
      ];
    });
  });
}

function mergeChanges(changes: readonly EnvironmentChange[]): readonly EnvironmentChange[] {
  const merged = new Map<string, EnvironmentChange>();
  for (const change of changes) {
    const key = canonicalJson([keyOfChange(change), change.inService]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? change : joined(known, change));
  }
  return [...merged.values()].sort((a, b) => compareText(a.document, b.document));
}

function joined(a: EnvironmentChange, b: EnvironmentChange): EnvironmentChange {
  const union = (x: readonly string[], y: readonly string[]) => [...new Set([...x, ...y])].sort(compareText);
  return {
    ...a,
    environments: [...a.environments, ...b.environments],
    affects: {
      routes: union(a.affects.routes, b.affects.routes),
      consumers: union(a.affects.consumers, b.affects.consumers),
      isEverybody: a.affects.isEverybody && b.affects.isEverybody,
    },
  };
}
