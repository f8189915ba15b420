/** A node of the ESTree that oxc-parser gives; only what the rules look at is named. */
export type SyntaxNode = { readonly type: string; readonly start: number; readonly end: number } & {
  readonly [key: string]: unknown;
};

export type Visit = (node: SyntaxNode, parent: SyntaxNode | undefined, key: string) => void;

/** Calls `visit` for the node and all below it, parents first. */
export function walk(node: SyntaxNode, visit: Visit, parent?: SyntaxNode, key = ''): void {
  visit(node, parent, key);
  for (const [childKey, value] of Object.entries(node)) {
    for (const child of Array.isArray(value) ? value : [value]) if (isNode(child)) walk(child, visit, node, childKey);
  }
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}

export function nodeAt(node: SyntaxNode, key: string): SyntaxNode | undefined {
  const value = node[key];
  return isNode(value) ? value : undefined;
}

export function nodesAt(node: SyntaxNode, key: string): readonly SyntaxNode[] {
  const value = node[key];
  return Array.isArray(value) ? value.filter(isNode) : [];
}

export function nameOf(node: SyntaxNode | undefined): string | undefined {
  if (node === undefined) return undefined;
  if (node.type === 'Literal') return String(node.value);
  return typeof node.name === 'string' ? node.name : undefined;
}
