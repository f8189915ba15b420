import { parseSync } from 'oxc-parser';
import { isNode, nameOf, nodeAt, nodesAt, type SyntaxNode, walk } from './syntax.ts';
import type { SourceTree } from './table.ts';

export type ModuleImport = {
  readonly specifier: string;
  readonly isTypeOnly: boolean;
  readonly isDynamic: boolean;
  readonly line: number;
};

export type SourceModule = {
  readonly path: string;
  readonly folder: string;
  readonly text: string;
  readonly lineCount: number;
  readonly isGenerated: boolean;
  readonly program: SyntaxNode;
  readonly imports: readonly ModuleImport[];
  readonly parseErrors: readonly string[];
  lineAt(offset: number): number;
  /** Whether a doc comment ends right before the offset. */
  hasDocBefore(offset: number): boolean;
};

export function parseTree(tree: SourceTree): ReadonlyMap<string, SourceModule> {
  return new Map([...tree].map(([path, text]) => [path, parseModule(path, text)]));
}

function parseModule(path: string, text: string): SourceModule {
  const parsed = parseSync(path, text);
  const program = parsed.program as unknown as SyntaxNode;
  const docEnds = parsed.comments.filter((c) => c.type === 'Block' && c.value.startsWith('*')).map((c) => c.end);
  const lineAt = (offset: number): number => text.slice(0, offset).split('\n').length;
  return {
    path,
    folder: path.split('/').length > 2 ? (path.split('/')[1] ?? '') : '',
    text,
    lineCount: text.trimEnd().split('\n').length,
    isGenerated: /\.gen\.ts$/.test(path),
    program,
    imports: readImports(program, lineAt),
    parseErrors: parsed.errors.map((error) => error.message),
    lineAt,
    hasDocBefore: (offset) => docEnds.some((end) => end <= offset && text.slice(end, offset).trim() === ''),
  };
}

function readImports(program: SyntaxNode, lineAt: (offset: number) => number): readonly ModuleImport[] {
  const imports: ModuleImport[] = [];
  walk(program, (node) => {
    const source =
      node.type === 'TSImportType' ? (nodeAt(node, 'source') ?? nodeAt(node, 'argument')) : nodeAt(node, 'source');
    const literal = source?.type === 'TSLiteralType' ? nodeAt(source, 'literal') : source;
    if (literal?.type !== 'Literal' || typeof literal.value !== 'string') return;
    imports.push({
      specifier: literal.value,
      isTypeOnly: isTypeOnly(node),
      isDynamic: node.type === 'ImportExpression',
      line: lineAt(node.start),
    });
  });
  return imports;
}

function isTypeOnly(node: SyntaxNode): boolean {
  if (node.type === 'TSImportType') return true;
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = nodesAt(node, 'specifiers');
  return specifiers.length > 0 && specifiers.every((s) => s.importKind === 'type' || s.exportKind === 'type');
}

/** The node at which a top-level name is declared (its `export` statement where there is one), by name. */
export function declarationsOf(module: SourceModule): ReadonlyMap<string, SyntaxNode> {
  const declarations = new Map<string, SyntaxNode>();
  for (const statement of nodesAt(module.program, 'body')) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? nodeAt(statement, 'declaration') : statement;
    if (declaration === undefined) continue;
    const declared = [nodeAt(declaration, 'id'), ...nodesAt(declaration, 'declarations').map((d) => nodeAt(d, 'id'))];
    for (const id of declared.filter(isNode)) {
      const name = nameOf(id);
      if (name !== undefined && !declarations.has(name)) declarations.set(name, statement);
    }
  }
  return declarations;
}
