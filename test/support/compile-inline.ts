import { loadCatalog } from '../../src/catalog/index.ts';
import { type Compiled, compilePolicies, type Source } from '../../src/policy/index.ts';

const catalog = loadCatalog();

/** Policy text, or texts by file name. */
export type InlinePolicies = string | Readonly<Record<string, string>>;

/**
 * Compiles policies written in a test with the real functions and the built-in catalogue. Several documents in one text are separated by `---`; the
 * `apiVersion` line may be left out (see `inlineSources` for what that does to line numbers). A tree without Environment documents compiles under any environment's name.
 */
export function compileInline(policies: InlinePolicies, options: { readonly environment?: string } = {}): Compiled {
  const files = typeof policies === 'string' ? { 'inline.yaml': policies } : policies;
  return compilePolicies(inlineSources(files), options.environment ?? 'development', catalog);
}

/** The snapshot of inline policies; throws with every finding when they do not compile. */
export function compileInlineSnapshot(
  policies: InlinePolicies,
  options: { readonly environment?: string } = {},
): NonNullable<Compiled['snapshot']> {
  const { snapshot, diagnostics } = compileInline(policies, options);
  if (snapshot) return snapshot;
  const lines = diagnostics.map(
    ({ file, line, column, rule, message }) => `${file}:${line}:${column} ${rule} ${message}`,
  );
  throw new Error(`the inline policies do not compile:\n${lines.join('\n')}`);
}

/**
 * Sources as loading gives them. A document without an `apiVersion` gets one as its last line: the first document of each text keeps its lines, every
 * later one moves down by one per document before it.
 */
export function inlineSources(files: Readonly<Record<string, string>>): readonly Source[] {
  return Object.entries(files).map(([file, text]) => ({ file, bytes: new TextEncoder().encode(withVersions(text)) }));
}

function withVersions(text: string): string {
  const isBare = (document: string): boolean => /^kind:/m.test(document) && !/^apiVersion:/m.test(document);
  const withVersion = (document: string): string => document.replace(/\s*$/, '\napiVersion: signalbox/v1\n');
  const documents = text.split(/^---$/m);
  return documents.map((document) => (isBare(document) ? withVersion(document) : document)).join('---');
}

/** The findings of a compilation as `file:line:column rule message [hint]`, in order. */
export function findingLines({ diagnostics }: Compiled): readonly string[] {
  return diagnostics.map(
    ({ file, line, column, rule, message, hint }) =>
      `${file}:${line}:${column} ${rule} ${message}${hint ? ` [${hint}]` : ''}`,
  );
}
