import { parse as parseToml, TomlError } from 'smol-toml';
import { type Document, isNode, isScalar, LineCounter, parseAllDocuments } from 'yaml';
import { createSourceNode, type LocateLine, type SourceNode, type SourcePath } from './source-node.ts';
import { tomlLines } from './toml-lines.ts';

/** A file as read, or why it could not be. `line` is null when the parser does not tell. */
export type ReadSource =
  | { readonly kind: 'read'; readonly form: 'json' | 'yaml' | 'toml'; readonly documents: readonly SourceNode[] }
  | { readonly kind: 'unreadable'; readonly line: number | null; readonly message: string; readonly hint: string };

/** Larger files are no configuration. */
const MAX_LENGTH = 5_000_000;

/**
 * Reads JSON (comments allowed), YAML of one or more documents, or TOML, each value with its line. The form is told from the text; the ending of the
 * name only settles what fits several. Pure.
 */
export function readSource(text: string, file: string): ReadSource {
  const plain = text.replace(/^\uFEFF/, '');
  if (plain.length > MAX_LENGTH) return unreadable(null, 'it is larger than 5 MB', 'Name the configuration itself.');
  if (plain.includes('\0')) return unreadable(null, 'it is no text', 'Name a JSON, YAML or TOML file.');
  const templated = /\{\{-?\s*(?:\.|if |range |include |toYaml |with |end\b|template |\$)/.exec(plain);
  if (templated !== null) {
    const line = plain.slice(0, templated.index).split('\n').length;
    return unreadable(
      line,
      'it is a Helm template, not a configuration',
      'Render it first (`helm template …`), and import what comes out.',
    );
  }
  if (/\.toml$/i.test(file)) return readToml(plain);
  const yaml = readYaml(isJson(plain) ? plain.replaceAll('\t', ' ') : withoutComments(plain), isJson(plain));
  if (yaml.kind === 'read') return yaml;
  const toml = looksLikeToml(plain) ? readToml(plain) : null;
  return toml?.kind === 'read' ? toml : yaml;
}

function looksLikeToml(text: string): boolean {
  return (
    /^\s*\[{1,2}[\w."'-]+(?:\s*\.\s*[\w."'-]+)*\]{1,2}\s*(?:#.*)?$/m.test(text) || /^\s*[\w."-]+\s*=\s*\S/m.test(text)
  );
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** `//` and block comments of JSON turned into spaces, where the text begins like JSON; every line keeps its number. */
function withoutComments(text: string): string {
  if (!/^\s*(?:\/\/.*\s*|\/\*[\s\S]*?\*\/\s*)*[[{]/.test(text)) return text;
  return text
    .replace(/"(?:[^"\\\n]|\\.)*"|\/\/[^\n]*|\/\*[\s\S]*?\*\//g, (found) =>
      found.startsWith('"') ? found : found.replace(/[^\n]/g, ' '),
    )
    .replaceAll('\t', ' ');
}

function readYaml(text: string, json: boolean): ReadSource {
  const lines = new LineCounter();
  try {
    const parsed = parseAllDocuments(text, { lineCounter: lines, merge: !json, uniqueKeys: false, logLevel: 'silent' });
    const documents = Array.isArray(parsed) ? (parsed as readonly Document[]) : [];
    const broken = documents.flatMap((document) => document.errors)[0];
    if (broken !== undefined) {
      const line = broken.linePos?.[0].line ?? null;
      return unreadable(line, `it is no valid YAML or JSON: ${firstLine(broken.message)}`, 'Correct the file first.');
    }
    const nodes = documents.flatMap((document, index) => {
      const value: unknown = document.toJS({ maxAliasCount: 1000 });
      return value === null || value === undefined ? [] : [createSourceNode(value, index, lineIn(document, lines))];
    });
    return { kind: 'read', form: json ? 'json' : 'yaml', documents: nodes };
  } catch (error) {
    return unreadable(null, `it cannot be read: ${firstLine((error as Error).message)}`, 'Correct the file first.');
  }
}

function lineIn(document: Document, lines: LineCounter): LocateLine {
  return (path) => {
    for (let length = path.length; length >= 0; length--) {
      const offset = offsetOf(document, path.slice(0, length));
      if (offset !== undefined) return Math.max(1, lines.linePos(offset).line);
    }
    return 1;
  };
}

/** Where a key stands, else its value. */
function offsetOf(document: Document, path: SourcePath): number | undefined {
  const parent =
    path.length === 0 ? undefined : path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  const items = (parent as { readonly items?: readonly unknown[] } | null | undefined)?.items ?? [];
  for (const item of items) {
    const key = (item as { readonly key?: unknown } | null)?.key;
    if (isScalar(key) && String(key.value) === String(path.at(-1)) && key.range) return key.range[0];
  }
  const node: unknown = path.length === 0 ? document.contents : document.getIn(path, true);
  return isNode(node) ? node.range?.[0] : undefined;
}

function readToml(text: string): ReadSource {
  try {
    return { kind: 'read', form: 'toml', documents: [createSourceNode(parseToml(text), 0, tomlLines(text))] };
  } catch (error) {
    const line = error instanceof TomlError ? error.line : null;
    return unreadable(line, `it is no valid TOML: ${firstLine((error as Error).message)}`, 'Correct the file first.');
  }
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '').slice(0, 200);
}

function unreadable(line: number | null, message: string, hint: string): ReadSource {
  return { kind: 'unreadable', line, message, hint };
}
