import type { ASTNode } from '@marcbachmann/cel-js';

/** A node of a parsed CEL expression; its arguments depend on the operator, so they are read by the functions below. */
export interface CelNode {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
}

/** The macros that run their argument once per element. */
const COMPREHENSIONS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

/** The tree as the walks below read it. Pure. */
export function celTree(ast: ASTNode): CelNode {
  return ast;
}

/** The nodes directly below a node, in source order; names and literals are none. Pure. */
export function celChildren(node: CelNode): readonly CelNode[] {
  return nodesIn(node.args);
}

/** The name of a function or method call, else null. Pure. */
export function calledName(node: CelNode): string | null {
  if ((node.op !== 'call' && node.op !== 'rcall') || !Array.isArray(node.args)) return null;
  const name: unknown = node.args[0];
  return typeof name === 'string' ? name : null;
}

/** The value a method is called on, else null. Pure. */
export function receiverOf(node: CelNode): CelNode | null {
  if (node.op !== 'rcall' || !Array.isArray(node.args)) return null;
  return nodesIn(node.args[1])[0] ?? null;
}

/** The arguments of a call, without its receiver. Pure. */
export function argumentsOf(node: CelNode): readonly CelNode[] {
  if (!Array.isArray(node.args)) return [];
  return nodesIn(node.args[node.op === 'rcall' ? 2 : 1]);
}

/** Tells whether a node is a macro over the elements of a list or map. Pure. */
export function isComprehension(node: CelNode): boolean {
  const name = calledName(node);
  return node.op === 'rcall' && name !== null && COMPREHENSIONS.has(name);
}

/** The first node at or below this one that fits, in source order. Pure. */
export function findNode(node: CelNode, fits: (node: CelNode) => boolean): CelNode | undefined {
  if (fits(node)) return node;
  for (const child of celChildren(node)) {
    const found = findNode(child, fits);
    if (found) return found;
  }
  return undefined;
}

function nodesIn(value: unknown): readonly CelNode[] {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value] : [];
}

function isNode(value: unknown): value is CelNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
