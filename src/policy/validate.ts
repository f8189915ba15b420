import { asObject, type Diagnostic, type Fix, type FixEdit, type Span } from '#core';
import type { ShapeCheck } from './check-shape.ts';
import type { Mistake } from './mistake.ts';
import { KINDS } from './schemas.ts';
import { spellingFix } from './shape-fix.ts';
import { type ShapeFix, type ShapeMistake, showList } from './shape-mistake.ts';
import { suggest } from './suggest.ts';
import type { ParsedDocument, Path } from './types.ts';

/** The version of the policy language this compiler reads. */
export const API_VERSION = 'signalbox/v1';

/** Checks one document against the schema of its kind: one diagnostic per mistake, none for a valid document. Pure. */
export function validateDocument(document: ParsedDocument, checkShape: ShapeCheck): readonly Diagnostic[] {
  const head = checkHead(document);
  if (head.length > 0) return head;
  return checkShape(document.kind, document.value).map((mistake) => toDiagnostic(document, mistake));
}

/** What must hold before a schema can be chosen. */
function checkHead(document: ParsedDocument): readonly Diagnostic[] {
  const { apiVersion, kind } = document.value;
  const diagnostics: Diagnostic[] = [];
  const report = (
    mistake: Omit<Mistake, 'start' | 'end'> & {
      readonly path: Path;
      readonly at: ShapeMistake['at'];
      readonly fix?: ShapeFix | Fix;
    },
  ): void => {
    diagnostics.push(toDiagnostic(document, mistake));
  };
  if (apiVersion === undefined) {
    const hint = `Add \`apiVersion: ${API_VERSION}\`.`;
    report({
      rule: 'schema/missing-key',
      path: [],
      at: 'item',
      message: 'the document lacks the key `apiVersion`',
      hint,
      ...versionFix(document),
    });
  } else if (apiVersion !== API_VERSION) {
    const hint = `Write \`apiVersion: ${API_VERSION}\`.`;
    report({
      rule: 'schema/unknown-version',
      path: ['apiVersion'],
      at: 'value',
      message: 'this version of the policy language is unknown',
      hint,
    });
  }
  if (kind === undefined) {
    const hint = `Add \`kind:\` with one of ${KINDS.join(', ')}.`;
    report({ rule: 'schema/missing-key', path: [], at: 'item', message: 'the document lacks the key `kind`', hint });
  } else if (typeof kind !== 'string') {
    report({
      rule: 'schema/type',
      path: ['kind'],
      at: 'value',
      message: '`kind` must be text',
      hint: `Write one of ${KINDS.join(', ')}.`,
    });
  } else if (!KINDS.includes(kind)) {
    const near = suggest(kind, KINDS);
    const fix = spellingFix(kind, KINDS);
    const hint = near === undefined ? `Known kinds: ${KINDS.join(', ')}.` : `Did you mean \`${near}\`?`;
    report({
      rule: 'schema/unknown-kind',
      path: ['kind'],
      at: 'value',
      message: `there is no kind ${showList([kind.slice(0, 60)])}`,
      hint,
      ...(fix !== undefined && { fix }),
    });
  }
  return diagnostics;
}

function toDiagnostic(
  document: ParsedDocument,
  mistake: {
    readonly rule: string;
    readonly path: Path;
    readonly at: ShapeMistake['at'];
    readonly message: string;
    readonly hint?: string;
    readonly fix?: ShapeFix | Fix;
  },
): Diagnostic {
  const span = spanOf(document, mistake.path, mistake.at);
  const { rule, message, hint, fix } = mistake;
  return {
    rule,
    severity: 'error',
    file: document.file,
    line: span.line,
    column: span.column,
    message,
    ...(hint !== undefined && { hint }),
    span,
    ...(fix !== undefined && { fix: 'edits' in fix ? fix : { title: fix.title, edits: [editOf(fix, span)] } }),
  };
}

function editOf(fix: ShapeFix, at: Span): FixEdit {
  if (fix.kind === 'replace') return { kind: 'replace', at, text: fix.text };
  if (fix.kind === 'remove') return { kind: 'remove', at, what: 'item' };
  return { kind: 'wrap', at, before: fix.before, after: fix.after };
}

/** The line goes before the first key of a document in block style. */
function versionFix(document: ParsedDocument): { readonly fix?: Fix } {
  const [firstKey] = Object.keys(document.value);
  const first = firstKey === undefined ? null : document.keySpan([firstKey]);
  if (first === null || first.column !== 1) return {};
  const { line, column, start } = first;
  const at = { ...first, endLine: line, endColumn: column, end: start };
  const text = `apiVersion: ${API_VERSION}\n`;
  return { fix: { title: `add \`apiVersion: ${API_VERSION}\``, edits: [{ kind: 'replace', at, text }] } };
}

/** An absence is shown at the innermost item that lacks something: its key, else its first key, else the document's name. */
function spanOf(document: ParsedDocument, path: Path, at: ShapeMistake['at']): Diagnostic['span'] & object {
  if (at === 'key') return document.keySpan(path);
  if (at === 'value') return document.valueSpan(path);
  if (path.length === 0) return documentSpan(document);
  if (typeof path.at(-1) === 'string') return document.keySpan(path);
  const firstKey = Object.keys(asObject(valueAt(document.value, path)))[0];
  return firstKey === undefined ? document.valueSpan(path) : document.keySpan([...path, firstKey]);
}

function documentSpan(document: ParsedDocument): Diagnostic['span'] & object {
  if (document.name !== '') return document.valueSpan(['metadata', 'name']);
  const firstKey = Object.keys(document.value)[0];
  return firstKey === undefined ? document.valueSpan([]) : document.keySpan([firstKey]);
}

function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) value = (value as Readonly<Record<string | number, unknown>> | null)?.[step];
  return value;
}
