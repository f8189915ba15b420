import { resolveOwn } from './check-imports.ts';
import type { SourceModule } from './parse-module.ts';
import type { Violation } from './table.ts';

/** No file reaches itself over imports, types included: a cycle of types is a file in two pieces. */
export function checkCycles(modules: ReadonlyMap<string, SourceModule>): readonly Violation[] {
  const state = new Map<string, 'open' | 'done'>();
  const trail: string[] = [];
  const violations: Violation[] = [];

  function visit(path: string): void {
    state.set(path, 'open');
    trail.push(path);
    const module = modules.get(path);
    for (const reference of module?.imports ?? []) {
      const target = module && resolveOwn(module, reference.specifier);
      if (target === undefined || !modules.has(target)) continue;
      const seen = state.get(target);
      if (seen === undefined) visit(target);
      if (seen !== 'open') continue;
      const cycle = [...trail.slice(trail.indexOf(target)), target];
      violations.push({ rule: 'cycle', path, line: reference.line, message: cycle.join(' → ') });
    }
    trail.pop();
    state.set(path, 'done');
  }

  for (const path of modules.keys()) if (!state.has(path)) visit(path);
  return violations;
}
