import {
  Composer,
  type CST,
  type Document,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  Parser,
  type YAMLError,
} from 'yaml';
import type { Mistake } from './mistake.ts';
import { MAX_DEPTH } from './read-value.ts';
import { syntaxMistake } from './syntax-mistake.ts';

/** One document of a YAML stream; `root` is null for an empty or comment-only one. */
export interface YamlDocument {
  readonly root: Node | null;
  /** The first syntax error, else every unsupported tag. What follows a syntax error is mostly its echo. */
  readonly mistakes: readonly Mistake[];
}

/** What a text holds. `tooDeep` is set when the nesting passed the limit; nothing else was read then. */
export interface YamlStream {
  readonly documents: readonly YamlDocument[];
  readonly tooDeep: Mistake | null;
}

/**
 * The parser's own documents with their comments, or a mistake when the nesting is too deep. `prepare` may change each token before it
 * becomes a document. Pure.
 */
export function composeDocuments(text: string, prepare?: (token: CST.Token) => void): readonly Document[] | Mistake {
  const parser = new Parser();
  // Version 1.2 core schema. Duplicate keys are found in `readValue`: the library's own search is quadratic.
  const composer = new Composer({
    version: '1.2',
    uniqueKeys: false,
    prettyErrors: false,
    resolveKnownTags: false,
    logLevel: 'silent',
  });
  const documents: Document[] = [];
  const take = (composed: Iterable<unknown>): void => {
    for (const document of composed) documents.push(document as Document);
  };
  const compose = (token: CST.Token): void => {
    prepare?.(token);
    take(composer.next(token));
  };
  // Depth is watched token by token: composing is recursive and would overflow the stack.
  for (const lexeme of new Lexer().lex(text)) {
    for (const token of parser.next(lexeme)) compose(token);
    if (parser.stack.length > MAX_DEPTH) return tooDeep(parser.offset);
  }
  for (const token of parser.end()) compose(token);
  take(composer.end(true, text.length));
  return documents;
}

/** Parses a text into YAML documents without ever throwing. Pure. */
export function parseYaml(text: string): YamlStream {
  const documents = composeDocuments(text);
  if ('rule' in documents) return { documents: [], tooDeep: documents };
  return { documents: documents.map((document) => readDocument(document, text)), tooDeep: null };
}

function readDocument(document: Document, text: string): YamlDocument {
  const version = document.directives?.yaml;
  if (version?.explicit && version.version !== '1.2') {
    return { root: null, mistakes: [wrongVersion(document, text)] };
  }
  const errors = document.errors.toSorted(byPosition);
  const first = errors[0];
  if (first) return { root: null, mistakes: [atOpeningQuote(syntaxMistake(first), document.contents)] };
  const root = document.contents as Node | null;
  if (document.warnings.length === 0) return { root, mistakes: [] };
  return { root, mistakes: document.warnings.filter(isTag).map(syntaxMistake) };
}

/** An unclosed quote is noticed at the end of the file; what the author looks for is where it opens. */
function atOpeningQuote(mistake: Mistake, root: unknown): Mistake {
  if (!/closing .quote/.test(mistake.message)) return mistake;
  let node = root;
  while (isMap(node) || isSeq(node)) node = isMap(node) ? node.items.at(-1)?.value : node.items.at(-1);
  const range = isScalar(node) ? node.range : null;
  if (!range || range[1] < mistake.start) return mistake;
  return { ...mistake, start: range[0], end: range[0] + 1, hint: 'Close the quote that opens here.' };
}

function isTag(error: YAMLError): boolean {
  return error.code === 'TAG_RESOLVE_FAILED' || error.code === 'BAD_COLLECTION_TYPE';
}

function byPosition(a: YAMLError, b: YAMLError): number {
  return a.pos[0] - b.pos[0];
}

function wrongVersion(document: Document, text: string): Mistake {
  const start = Math.max(text.lastIndexOf('%YAML', document.range?.[0]), 0);
  const message = 'the %YAML directive asks for another version than 1.2';
  const end = start + '%YAML'.length;
  return { rule: 'yaml/syntax', start, end, message, hint: 'Remove the directive: policies are YAML 1.2.' };
}

function tooDeep(offset: number): Mistake {
  const message = `nesting is deeper than ${MAX_DEPTH} levels`;
  return { rule: 'yaml/syntax', start: offset, end: offset + 1, message, hint: 'Close the brackets or indent less.' };
}
