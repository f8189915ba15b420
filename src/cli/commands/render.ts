import { Document, isCollection, isScalar, type Node, visit } from 'yaml';
import { type Compiled, type EffectiveDocument, formatPolicies, KINDS, type Path, suggest } from '#policy';
import { chosenEnvironment, loadTree, type PolicyTree, shownPath } from '../load-tree.ts';
import { withEnvironment, withPolicies } from '../options.ts';
import { writePretty } from '../report/pretty.ts';
import { safeText } from '../report/safe-text.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const DEFAULT_ENVIRONMENT = 'development';

/** `signalbox render [KIND/NAME]`: the documents as one environment sees them, as YAML that could be read again. */
export const render: Verb = {
  configure(command) {
    command.argument(
      '[document]',
      'KIND/NAME, or KIND alone; without it every document that the policies write or change',
    );
    withEnvironment(withPolicies(command));
    command.option('--show-origin', 'say behind every value where it was written');
    command.option('--all', 'built-in providers and models too');
  },
  run: renderDocuments,
};

async function renderDocuments(call: VerbCall): Promise<ExitCode> {
  const { args, options, terminal } = call;
  const tree = await loadTree(call);
  const environment = chosenEnvironment(call, tree) ?? defaultEnvironment(tree);
  const compiled = tree.compile(environment);
  const documents = choose(compiled, args[0], options.all === true);
  const texts = documents.map((document) => renderDocument(document, tree, options.showOrigin === true));
  terminal.out(texts.join('\n---\n'));
  const errors = compiled.diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) return 0;
  const pathOf = (file: string): string => shownPath(file, tree);
  const report = {
    verb: 'render',
    findings: errors,
    json: null,
    failLevel: 'error' as const,
    exitCode: 1,
    pathOf,
    texts: tree.parsed.texts,
    scope: `environment ${environment}; nothing would start with this`,
    notes: [],
  };
  terminal.err(writePretty(report, { hasColours: false, columns: terminal.columns, isQuiet: false }));
  return 1;
}

/** Without a development environment there is nothing to fall back to: guessing production would be worse than asking. */
function defaultEnvironment({ environments }: PolicyTree): string {
  const [only] = environments;
  if (environments.includes(DEFAULT_ENVIRONMENT)) return DEFAULT_ENVIRONMENT;
  if (only !== undefined && environments.length === 1) return only;
  throw new UsageError(
    `there is no environment "${DEFAULT_ENVIRONMENT}"`,
    `Name one with --env: ${environments.join(', ')}.`,
  );
}

function choose(
  { documents, environment }: Compiled,
  wanted: string | undefined,
  isAll: boolean,
): readonly EffectiveDocument[] {
  const sorted = documents.toSorted(
    (a, b) => KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
  );
  if (wanted === undefined)
    return sorted.filter((document) => isAll || document.from === 'file' || isChanged(document));
  const slash = wanted.indexOf('/');
  const kind = slash < 0 ? wanted : wanted.slice(0, slash);
  const name = slash < 0 ? null : wanted.slice(slash + 1);
  const chosen = sorted.filter(
    (document) => document.kind.toLowerCase() === kind.toLowerCase() && (name === null || document.name === name),
  );
  if (chosen.length > 0) return chosen;
  const meant = suggest(wanted, slash < 0 ? KINDS : sorted.map((document) => `${document.kind}/${document.name}`));
  throw new UsageError(
    `there is no document ${JSON.stringify(wanted)} in environment ${JSON.stringify(environment)}`,
    meant ? `Did you mean ${meant}?` : '`signalbox list` names them all.',
  );
}

function renderDocument(document: EffectiveDocument, tree: PolicyTree, showsOrigin: boolean): string {
  const place = (file: string): string => safeText(shownPath(file, tree));
  const yaml = new Document(document.value, { aliasDuplicateObjects: false });
  if (showsOrigin) {
    visit(yaml, {
      Node: (_, node, ancestors) => {
        const isLeaf = isScalar(node) || (isCollection(node) && node.items.length === 0);
        if (!isLeaf) return;
        const path = pathOf(node, ancestors);
        if (path === null) return;
        const { file, line, by } = document.origin(path);
        // Behind the value; formatting moves nothing across lines.
        node.comment = ` ${place(file)}:${line}${by === 'document' ? '' : ` (${by})`}`;
      },
    });
  }
  const head = `# ${document.kind}/${safeText(document.name)} from ${place(document.place.file)}:${document.place.line}\n`;
  const text = head + yaml.toString({ lineWidth: 0 });
  const formatted = formatPolicies(text, 'render.yaml');
  return formatted.kind === 'formatted' ? formatted.text : text;
}

/** Keys and positions from the root to a value; null for a key. */
function pathOf(node: Node, ancestors: readonly unknown[]): Path | null {
  const path: (string | number)[] = [];
  const chain = [...ancestors, node];
  for (const [at, ancestor] of chain.entries()) {
    const next = chain[at + 1];
    if (next === undefined) break;
    if (isPair(ancestor)) {
      if (ancestor.key === next) return null;
      path.push(String(isScalar(ancestor.key) ? ancestor.key.value : ancestor.key));
    } else if (isCollection(ancestor) && !isPair(next)) path.push(ancestor.items.indexOf(next as never));
  }
  return path;
}

function isPair(value: unknown): value is { readonly key: unknown; readonly value: unknown } {
  return typeof value === 'object' && value !== null && 'key' in value && 'value' in value && !isScalar(value);
}

/** A built-in document that an operation of the environment touched. */
function isChanged(document: EffectiveDocument): boolean {
  const touches = (value: unknown, path: Path): boolean => {
    if (document.origin(path).by === 'overlay') return true;
    if (typeof value !== 'object' || value === null) return false;
    const keys = Array.isArray(value) ? [...value.keys()] : Object.keys(value);
    return keys.some((key) => touches((value as Readonly<Record<string | number, unknown>>)[key], [...path, key]));
  };
  return touches(document.value, []);
}
