import { compareText, type Diagnostic, type RelatedPlace } from '#core';
import type { Effective } from './effective.ts';
import { errorAt, relatedAt } from './finding.ts';
import { type Reference, referencesOf } from './references.ts';
import type { World } from './world.ts';

interface Edge extends Reference {
  readonly from: Effective;
}

/** Chains that reach themselves through chains, and consumers that are their own ancestor: one finding per cycle, where it closes. Pure. */
export function findCycles({ byKind }: World): readonly Diagnostic[] {
  return [
    ...cyclesAmong(byKind.get('Chain') ?? new Map(), 'Chain').map((cycle) =>
      report(cycle, 'fallback/cycle', 'Break the circle: a chain must end at models or providers.'),
    ),
    ...cyclesAmong(byKind.get('Consumer') ?? new Map(), 'Consumer').map((cycle) =>
      report(cycle, 'ref/cycle', 'Break the circle: what a consumer spends counts at each of its ancestors once.'),
    ),
  ];
}

/** Depth first in the order of names, with an explicit stack: a chain of a thousand chains is no reason to overflow ours. */
function cyclesAmong(nodes: ReadonlyMap<string, Effective>, kind: string): readonly (readonly Edge[])[] {
  const cycles: (readonly Edge[])[] = [];
  const finished = new Set<string>();
  const edgesOf = (name: string): Edge[] => {
    const from = nodes.get(name);
    const references = from ? referencesOf(from).filter((reference) => reference.kind === kind) : [];
    return references.flatMap((reference) => (from && nodes.has(reference.name) ? [{ ...reference, from }] : []));
  };
  for (const root of [...nodes.keys()].sort(compareText)) {
    if (finished.has(root)) continue;
    const trail: Edge[] = [];
    const onTrail = new Map([[root, 0]]);
    const open = [edgesOf(root)];
    while (open.length > 0) {
      const edge = open.at(-1)?.shift();
      if (!edge) {
        open.pop();
        const done = trail.pop()?.name ?? root;
        finished.add(done);
        onTrail.delete(done);
        continue;
      }
      const start = onTrail.get(edge.name);
      if (start !== undefined) cycles.push([...trail.slice(start), edge]);
      if (start !== undefined || finished.has(edge.name)) continue;
      trail.push(edge);
      onTrail.set(edge.name, trail.length);
      open.push(edgesOf(edge.name));
    }
  }
  return cycles;
}

function report(cycle: readonly Edge[], rule: string, hint: string): Diagnostic {
  const closing = cycle.at(-1);
  if (!closing) throw new Error('a cycle has at least one edge');
  const names = [closing.name, ...cycle.map((edge) => edge.name)];
  const related: RelatedPlace[] = cycle
    .slice(0, -1)
    .map((edge) => relatedAt(edge.from.valueSpan(edge.path), `${edge.from.name} → ${edge.name}`));
  return errorAt(closing.from.valueSpan(closing.path), {
    rule,
    message: `${closing.kind} \`${closing.name}\` reaches itself: ${names.join(' → ')}`,
    hint,
    ...(related.length > 0 && { related }),
  });
}
