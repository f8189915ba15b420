import { asArray, asObject, asString, VERSION } from '#core';
import { type Compiled, KINDS, type ParsedDocument } from '#policy';
import { chosenEnvironment, loadTree, type PolicyTree, shownPath } from '../load-tree.ts';
import { withEnvironment, withPolicies } from '../options.ts';
import { createPaint } from '../report/colours.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import { jsonFinding } from '../report/json.ts';
import { fails, type Look } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { writeReports } from '../report/write-reports.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

/** `signalbox list`: every document with its place, what an environment leaves out, what was ignored, and what could not be read. */
export const list: Verb = {
  configure(command) {
    withReports(withEnvironment(withPolicies(command), 'all documents, whatever their environments'));
  },
  run: listPolicies,
};

interface Listed {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
  readonly line: number;
  readonly owner: string | null;
  /** Null when it holds everywhere. */
  readonly environments: readonly string[] | null;
}

interface Listing {
  readonly documents: readonly Listed[];
  readonly builtIn: { readonly providers: number; readonly models: number };
  readonly rejected: readonly { readonly kind: string; readonly name: string }[];
  readonly ignored: readonly { readonly file: string; readonly reason: string }[];
  /** Operations of the chosen environment that changed something; null without one. */
  readonly environment: string | null;
}

async function listPolicies(call: VerbCall): Promise<ExitCode> {
  const outputs = readOutputs(call);
  const failLevel = readFailLevel(call);
  const tree = await loadTree(call);
  const environment = chosenEnvironment(call, tree);
  const compiled = environment === null ? null : tree.compile(environment);
  const listing = createListing(tree, compiled);
  const findings = compiled?.diagnostics ?? tree.parsed.diagnostics;
  const exitCode = findings.some(({ severity }) => fails(severity, failLevel)) ? 1 : 0;
  const isQuiet = call.options.quiet === true;
  await writeReports(
    {
      verb: 'list',
      findings,
      json: { version: VERSION, exitCode, ...listing, findings: findings.map(jsonFinding) },
      failLevel,
      exitCode,
      pathOf: (file) => shownPath(file, tree),
      texts: tree.parsed.texts,
      scope: `${listing.documents.length} documents`,
      notes: [],
    },
    outputs,
    call.terminal,
    {
      isQuiet,
      own: { pretty: (look) => showListing(listing, findings.length, look), markdown: () => markdown(listing) },
    },
  );
  return exitCode;
}

function createListing({ parsed, loaded, catalog }: PolicyTree, compiled: Compiled | null): Listing {
  const environment = compiled?.environment ?? null;
  const documents = parsed.documents
    .map(toListed)
    .filter(({ environments }) => environment === null || (environments?.includes(environment) ?? true))
    .sort((a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
  return {
    environment,
    documents,
    builtIn: { providers: catalog.providers.length, models: countModels(catalog) },
    rejected: parsed.rejected ?? [],
    ignored: loaded.ignored,
  };
}

/** Those of the published lists too, which are read only when policies reach them. */
function countModels({ models, listed }: PolicyTree['catalog']): number {
  return [...listed.values()].reduce((sum, further) => sum + further, models.length);
}

function toListed({ kind, name, file, value, valueSpan }: ParsedDocument): Listed {
  const metadata = asObject(value.metadata);
  return {
    kind,
    name,
    file,
    line: valueSpan([]).line,
    owner: asString(metadata.owner) ?? null,
    environments: metadata.environments === undefined ? null : asArray(metadata.environments).map(String),
  };
}

function showListing(listing: Listing, findings: number, { hasColours }: Look): string {
  const paint = createPaint(hasColours);
  const lines: string[] = [];
  const width = Math.min(36, Math.max(...listing.documents.map(({ name }) => name.length), 0));
  for (const [kind, documents] of Map.groupBy(listing.documents, (document) => document.kind)) {
    lines.push(paint('strong', `${kind} (${documents.length})`));
    for (const { name, file, line, environments } of documents) {
      const only = environments === null ? '' : paint('dim', ` only in ${environments.map(safeText).join(', ')}`);
      lines.push(`  ${safeText(name).padEnd(width)}  ${paint('place', `${safeText(file)}:${line}`)}${only}`);
    }
  }
  lines.push(paint('dim', `Built in: ${listing.builtIn.providers} providers, ${listing.builtIn.models} models`));
  if (listing.ignored.length > 0) lines.push(paint('strong', `Ignored (${listing.ignored.length})`));
  for (const { file, reason } of listing.ignored) lines.push(`  ${safeText(file)}: ${safeText(reason)}`);
  if (listing.rejected.length > 0) lines.push(paint('strong', `Not valid (${listing.rejected.length})`));
  for (const { kind, name } of listing.rejected)
    lines.push(`  ${safeText(kind || 'no kind')}/${safeText(name || 'no name')}`);
  if (findings > 0)
    lines.push(paint('error', `${findings} finding${findings === 1 ? '' : 's'}: signalbox lint shows them`));
  return `${lines.join('\n')}\n`;
}

function markdown({ documents, ignored }: Listing): string {
  const cell = (text: string): string => `\`${safeText(text).replaceAll('|', '\\|').replaceAll('`', "'")}\``;
  const rows = documents.map(
    ({ kind, name, file, line }) => `| ${kind} | ${cell(name)} | ${cell(`${file}:${line}`)} |`,
  );
  const rest = ignored.map(({ file, reason }) => `* ignored ${cell(file)}: ${safeText(reason)}`);
  return `${['| kind | name | where |', '|---|---|---|', ...rows, '', ...rest].join('\n').trimEnd()}\n`;
}
