import { isAlias, isMap, isPair, isScalar, isSeq, type Node, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { characterWidth } from '#core';
import { formatBlockScalar, formatScalar } from './format-scalar.ts';

const MAX_WIDTH = 120;
const STEP = '  ';

/** The lines of a node in block style, without indentation of their own beyond `indent`. `text` is the source. Pure. */
export function formatBlock(node: unknown, text: string, indent: string): readonly string[] {
  if (isMap(node) && node.items.length > 0) return formatMap(node, text, indent);
  if (isSeq(node) && node.items.length > 0) return formatSeq(node, text, indent);
  const scalar = isScalar(node) ? formatBlockScalar(node, text, indent + STEP) : null;
  return scalar ?? [indent + (inline(node) ?? '') + trailing(node)];
}

/** Comment lines at an indentation; empty lines between comments stay empty. Pure. */
export function commentLines(comment: string | null | undefined, indent: string): readonly string[] {
  if (!comment) return [];
  return comment.split('\n').map((line) => (line === '' ? '' : `${indent}#${line}`.trimEnd()));
}

function formatMap(map: YAMLMap, text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  map.items.forEach((pair, index) => {
    const key = pair.key as Node;
    if (key.spaceBefore && index > 0) lines.push('');
    lines.push(...commentLines(key.commentBefore, indent), ...formatPair(pair, text, indent));
  });
  return [...lines, ...(map.flow ? [] : commentLines(map.comment, indent))];
}

function formatPair(pair: Pair, text: string, indent: string): readonly string[] {
  const head = `${indent}${inline(pair.key) ?? ''}:`;
  const { value } = pair;
  const node = value as Node | null;
  const nested = formatNested(node, text, indent, head, trailing(pair.key));
  if (!nested) return [...commentLines(node?.commentBefore, indent), ...withHead(head, node, text, indent)];
  return nested;
}

/** A collection in block style below its head; null where the value stands on the head's line. */
function formatNested(
  node: Node | null,
  text: string,
  indent: string,
  head: string,
  comment: string,
): readonly string[] | null {
  if (!isNested(node, `${head} `)) return null;
  const inner = indent + STEP;
  const above = isFlow(node) ? commentLines(joined(node.commentBefore, node.comment), indent) : [];
  const below = isFlow(node) ? [] : commentLines(node.commentBefore, inner);
  return [...above, head + anchorOf(node, ' ') + comment, ...below, ...formatBlock(node, text, inner)];
}

function withHead(head: string, node: Node | null, text: string, indent: string): readonly string[] {
  const block = isScalar(node) ? formatBlockScalar(node, text, indent + STEP) : null;
  if (block) {
    const [mark = '', ...body] = block;
    return [`${head}${anchorOf(node, ' ')} ${mark}${trailing(node)}`, ...body];
  }
  const above = hasLongComment(node) ? commentLines(node?.comment, indent) : [];
  const value = inline(node) ?? '';
  return [...above, `${head}${value === '' ? '' : ` ${value}`}${hasLongComment(node) ? '' : trailing(node)}`];
}

function formatSeq(seq: YAMLSeq, text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  seq.items.forEach((item, index) => {
    const node = item as Node | null;
    if (node?.spaceBefore && index > 0) lines.push('');
    const head = `${indent}-`;
    if (!isNested(node, `${head} `)) {
      lines.push(...commentLines(node?.commentBefore, indent), ...withHead(head, node, text, indent));
      return;
    }
    const first = firstKey(node);
    const above = joined(node.commentBefore, isFlow(node) ? node.comment : null, first?.commentBefore);
    lines.push(...commentLines(above, indent));
    if (first) first.commentBefore = null;
    if (anchorOf(node, ' ') !== '') lines.push(head + anchorOf(node, ' '), ...formatBlock(node, text, indent + STEP));
    else {
      const [line = '', ...rest] = formatBlock(node, text, indent + STEP);
      lines.push(`${head} ${line.trimStart()}`, ...rest);
    }
  });
  return [...lines, ...(seq.flow ? [] : commentLines(seq.comment, indent))];
}

/** Whether a collection has to stand in block style: it was written so, or its one line would be too long or lose a comment. */
function isNested(node: Node | null, head: string): node is YAMLMap | YAMLSeq {
  if (!(isMap(node) || isSeq(node)) || node.items.length === 0) return false;
  if (!isFlow(node) || hasCommentInside(node)) return true;
  const line = inline(node);
  return line === null || widthOf(head + line) > MAX_WIDTH;
}

/** A node on one line; null when it cannot be. */
function inline(node: unknown, isInFlow = false): string | null {
  if (isAlias(node)) return `*${node.source}`;
  const anchor = anchorOf(node as Node | null, '');
  const prefix = anchor === '' ? '' : `${anchor} `;
  if (isScalar(node)) return (prefix + formatScalar(node, isInFlow)).trimEnd();
  if (isMap(node)) {
    const pairs = node.items.map((pair) => `${inline(pair.key, true)}: ${inline(pair.value, true) || 'null'}`);
    return pairs.length === 0 ? `${prefix}{}` : `${prefix}{ ${pairs.join(', ')} }`;
  }
  if (isSeq(node)) return `${prefix}[${node.items.map((item) => inline(item, true) || 'null').join(', ')}]`;
  return isInFlow ? 'null' : '';
}

function hasCommentInside(node: unknown): boolean {
  if (isPair(node)) return [node.key, node.value].some((part) => hasComment(part) || hasCommentInside(part));
  if (!(isMap(node) || isSeq(node))) return false;
  return (node.items as readonly unknown[]).some((item) => hasComment(item) || hasCommentInside(item));
}

function hasComment(node: unknown): boolean {
  const { comment, commentBefore } = (node ?? {}) as { readonly comment?: string; readonly commentBefore?: string };
  return Boolean(comment || commentBefore);
}

function hasLongComment(node: Node | null): boolean {
  return node?.comment?.includes('\n') ?? false;
}

function trailing(node: unknown): string {
  const comment = (node as Node | null)?.comment;
  return comment ? ` #${comment}`.trimEnd() : '';
}

function anchorOf(node: Node | null, before: string): string {
  const anchor = (node as { readonly anchor?: string } | null)?.anchor;
  return anchor === undefined ? '' : `${before}&${anchor}`;
}

function isFlow(node: unknown): boolean {
  return (node as { readonly flow?: boolean } | null)?.flow === true;
}

function firstKey(node: YAMLMap | YAMLSeq): Node | undefined {
  const first = node.items[0];
  return isMap(node) && isPair(first) ? (first.key as Node) : undefined;
}

function joined(...comments: readonly (string | null | undefined)[]): string {
  return comments.filter(Boolean).join('\n');
}

function widthOf(line: string): number {
  let width = 0;
  for (const character of line) width += characterWidth(character);
  return width;
}
