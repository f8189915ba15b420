import { Command } from 'commander';
import { VERSION } from '#core';
import { exitCodeOf } from './exit-code-of.ts';
import { openTerminal, type Terminal } from './terminal.ts';
import type { ExitCode, Verb, VerbCall } from './verb.ts';
import { VERBS } from './verbs.ts';

/**
 * Runs one command line and tells its exit code. Reports go to stdout, everything else to stderr; a mistake of the user is one line and a hint, a
 * bug of ours says how to report it.
 */
export async function main(argv: readonly string[], terminal: Terminal = openTerminal()): Promise<ExitCode> {
  return exitCodeOf(terminal, () => runCommandLine(argv, terminal));
}

async function runCommandLine(argv: readonly string[], terminal: Terminal): Promise<ExitCode> {
  const program = createProgram(terminal);
  const calls: { readonly verb: Verb; readonly call: VerbCall }[] = [];
  const wanted = argv.find((word) => !word.startsWith('-'));
  for (const { name, summary, load } of VERBS) {
    const command = program.command(name).description(summary);
    if (name !== wanted && !(wanted === 'help' && argv.includes(name))) continue;
    const verb = await load();
    verb.configure(command);
    for (const leaf of leavesOf(command)) {
      leaf.action(() => {
        calls.push({ verb, call: { name: leaf.name(), args: leaf.args, options: leaf.optsWithGlobals(), terminal } });
      });
    }
  }
  if (argv.length === 0) {
    terminal.err(program.helpInformation());
    return 2;
  }
  // A verb that does not exist has no help of its own.
  const isUnknown = wanted !== undefined && wanted !== 'help' && !VERBS.some(({ name }) => name === wanted);
  const words = isUnknown ? argv.filter((word) => word !== '-h' && word !== '--help') : argv;
  await program.parseAsync([...words], { from: 'user' });
  const [first] = calls;
  return first ? first.verb.run(first.call) : 2;
}

function createProgram(terminal: Terminal): Command {
  return new Command('signalbox')
    .description('An AI gateway whose every behaviour is a reviewed file.')
    .version(VERSION, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError('(add --help for usage)')
    .configureOutput({
      writeOut: terminal.out,
      writeErr: terminal.err,
      getOutHelpWidth: () => Math.min(terminal.columns, 100),
    })
    .addHelpText(
      'after',
      '\nExit codes: 0 clean, 1 checked and failed, 2 could not check, 3 differences present, 70 internal bug.',
    )
    .exitOverride();
}

function leavesOf(command: Command): readonly Command[] {
  return command.commands.length === 0 ? [command] : command.commands.flatMap(leavesOf);
}
