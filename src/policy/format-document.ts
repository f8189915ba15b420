import { type Document, isAlias, isMap, isScalar, isSeq, Lexer, type Node, visit } from 'yaml';
import { canonicalJson, type Diagnostic } from '#core';
import { decodeText } from './decode.ts';
import { commentLines, formatBlock } from './format-nodes.ts';
import { orderKeys } from './key-order.ts';
import { type Mistake, toDiagnostic } from './mistake.ts';
import { composeDocuments, parseYaml } from './parse-yaml.ts';
import { createPositions } from './positions.ts';
import { readValue } from './read-value.ts';
import { settleComments } from './settle-comments.ts';

/** A formatted file, or why it was left alone. */
export type Formatted =
  | { readonly kind: 'formatted'; readonly text: string; readonly changed: boolean }
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] };

/**
 * Puts a policy file into its canonical layout: keys in the order of their schema, two spaces per level, no needless quotes, flow
 * style only where it fits 120 columns, one blank line before each `---`, LF line ends. Comments stay. A file that is no valid YAML is refused
 * with the findings of parsing; one whose values or comments would not come out the same is refused with `fmt/unsafe`. Formatting
 * the result again changes nothing. Pure.
 */
export function formatPolicies(text: string, file: string): Formatted {
  const decoded = decodeText(new TextEncoder().encode(text));
  const source = decoded.text.replaceAll('\r\n', '\n');
  const positions = createPositions(file, decoded.text);
  const refuse = (mistakes: readonly Mistake[]): Formatted => {
    return { kind: 'refused', diagnostics: mistakes.map((mistake) => toDiagnostic(mistake, positions)) };
  };
  if (decoded.kind === 'mistake') {
    const { start, message, hint } = decoded;
    return refuse([{ rule: 'yaml/encoding', start, end: start + 1, message, hint }]);
  }
  const mistakes = findMistakes(decoded.text);
  if (mistakes.length > 0) return refuse(mistakes);

  const once = formatText(source);
  // A comment may settle one line higher or lower only when read back; the result has to be a fixed point.
  const twice = once === null ? null : formatText(once);
  if (once === null || twice === null) return refuse([unsafe('it holds tags, or keys that are lists or maps')]);
  if (formatText(twice) !== twice) return refuse([unsafe('formatting twice would change it again')]);
  if (valuesOf(source) !== valuesOf(twice)) return refuse([unsafe('its values would not stay the same')]);
  if (commentsOf(source) !== commentsOf(twice))
    return refuse([unsafe('a comment would be lost or moved into a value')]);
  return { kind: 'formatted', text: twice, changed: twice !== text };
}

function findMistakes(text: string): readonly Mistake[] {
  const stream = parseYaml(text);
  if (stream.tooDeep) return [stream.tooDeep];
  return stream.documents.flatMap(({ root, mistakes }) => [...mistakes, ...readValue(root).mistakes]);
}

function formatText(text: string): string | null {
  const documents = composeDocuments(text, settleComments);
  if ('rule' in documents) return null;
  const parts: string[] = [];
  for (const document of documents) {
    const lines = formatDocument(document, text);
    if (lines === null) return null;
    if (lines.length > 0) parts.push(lines.join('\n'));
  }
  return parts.length === 0 ? '' : `${parts.join('\n\n---\n')}\n`;
}

function formatDocument(document: Document, text: string): readonly string[] | null {
  const root = document.contents as Node | null;
  const shape = lookAt(root);
  if (shape.isForeign) return null;
  liftHeadComments(root, text);
  if (!shape.hasAlias) orderKeys(root);
  const head = commentLines(document.commentBefore, '');
  const isEmpty = root === null || (isScalar(root) && root.value === null && !root.source);
  const above = [...commentLines(root?.commentBefore, ''), ...(isEmpty ? commentLines(root?.comment, '') : [])];
  const body = isEmpty ? [] : formatBlock(root, text, '');
  const foot = commentLines(document.comment, '');
  const gap = (before: readonly string[], after: readonly string[]): readonly string[] =>
    before.length > 0 && after.length > 0 ? [''] : [];
  const middle = [...above, ...body];
  return [...head, ...gap(head, middle), ...middle, ...gap([...head, ...middle], foot), ...foot];
}

/** A comment behind `key:` is the key's, though the parser gives it to the collection on the lines below. */
function liftHeadComments(root: Node | null, text: string): void {
  if (root === null) return;
  visit(root, {
    Pair: (_, { key, value }) => {
      if (!isScalar(key) || !(isMap(value) || isSeq(value)) || value.flow || !value.commentBefore) return;
      const [first = '', ...others] = value.commentBefore.split('\n');
      const behind = /^[ ]*:(?:[ ]+&\S+)?[ ]+#(.*)/.exec(text.slice(key.range?.[1]))?.[1];
      if (behind === undefined || behind.trimEnd() !== first.trimEnd()) return;
      key.comment = first;
      value.commentBefore = others.join('\n') || null;
    },
  });
}

/** What decides whether and how a document can be printed. */
function lookAt(root: Node | null): { readonly hasAlias: boolean; readonly isForeign: boolean } {
  let hasAlias = false;
  let isForeign = false;
  if (root === null) return { hasAlias, isForeign };
  visit(root, {
    Node: (_, node) => {
      if (isAlias(node)) hasAlias = true;
      else if (node.tag !== undefined) isForeign = true;
    },
    Pair: (_, pair) => {
      if (!isScalar(pair.key)) isForeign = true;
    },
  });
  return { hasAlias, isForeign };
}

function valuesOf(text: string): string {
  const values = parseYaml(text).documents.map(({ root }) => readValue(root).value);
  return values
    .filter((value) => value !== null)
    .map(canonicalJson)
    .join('\n');
}

/** Every comment of a text, sorted, without trailing blanks. */
function commentsOf(text: string): string {
  const comments: string[] = [];
  let isScalarNext = false;
  for (const lexeme of new Lexer().lex(text)) {
    if (lexeme.startsWith('#') && !isScalarNext) comments.push(lexeme.trimEnd());
    // The lexer announces plain and block scalars, which may begin with #, by a unit separator.
    isScalarNext = lexeme === '\u001f';
  }
  return comments.sort().join('\n');
}

function unsafe(reason: string): Mistake {
  const message = `the file was left as it is: ${reason}`;
  return { rule: 'fmt/unsafe', start: 0, end: 0, message, hint: 'Simplify the part in question and format again.' };
}
