import type { Catalog } from '#catalog';
import { compareDiagnostics, compareText, type Diagnostic, VERSION } from '#core';
import { buildSnapshot } from './build-snapshot.ts';
import { checkAliases } from './check-aliases.ts';
import { checkGuardrails } from './check-guardrails.ts';
import { checkPrompts } from './check-prompts.ts';
import { checkRequires } from './check-requires.ts';
import { compilePredicates } from './compile-predicates.ts';
import { createEffective, type Effective } from './effective.ts';
import { dropDuplicateNames } from './find-duplicates.ts';
import { findReachedLists } from './find-reached-lists.ts';
import { errorAt } from './finding.ts';
import { link } from './link.ts';
import { mergeCatalog } from './merge-catalog.ts';
import { applyOverlays } from './overlay.ts';
import { parsePolicies } from './parse.ts';
import { environmentsOf } from './references.ts';
import { revalidate } from './revalidate.ts';
import { suggest } from './suggest.ts';
import { traceOf } from './trace.ts';
import type { Compiled, ParsedDocument, ParsedPolicies, Source } from './types.ts';
import { createWorld, nameSpan, namesElsewhere, rejectedKeys } from './world.ts';

/** The environment of a tree that has no Environment documents. */
const ONLY_ENVIRONMENT = 'development';

/**
 * Reads and compiles a tree of policies for one environment: the one compile function of every verb, of boot and of reload. Pure.
 *
 * @param diagnostics those of loading, which come back among the others
 */
export function compilePolicies(
  sources: readonly Source[],
  environment: string,
  catalog: Catalog,
  diagnostics: readonly Diagnostic[] = [],
): Compiled {
  return compileEnvironment(parsePolicies(sources, diagnostics), environment, catalog);
}

/**
 * Compiles parsed policies for one environment: built-in documents merged, operations applied, references followed, everything compiled and frozen. Every
 * mistake is reported, ordered by place; with any error there is no snapshot. Pure.
 *
 * @param version what `Project.spec.requires` is held against: that of the running program
 */
export function compileEnvironment(
  parsed: ParsedPolicies,
  environment: string,
  catalog: Catalog,
  version: string = VERSION,
): Compiled {
  const found: Diagnostic[] = [];
  const unique = dropDuplicateNames(documentsOf(parsed, environment));
  found.push(...unique.diagnostics);
  const own = unique.documents.filter((document) => document.kind !== 'Test').map(fromFile);
  const speaking = unique.documents.filter(({ kind, name }) => kind !== 'Environment' || name === environment);
  const further = findReachedLists(speaking, catalog.listed).flatMap(catalog.loadListed);
  const merged = mergeCatalog(
    own.filter((document) => document.kind !== 'Environment'),
    { ...catalog, models: [...catalog.models, ...further] },
  );
  found.push(...merged.filter((document) => document.trace.children !== null).flatMap(revalidate));

  const environmentDocument = parsed.documents.find(({ kind, name }) => kind === 'Environment' && name === environment);
  if (!environmentDocument) found.push(...unknownEnvironment(parsed, environment));
  const elsewhere = new Set(namesElsewhere(parsed, environment).keys());
  const overlaid = environmentDocument
    ? applyOverlays({
        documents: merged,
        environment: environmentDocument,
        elsewhere,
        rejected: rejectedKeys(parsed),
      })
    : { documents: merged, diagnostics: [] };
  found.push(...overlaid.diagnostics);

  const { documents } = overlaid;
  const world = createWorld(parsed, environment, documents);
  found.push(...checkRequires(world, version), ...link(world));
  found.push(...checkGuardrails(world.byKind.get('Guardrail')?.values() ?? []));
  found.push(...checkAliases(world));
  found.push(...checkPrompts(world.byKind.get('Route')?.values() ?? [], parsed.texts));
  const conditions = compilePredicates(world.byKind.get('Route')?.values() ?? [], parsed.texts);
  found.push(...conditions.diagnostics);

  const diagnostics = arrange([
    ...parsed.diagnostics,
    ...found.map((diagnostic) => ({ ...diagnostic, environments: [environment] })),
  ]);
  const hasErrors = diagnostics.some((diagnostic) => diagnostic.severity === 'error');
  const { predicates } = conditions;
  const snapshot = hasErrors
    ? null
    : buildSnapshot({ environment, documents, predicates, catalogDigest: catalog.digest });
  return { environment, snapshot, diagnostics, documents };
}

/** The names of a tree's environments in order; `development` alone when it has no Environment documents. Pure. */
export function listEnvironments(parsed: ParsedPolicies): readonly string[] {
  const names = parsed.documents.filter((document) => document.kind === 'Environment').map((document) => document.name);
  return names.length > 0 ? [...new Set(names)].sort(compareText) : [ONLY_ENVIRONMENT];
}

/** In the order of files, whatever order they were read in. */
function documentsOf(parsed: ParsedPolicies, environment: string): readonly ParsedDocument[] {
  return parsed.documents
    .filter((document) => environmentsOf(document)?.includes(environment) ?? true)
    .sort((a, b) => compareText(a.file, b.file) || a.index - b.index);
}

function fromFile(document: ParsedDocument): Effective {
  const { kind, name, value, file, valueSpan, keySpan } = document;
  return createEffective({
    kind,
    name,
    value,
    trace: traceOf({ by: 'document', valueSpan, keySpan }, []),
    from: 'file',
    place: { file, line: valueSpan([]).line },
    overlays: [],
  });
}

function unknownEnvironment(parsed: ParsedPolicies, environment: string): readonly Diagnostic[] {
  const names = parsed.documents.filter((document) => document.kind === 'Environment').map((document) => document.name);
  const isRejected = parsed.rejected?.some(({ kind, name }) => kind === 'Environment' && name === environment);
  if (names.length === 0 || isRejected) return [];
  const at = parsed.documents.find((document) => document.kind === 'Project') ?? parsed.documents[0];
  const meant = suggest(environment, names);
  const finding = {
    rule: 'ref/unresolved',
    message: `there is no environment \`${environment}\``,
    hint: meant ? `Did you mean \`${meant}\`?` : `Environments are ${names.join(', ')}.`,
  };
  return at ? [errorAt(nameSpan(at), finding)] : [];
}

function arrange(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics
    .filter(({ rule, file, line, column, message }) => {
      const key = JSON.stringify([rule, file, line, column, message]);
      return !seen.has(key) && seen.add(key);
    })
    .sort(compareDiagnostics);
}
