import { extname } from 'node:path';
import { VERSION } from '#core';
import { suggest } from '#policy';
import { graphJson, type RouteGraph, routeGraph } from '../graph/route-graph.ts';
import { writeDot } from '../graph/write-dot.ts';
import { writeMermaid } from '../graph/write-mermaid.ts';
import { chosenEnvironment, loadTree, shownPath } from '../load-tree.ts';
import { textOption, withEnvironment, withPolicies } from '../options.ts';
import { writePretty } from '../report/pretty.ts';
import { safeJson } from '../report/safe-text.ts';
import { writeReportFile } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';

const FORMATS = ['mermaid', 'dot', 'json'] as const;
type GraphFormat = (typeof FORMATS)[number];

/** What a file's name says of its format. */
const EXTENSIONS: Readonly<Record<string, GraphFormat>> = {
  '.mmd': 'mermaid',
  '.mermaid': 'mermaid',
  '.dot': 'dot',
  '.gv': 'dot',
  '.json': 'json',
};

/** `signalbox graph [ROUTES]`: where requests can go, as a picture. */
export const graph: Verb = {
  configure(command) {
    command.argument('[routes...]', 'only what these routes can reach (default: everything)');
    withEnvironment(withPolicies(command))
      .option('--format <format>', `${FORMATS.join('|')} (default: by the name of --out, else mermaid)`)
      .option('--out <file>', 'write a file in place of stdout; a .md file gets the picture in a code block')
      .addHelpText('after', '\nExit codes: 1 the policies do not compile.');
  },
  run: draw,
};

async function draw(call: VerbCall): Promise<ExitCode> {
  const { options, args, terminal } = call;
  const file = textOption(options.out);
  const format = formatOf(textOption(options.format), file);
  const tree = await loadTree(call);
  const [only] = tree.environments;
  const environment = chosenEnvironment(call, tree) ?? (tree.environments.length === 1 && only ? only : 'development');
  const { snapshot, diagnostics } = tree.compile(environment);
  if (snapshot === null) {
    const findings = diagnostics.filter(({ severity }) => severity === 'error');
    const look = { hasColours: terminal.hasColours, columns: terminal.columns, isQuiet: false };
    const pathOf = (name: string): string => shownPath(name, tree);
    const scope = `no graph of ${environment}`;
    const report = {
      verb: 'graph',
      findings,
      json: null,
      failLevel: 'error' as const,
      exitCode: 1,
      pathOf,
      texts: tree.parsed.texts,
      scope,
      notes: [],
    };
    terminal.err(writePretty(report, look));
    return 1;
  }
  for (const name of args) {
    if (snapshot.routes.has(name)) continue;
    const meant = suggest(name, snapshot.routes.keys());
    throw new UsageError(
      `there is no route ${JSON.stringify(name)} in ${environment}`,
      meant ? `Did you mean ${meant}?` : `Routes are ${[...snapshot.routes.keys()].sort().join(', ')}.`,
    );
  }
  const text = write(routeGraph(snapshot, args.length === 0 ? null : new Set(args)), format);
  if (file === undefined) terminal.out(text);
  else await writeReportFile(file, extname(file) === '.md' ? `\`\`\`${format}\n${text}\`\`\`\n` : text);
  return 0;
}

function write(drawn: RouteGraph, format: GraphFormat): string {
  if (format === 'json') return `${safeJson(graphJson(drawn, VERSION))}\n`;
  return format === 'dot' ? writeDot(drawn) : writeMermaid(drawn);
}

function formatOf(named: string | undefined, file: string | undefined): GraphFormat {
  if (named === undefined) return EXTENSIONS[extname(file ?? '')] ?? 'mermaid';
  const format = FORMATS.find((known) => known === named);
  if (format !== undefined) return format;
  const meant = suggest(named, FORMATS);
  throw new UsageError(
    `there is no graph format ${JSON.stringify(named)}`,
    meant ? `Did you mean ${meant}?` : `Formats are ${FORMATS.join(', ')}.`,
  );
}
