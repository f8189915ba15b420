import { asObject, asString, compareDiagnostics, type Diagnostic, isObject, type JsonObject, type Span } from '#core';
import { createShapeCheck } from './check-shape.ts';
import { decodeText } from './decode.ts';
import { type Located, locateKey, locateValue } from './locate.ts';
import { type Mistake, toDiagnostic } from './mistake.ts';
import { parseYaml, type YamlDocument } from './parse-yaml.ts';
import { createPositions, type Positions } from './positions.ts';
import { readValue } from './read-value.ts';
import { hideSecretBlocks } from './secret-like.ts';
import type { ParsedDocument, ParsedPolicies, Source } from './types.ts';
import { validateDocument } from './validate.ts';

/** Compiled validators are a memo over constant schemas: reloads share them, and no call sees another's data. */
const checkShape = createShapeCheck();

/**
 * Reads policy files: bytes to text, text to YAML, YAML to values with places, values against the schema of their kind. Every mistake of
 * every file is reported, in the order of files and lines; `documents` holds the valid ones, `Test` documents included. The
 * diagnostics handed in (those of loading) come back among the others. Without any document and any other finding there is
 * `load/empty` (see `cannotCheck`). Pure.
 */
export function parsePolicies(sources: readonly Source[], diagnostics: readonly Diagnostic[] = []): ParsedPolicies {
  const documents: ParsedDocument[] = [];
  const rejected: { readonly kind: string; readonly name: string }[] = [];
  const findings: Diagnostic[] = [...diagnostics];
  const texts = new Map<string, string>();
  for (const source of sources) {
    const parsed = parseSource(source);
    const secrets: Span[] = [];
    findings.push(...parsed.diagnostics);
    for (const document of parsed.documents) {
      const flaws = parsed.flaws.get(document.index) ?? [];
      const mistakes = validateDocument(document, checkShape).filter((mistake) => !isEcho(mistake, flaws));
      if (mistakes.length === 0 && flaws.length === 0) documents.push(document);
      else rejected.push({ kind: document.kind, name: document.name });
      for (const mistake of mistakes) {
        findings.push(mistake);
        if (mistake.rule === 'secret/literal' && mistake.span) secrets.push(mistake.span);
      }
    }
    rejected.push(...parsed.unread);
    texts.set(source.file, hideSecretBlocks(hideSpans(parsed.text, secrets)));
  }
  if (documents.length + rejected.length + findings.length === 0) findings.push(nothingToRead(sources.length));
  return { documents, rejected, diagnostics: findings.sort(compareDiagnostics), texts };
}

/** An empty tree is no policy: as the last good one it would close the gateway to everybody. */
function nothingToRead(fileCount: number): Diagnostic {
  const message = `${fileCount === 1 ? 'the one file holds' : `the ${fileCount} files hold`} no policy document`;
  const hint = 'Write a document, or create a first set with `signalbox init`.';
  return { rule: 'load/empty', severity: 'error', file: '.', line: 1, column: 1, message, hint };
}

/** Where a value could not be read, the schema misses it: that is the same mistake once more. */
function isEcho({ rule, span }: Diagnostic, flaws: readonly Mistake[]): boolean {
  if (flaws.length === 0) return false;
  return (
    rule === 'schema/missing-key' || flaws.some(({ start, end }) => span && span.start >= start && span.start <= end)
  );
}

/** Checks a document that was changed after it was read, such as by an environment's operations, against the schema of its kind. Pure. */
export function validateAgain(document: ParsedDocument): readonly Diagnostic[] {
  return validateDocument(document, checkShape);
}

interface ParsedSource {
  readonly documents: readonly ParsedDocument[];
  readonly diagnostics: readonly Diagnostic[];
  /** Mistakes that are none of the schema, by the document's index: it is read further, but not to be used. */
  readonly flaws: ReadonlyMap<number, readonly Mistake[]>;
  readonly text: string;
  /** What documents that are no YAML most likely are. */
  readonly unread: readonly { readonly kind: string; readonly name: string }[];
}

