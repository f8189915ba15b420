import { mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { VERSION } from '#core';
import { CONFIG_KINDS } from '#importers';
import { readForeign, reportImport } from '../init/import-verb.ts';
import { type StarterFile, starterFiles } from '../init/starter-files.ts';
import { textOption } from '../options.ts';
import { createPaint, type Paint } from '../report/colours.ts';
import { readFailLevel, readOutputs, withReports } from '../report/formats.ts';
import type { Report } from '../report/report.ts';
import { safeText } from '../report/safe-text.ts';
import { writeReports } from '../report/write-reports.ts';
import { UsageError } from '../usage-error.ts';
import type { ExitCode, Verb, VerbCall } from '../verb.ts';
import { whyUnreadable } from '../why-unreadable.ts';

/** `signalbox init [DIR]`: a small tree of policies with tests and a workflow, that serves at once; `--from FILE` makes it of another gateway's configuration. */
export const init: Verb = {
  configure(command) {
    command
      .argument('[dir]', 'where policies/ and .github/ go', '.')
      .option('--force', 'write into a policies/ that holds files already; files of the same name are replaced')
      .option('--from <file>', 'import the configuration of another gateway; - reads stdin')
      .option(
        '--from-kind <kind>',
        `what the file is, where it is not recognised: ${Object.keys(CONFIG_KINDS).join(', ')}`,
      );
    withReports(command);
  },
  run: writeStarter,
};

async function writeStarter(call: VerbCall): Promise<ExitCode> {
  const { options, args, terminal } = call;
  const from = textOption(options.from);
  readFailLevel(call);
  const outputs = readOutputs(call);
  const folder = args[0] ?? '.';
  const isForced = options.force === true;
  await checkFolder(folder, isForced);
  if (from !== undefined) return importForeign(call, folder, from);
  if (options.fromKind !== undefined)
    throw new UsageError('--from-kind says what --from FILE is, and no file is named');
  const files = starterFiles(projectName(folder));
  const written: string[] = [];
  const kept: string[] = [];
  for (const file of files) {
    if (await writeStarterFile(folder, file, isForced)) written.push(file.path);
    else kept.push(file.path);
  }
  const report: Report = {
    ...{ verb: 'init', findings: [], failLevel: 'error', exitCode: 0, notes: [] },
    json: { version: VERSION, exitCode: 0, written, kept },
    pathOf: (file) => file,
    texts: new Map(),
    scope: `${written.length} files written below ${folder}`,
  };
  const show = (paint: Paint) => showWritten(folder, written, kept, paint);
  await writeReports(report, outputs, terminal, {
    own: {
      pretty: ({ hasColours }) => show(createPaint(hasColours)),
      markdown: () => `\`\`\`text\n${show(createPaint(false))}\`\`\`\n`,
    },
  });
  return 0;
}

async function checkFolder(folder: string, isForced: boolean): Promise<void> {
  const stats = await stat(folder).catch(() => null);
  if (stats !== null && !stats.isDirectory()) throw new UsageError(`${folder} is no folder`);
  const policies = join(folder, 'policies');
  const present = await readdir(policies).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw new UsageError(`${policies} cannot be read: ${whyUnreadable(error)}`, null, { cause: error });
  });
  if (present.length === 0 || isForced) return;
  const hint = 'Name another folder, or write into this one with --force; files of the same name are then replaced.';
  throw new UsageError(`${policies} is not empty`, hint);
}

/** False when a workflow of that name is there already: it is none of the policies, so it stays. */
async function writeStarterFile(folder: string, { path, text }: StarterFile, isForced: boolean): Promise<boolean> {
  const target = join(folder, path);
  try {
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text, { flag: isForced ? 'w' : 'wx' });
    return true;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw new UsageError(`${target} cannot be written: ${code ?? message}`, null, { cause: error });
  }
}

/** The folder's own name, as a document can have it. */
function projectName(folder: string): string {
  const name = basename(resolve(folder))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[-0-9]+|-+$/g, '');
  return name === '' || /^(true|false|null|yes|no|on|off|y|n)$/.test(name) ? 'gateway' : name;
}

/** Writes the policies that a configuration comes to, with the workflow; without any, nothing is written and the report says why. */
async function importForeign(call: VerbCall, folder: string, from: string): Promise<ExitCode> {
  const project = projectName(folder);
  const imported = await readForeign(call, from, project);
  if (imported.verdict === 'none') {
    await reportImport(call, imported, ['Nothing in the file answers a request here; nothing was written.']);
    return 1;
  }
  const workflow = starterFiles(project).filter(({ path }) => path.startsWith('.github/'));
  let count = 0;
  for (const file of [...imported.files, ...workflow]) {
    if (await writeStarterFile(folder, file, call.options.force === true)) count += 1;
  }
  const policies = join(folder, 'policies').replaceAll('\\', '/');
  const where = folder === '.' ? '' : ` --policies ${policies}`;
  await reportImport(call, imported, [
    `${count} files were written below ${folder}; ${policies}/IMPORT.md holds this report.`,
    `Next: signalbox lint${where}, signalbox test${where}, signalbox serve${where}.`,
  ]);
  return 0;
}

function showWritten(folder: string, written: readonly string[], kept: readonly string[], paint: Paint): string {
  const at = (path: string) => safeText(join(folder, path).replaceAll('\\', '/'));
  const where = folder === '.' ? '' : ` --policies ${at('policies')}`;
  const lines = [
    ...written.map((path) => `${paint('good', '✔')} ${at(path)}`),
    ...kept.map((path) => `${paint('dim', '-')} ${at(path)} is there already and was left alone`),
    '',
    paint('strong', 'Next'),
    ...aligned([
      [`signalbox lint${where}`, 'checks what the policies say'],
      [`signalbox test${where}`, 'checks what they do'],
      [`signalbox serve${where}`, 'answers, without any key from the sandbox'],
      [`OPENAI_API_KEY=… signalbox serve${where}`, 'answers from a real provider'],
      [`signalbox keys create app --for production${where}`, 'makes the key of your first application'],
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function aligned(rows: readonly (readonly [command: string, what: string])[]): readonly string[] {
  const width = Math.max(...rows.map(([command]) => command.length));
  return rows.map(([command, what]) => `  ${command.padEnd(width)}  ${what}`);
}
