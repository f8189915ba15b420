import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkCycles } from './check-cycles.ts';
import { checkDoors } from './check-doors.ts';
import { checkImports } from './check-imports.ts';
import { checkHotFolder, checkPurity } from './check-purity.ts';
import { checkShape } from './check-shape.ts';
import { parseTree } from './parse-module.ts';
import type { ArchitectureTable, SourceTree, Violation } from './table.ts';

/** Every broken rule of the tree, in order of path and line. Pure. */
export function checkArchitecture(tree: SourceTree, table: ArchitectureTable): readonly Violation[] {
  const modules = parseTree(tree);
  const perFile = [...modules.values()].flatMap((module) => [
    ...checkShape(module, table),
    ...checkPurity(module, table),
    ...checkHotFolder(module, table),
  ]);
  return [...perFile, ...checkImports(modules, table), ...checkCycles(modules), ...checkDoors(modules)].sort(
    (a, b) => a.path.localeCompare(b.path) || a.line - b.line,
  );
}

/** Reads the sources below `src/`. */
export function readSourceTree(root: string): SourceTree {
  const paths = globSync('src/**/*.ts', { cwd: root }).map((path) => path.replaceAll('\\', '/'));
  return new Map(paths.sort().map((path) => [path, readFileSync(join(root, path), 'utf8')]));
}