/** Reads one file without looking at schemas. */
function parseSource(source: Source): ParsedSource {
  const decoded = decodeText(source.bytes);
  const positions = createPositions(source.file, decoded.text);
  if (decoded.kind === 'mistake') {
    const { start, message, hint } = decoded;
    return failed(decoded.text, positions, { rule: 'yaml/encoding', start, end: start + 1, message, hint });
  }
  const stream = parseYaml(decoded.text);
  if (stream.tooDeep) return failed(decoded.text, positions, stream.tooDeep);

  const documents: ParsedDocument[] = [];
  const diagnostics: Diagnostic[] = [];
  const flaws = new Map<number, readonly Mistake[]>();
  stream.documents.forEach((yaml, index) => {
    const { document, mistakes } = readDocument(yaml, index, source.file, positions);
    for (const mistake of mistakes) diagnostics.push(toDiagnostic(mistake, positions));
    if (mistakes.length > 0) flaws.set(index, mistakes);
    if (document) documents.push(document);
  });
  const isWhole = stream.documents.every(({ root, mistakes }) => root !== null || mistakes.length === 0);
  return { documents, diagnostics, flaws, text: decoded.text, unread: isWhole ? [] : namesIn(decoded.text) };
}

function failed(text: string, positions: Positions, mistake: Mistake): ParsedSource {
  return {
    documents: [],
    diagnostics: [toDiagnostic(mistake, positions)],
    flaws: new Map(),
    text,
    unread: namesIn(text),
  };
}

/** Names in a text that is no YAML: what refers to them is not to be blamed. */
function namesIn(text: string): ParsedSource['unread'] {
  return text.split(/^---.*$/m).flatMap((document) => {
    const kind = /^kind:[ \t]*["']?(\w+)/m.exec(document)?.[1];
    const name = /\bname:[ \t]*["']?([^\s"',}]+)/.exec(document)?.[1];
    return kind === undefined || name === undefined ? [] : [{ kind, name }];
  });
}

function readDocument(
  yaml: YamlDocument,
  index: number,
  file: string,
  positions: Positions,
): { readonly document: ParsedDocument | null; readonly mistakes: readonly Mistake[] } {
  if (yaml.root === null) return { document: null, mistakes: yaml.mistakes };
  const { value, mistakes: valueMistakes, aliases } = readValue(yaml.root);
  const mistakes = [...yaml.mistakes, ...valueMistakes];
  // A document that is nothing but `null` or `~` is as good as empty.
  if (value === null) return { document: null, mistakes };
  if (isObject(value))
    return { document: createDocument(value, { root: yaml.root, aliases }, index, file, positions), mistakes };
  const [start, end] = locateValue({ root: yaml.root, aliases }, []);
  const found = Array.isArray(value) ? 'a list' : 'a single value';
  const message = `a document must be a map with apiVersion, kind, metadata and spec, found ${found}`;
  return {
    document: null,
    mistakes: [
      ...mistakes,
      { rule: 'schema/type', start, end, message, hint: 'Begin with `apiVersion: signalbox/v1`.' },
    ],
  };
}

function createDocument(
  value: JsonObject,
  located: Located,
  index: number,
  file: string,
  positions: Positions,
): ParsedDocument {
  return {
    file,
    index,
    kind: asString(value.kind) ?? '',
    name: asString(asObject(value.metadata).name) ?? '',
    value,
    valueSpan: (path) => positions.span(...locateValue(located, path)),
    keySpan: (path) => positions.span(...locateKey(located, path)),
  };
}

/** The text with the spans blacked out, every other offset unchanged. */
function hideSpans(text: string, spans: readonly Span[]): string {
  let shown = text;
  for (const { start, end } of spans)
    shown = shown.slice(0, start) + shown.slice(start, end).replace(/[^\r\n]/g, '•') + shown.slice(end);
  return shown;
}
