import { resolveOwn } from './check-imports.ts';
import { declarationsOf, type SourceModule } from './parse-module.ts';
import { nameOf, nodeAt, nodesAt, type SyntaxNode } from './syntax.ts';
import type { Violation } from './table.ts';

/** What an index.ts gives to other folders says what it is, at the door or where it is declared. */
export function checkDoors(modules: ReadonlyMap<string, SourceModule>): readonly Violation[] {
  const doors = [...modules.values()].filter((module) => module.path.endsWith('/index.ts'));
  return doors.flatMap((door) =>
    nodesAt(door.program, 'body').flatMap((statement) => checkExport(door, statement, modules)),
  );
}

function checkExport(
  door: SourceModule,
  statement: SyntaxNode,
  modules: ReadonlyMap<string, SourceModule>,
): readonly Violation[] {
  if (statement.type !== 'ExportNamedDeclaration') return [];
  const specifiers = nodesAt(statement, 'specifiers');
  const report = (name: string, offset: number): Violation => ({
    rule: 'docstring',
    path: door.path,
    line: door.lineAt(offset),
    message: `${name} has no docstring, here or where it is declared`,
  });
  if (nodeAt(statement, 'declaration') !== undefined) {
    return door.hasDocBefore(statement.start) ? [] : [report('this export', statement.start)];
  }
  const isOnlyOne = specifiers.length === 1 && door.hasDocBefore(statement.start);
  return specifiers
    .filter((specifier) => !isOnlyOne && !door.hasDocBefore(specifier.start))
    .filter((specifier) => !isDocumented(door, statement, nameOf(nodeAt(specifier, 'local')) ?? '', modules))
    .map((specifier) => report(nameOf(nodeAt(specifier, 'exported')) ?? 'an export', specifier.start));
}

/** Follows re-exports and imports to the declaration; generated files are documented by their schemas. */
function isDocumented(
  module: SourceModule,
  statement: SyntaxNode | undefined,
  name: string,
  modules: ReadonlyMap<string, SourceModule>,
): boolean {
  const source = statement && nodeAt(statement, 'source');
  if (source !== undefined) {
    const target = modules.get(resolveOwn(module, String(source.value)) ?? '');
    if (target === undefined) return false;
    return target.isGenerated || isDocumented(target, reexportOf(target, name), originalName(target, name), modules);
  }
  const declaration = declarationsOf(module).get(name);
  if (declaration !== undefined) return module.hasDocBefore(declaration.start);
  const imported = nodesAt(module.program, 'body').find((s) => s.type === 'ImportDeclaration' && binds(s, name));
  return imported !== undefined && isDocumented(module, imported, name, modules);
}

function reexportOf(module: SourceModule, name: string): SyntaxNode | undefined {
  return nodesAt(module.program, 'body').find(
    (s) =>
      s.type === 'ExportNamedDeclaration' &&
      nodesAt(s, 'specifiers').some((x) => nameOf(nodeAt(x, 'exported')) === name),
  );
}

function originalName(module: SourceModule, name: string): string {
  const statement = reexportOf(module, name);
  const specifier = nodesAt(statement ?? module.program, 'specifiers').find(
    (x) => nameOf(nodeAt(x, 'exported')) === name,
  );
  return (specifier && nameOf(nodeAt(specifier, 'local'))) ?? name;
}

function binds(statement: SyntaxNode, name: string): boolean {
  return nodesAt(statement, 'specifiers').some((specifier) => nameOf(nodeAt(specifier, 'local')) === name);
}
