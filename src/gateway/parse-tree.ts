import { compareDiagnostics, type Diagnostic } from '#core';
import { type LoadedTree, type ParsedPolicies, parsePolicies } from '#policy';

// Between two slices requests are answered; one file is never split, and even a long one takes less than that.
const SLICE_MS = 8;

/**
 * Parses a tree as `parsePolicies` does, in slices: YAML is most of a reload's work (110 of 150 ms for 1,000 documents), and on the main thread in one go
 * it would hold up every stream.
 */
export async function parseTree(tree: LoadedTree): Promise<ParsedPolicies> {
  const documents: ParsedPolicies['documents'][number][] = [];
  const rejected: { readonly kind: string; readonly name: string }[] = [];
  const diagnostics: Diagnostic[] = [...tree.diagnostics];
  const texts = new Map<string, string>();
  let sliceEndMs = performance.now() + SLICE_MS;
  for (const source of tree.sources) {
    if (performance.now() > sliceEndMs) {
      await new Promise(setImmediate);
      sliceEndMs = performance.now() + SLICE_MS;
    }
    const parsed = parsePolicies([source]);
    documents.push(...parsed.documents);
    rejected.push(...(parsed.rejected ?? []));
    // One file of comments is no finding; a tree of nothing else is.
    diagnostics.push(...parsed.diagnostics.filter(({ rule }) => rule !== 'load/empty'));
    for (const [file, text] of parsed.texts) texts.set(file, text);
  }
  if (documents.length + rejected.length + diagnostics.length === 0) return parsePolicies(tree.sources);
  return { documents, rejected, diagnostics: diagnostics.sort(compareDiagnostics), texts };
}
