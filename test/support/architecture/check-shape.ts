import type { SourceModule } from './parse-module.ts';
import { nodeAt, nodesAt, walk } from './syntax.ts';
import type { ArchitectureTable, Violation } from './table.ts';

/** Sizes and forms that hold in every file of `src/`. */
export function checkShape(module: SourceModule, table: ArchitectureTable): readonly Violation[] {
  const violations: Violation[] = [];
  const report = (rule: string, offset: number, message: string) =>
    violations.push({ rule, path: module.path, line: module.lineAt(offset), message });

  for (const message of module.parseErrors) report('syntax', 0, message);
  if (module.folder === '') report('folder', 0, 'a source file lies in a folder of its own rank');
  else if (table.folders[module.folder] === undefined) report('folder', 0, `${module.folder} is not in the table`);

  const maxLines = table.maxLinesOf[module.path] ?? table.maxLines;
  const isCounted = !module.isGenerated && !module.path.includes('/data/');
  if (isCounted && module.lineCount > maxLines) report('size', 0, `${module.lineCount} lines; at most ${maxLines}`);

  for (const statement of nodesAt(module.program, 'body')) {
    const declaration = nodeAt(statement, 'declaration') ?? statement;
    if (statement.type === 'ExportDefaultDeclaration') report('default-export', statement.start, 'exports have names');
    if (statement.type === 'ExportAllDeclaration') report('export-all', statement.start, 'name each export');
    if (declaration.type === 'VariableDeclaration' && declaration.kind !== 'const') {
      report('module-state', statement.start, 'no mutable state at module level; pass it in');
    }
  }
  walk(module.program, (node) => {
    if (node.type === 'TSEnumDeclaration') report('enum', node.start, 'write a union of strings');
  });
  return violations;
}
