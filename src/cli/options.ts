import type { Command } from 'commander';
import { UsageError } from './usage-error.ts';
import type { VerbCall } from './verb.ts';

/** Adds `--policies DIR`. */
export function withPolicies(command: Command): Command {
  return command.option('--policies <dir>', 'folder of the policies (default: $SIGNALBOX_POLICIES, else policies)');
}

/** Adds `--env NAME`. */
export function withEnvironment(command: Command, without = 'development'): Command {
  return command.option('--env <name>', `environment (default: $SIGNALBOX_ENV, else ${without})`);
}

/** The folder named by `--policies`, else by `SIGNALBOX_POLICIES`, else `policies`. */
export function policiesFolder({ options, terminal }: VerbCall): string {
  return textOption(options.policies) ?? (terminal.env.SIGNALBOX_POLICIES || 'policies');
}

/** The environment named by `--env`, else by `SIGNALBOX_ENV`; null when neither says. */
export function namedEnvironment({ options, terminal }: VerbCall): string | null {
  return textOption(options.env) ?? (terminal.env.SIGNALBOX_ENV || null);
}

/** An option's text; an empty one is as good as none given, and most likely an unset variable. */
export function textOption(value: unknown): string | undefined {
  if (typeof value !== 'string') return undefined;
  if (value.trim() === '')
    throw new UsageError('an option was given an empty value', 'Is a variable in the command unset?');
  return value;
}
