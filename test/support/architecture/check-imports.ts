import { dirname, posix } from 'node:path';
import type { ModuleImport, SourceModule } from './parse-module.ts';
import type { ArchitectureTable, Violation } from './table.ts';

/** Across folders only through `#name`, and only where the table says so; inside a folder only relative. */
export function checkImports(
  modules: ReadonlyMap<string, SourceModule>,
  table: ArchitectureTable,
): readonly Violation[] {
  const violations: Violation[] = [];
  for (const module of modules.values()) {
    for (const reference of module.imports) {
      const message = problemOf(module, reference, modules, table);
      if (message !== undefined) violations.push({ rule: 'imports', path: module.path, line: reference.line, message });
    }
  }
  return violations;
}

/** The path of our own file behind a specifier; undefined for packages and built-in modules. */
export function resolveOwn(module: SourceModule, specifier: string): string | undefined {
  if (specifier.startsWith('#')) return `src/${specifier.slice(1)}/index.ts`;
  if (specifier.startsWith('.')) return posix.join(dirname(module.path), specifier);
  return undefined;
}

function problemOf(
  module: SourceModule,
  reference: ModuleImport,
  modules: ReadonlyMap<string, SourceModule>,
  table: ArchitectureTable,
): string | undefined {
  const { specifier } = reference;
  const target = resolveOwn(module, specifier);
  if (target === undefined) return undefined;
  if (specifier.startsWith('.')) {
    if (target.startsWith(`src/${module.folder}/`)) return undefined;
    // The schemas are data beside the sources, and in the package at the same place beside dist/.
    if (/^schemas\/[\w.-]+\.json$/.test(target)) return undefined;
    return `'${specifier}' leaves the folder ${module.folder}; other folders are reached as '#name'`;
  }
  const name = specifier.slice(1);
  if (name === module.folder) return `'${specifier}' is the file's own folder; import the file relatively`;
  if (name.includes('/')) return `'${specifier}' reaches into a folder; its index is the only door`;
  if (!modules.has(target)) return `'${specifier}' has no door: ${target} does not exist`;
  const rule = table.folders[module.folder];
  if (rule === undefined || rule.imports.includes(name)) return undefined;
  if (!rule.types?.includes(name)) return `${module.folder} (rank ${rule.rank}) may not import ${name}`;
  return reference.isTypeOnly ? undefined : `${module.folder} may import only types of ${name}: write 'import type'`;
}
