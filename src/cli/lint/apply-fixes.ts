import { isDeepStrictEqual } from 'node:util';
import { CST, type Document, Lexer, parseAllDocuments } from 'yaml';
import type { Fix } from '#core';
import { applySplice, type Splice } from '../keys/splice-yaml.ts';
import { spliceOf } from './splice-of-edit.ts';

/** A file after some of its fixes. */
export interface FixedText {
  readonly text: string;
  /** Those that were carried out, in order. */
  readonly applied: readonly Fix[];
}

/**
 * Carries out fixes of one file that do not overlap; the others wait for the next round, when their places are known anew. A text that would not parse, lose a comment, or
 * change a document that no fix is about stays as it is. Pure.
 */
export function applyFixes(text: string, fixes: readonly Fix[]): FixedText {
  const before = readText(text);
  if (before === null) return { text, applied: [] };
  const taken: { readonly fix: Fix; readonly splices: readonly Splice[] }[] = [];
  for (const fix of fixes) {
    const splices = splicesOf(text, before.documents, fix);
    if (
      splices === null ||
      overlaps(
        splices,
        taken.flatMap((each) => each.splices),
      )
    )
      continue;
    // One at a time, so that a fix that does harm keeps no other from being made.
    const candidate = [...taken, { fix, splices }];
    if (
      keepsTheRest(
        before,
        text,
        candidate.flatMap((each) => each.splices),
      )
    )
      taken.push({ fix, splices });
  }
  return {
    text: splice(
      text,
      taken.flatMap(({ splices }) => splices),
    ),
    applied: taken.map(({ fix }) => fix),
  };
}

interface ReadText {
  readonly documents: readonly Document[];
  readonly values: readonly unknown[];
  readonly comments: readonly string[];
}

function splicesOf(text: string, documents: readonly Document[], fix: Fix): readonly Splice[] | null {
  const splices = fix.edits.map((edit) => spliceOf(text, documents, edit));
  return splices.includes(null) ? null : (splices as readonly Splice[]);
}

function overlaps(splices: readonly Splice[], taken: readonly Splice[]): boolean {
  return splices.some(({ start, end }) =>
    taken.some((other) => (start < other.end && other.start < end) || start === other.start),
  );
}

/** From the end, so that the offsets of those before stay true. */
function splice(text: string, splices: readonly Splice[]): string {
  return splices.toSorted((a, b) => b.start - a.start).reduce(applySplice, text);
}

function keepsTheRest(before: ReadText, text: string, splices: readonly Splice[]): boolean {
  const after = readText(splice(text, splices));
  if (after === null || !hasAll(after.comments, before.comments)) return false;
  const untouched = before.documents.flatMap((document, index) =>
    splices.some(({ start, end }) => touches(document, start, end)) ? [] : [before.values[index]],
  );
  return untouched.every((value) => after.values.some((other) => isDeepStrictEqual(other, value)));
}

function touches({ range }: Document, start: number, end: number): boolean {
  return start <= (range?.[2] ?? 0) && end >= (range?.[0] ?? 0);
}

function readText(text: string): ReadText | null {
  const parsed = parseAllDocuments(text, { logLevel: 'silent' });
  const documents = Array.isArray(parsed) ? (parsed as readonly Document[]) : [];
  if (documents.some(({ errors }) => errors.length > 0)) return null;
  try {
    return { documents, values: documents.map((document) => document.toJS() as unknown), comments: commentsOf(text) };
  } catch {
    // An alias without its anchor.
    return null;
  }
}

/** Every comment but the line that tells an editor the schema: it goes with the document it stands over. */
function commentsOf(text: string): readonly string[] {
  const comments: string[] = [];
  let last = '';
  for (const lexeme of new Lexer().lex(text)) {
    // What follows the mark of a scalar is its text, whatever it begins with.
    const isComment = CST.tokenType(lexeme) === 'comment' && last !== CST.SCALAR;
    if (isComment && !lexeme.startsWith('# yaml-language-server:')) comments.push(lexeme.trimEnd());
    last = lexeme;
  }
  return comments;
}

function hasAll(after: readonly string[], before: readonly string[]): boolean {
  const left = [...after];
  return before.every((comment) => {
    const at = left.indexOf(comment);
    if (at >= 0) left.splice(at, 1);
    return at >= 0;
  });
}
