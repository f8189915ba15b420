import type { SourceModule } from './parse-module.ts';
import { nameOf, nodeAt, nodesAt, type SyntaxNode, walk } from './syntax.ts';

export type GlobalUse = { readonly name: string; readonly line: number };

/**
 * Names a file uses without declaring them, members of `Date` and `Math` as `Date.now`. A name declared anywhere in the
 * file counts as its own everywhere: coarse, and enough for names nobody shadows by chance.
 */
export function findGlobals(module: SourceModule): readonly GlobalUse[] {
  const declared = new Set<string>();
  const uses: { name: string; offset: number }[] = [];
  walk(module.program, (node, parent, key) => {
    if (node.type !== 'Identifier' || parent === undefined) return;
    const name = nameOf(node);
    if (name === undefined) return;
    if (isBinding(parent, key) || nodeAt(node, 'typeAnnotation') !== undefined) declared.add(name);
    else if (!isLabel(parent, key)) uses.push({ name: qualify(name, node, parent), offset: node.start });
  });
  return uses
    .filter((use) => !declared.has(use.name.split('.')[0] ?? ''))
    .map((use) => ({ name: use.name, line: module.lineAt(use.offset) }));
}

function isBinding(parent: SyntaxNode, key: string): boolean {
  if (key === 'params' || key === 'local' || key === 'param') return true;
  if (key === 'id') return /Declarat|Function|Class/.test(parent.type);
  if (key === 'left') return parent.type === 'AssignmentPattern';
  if (key === 'elements') return parent.type === 'ArrayPattern';
  return key === 'argument' && parent.type === 'RestElement';
}

function isLabel(parent: SyntaxNode, key: string): boolean {
  if (key === 'property') return parent.computed !== true;
  if (key === 'key') return parent.computed !== true;
  if (key === 'right' && parent.type === 'TSQualifiedName') return true;
  if (key === 'label' || key === 'meta' || key === 'parameterName') return true;
  return key === 'imported' || key === 'exported';
}

/** `Date.now`, `Math.random`; `new Date()` and `Date()` read the clock too and are named so. */
function qualify(name: string, node: SyntaxNode, parent: SyntaxNode): string {
  if (parent.type === 'MemberExpression' && parent.object === node) {
    return name === 'Date' || name === 'Math' ? `${name}.${nameOf(nodeAt(parent, 'property')) ?? '*'}` : name;
  }
  const isCalled = parent.callee === node;
  if (name !== 'Date' || !isCalled) return name;
  return parent.type === 'CallExpression' || nodesAt(parent, 'arguments').length === 0 ? 'Date.()' : name;
}
