import { main } from '../../src/cli/main.ts';
import { cleanEnvironment, type ProcessOptions } from './start-process.ts';
import type { Cleanup } from './temp-directory.ts';

/**
 * Runs `signalbox ...args` to its end in this process, as `bin/signalbox.mjs` does in one of its own: a second less a call. Never two at a time, since the
 * working folder is the process's. What has to do with signals, pipes or a terminal wants `runProcess`.
 */
export async function runVerb(
  _: Cleanup,
  args: readonly string[],
  options: Omit<ProcessOptions, 'program'> = {},
): Promise<{ readonly code: number; readonly signal: null; readonly stdout: string; readonly stderr: string }> {
  const said = { stdout: '', stderr: '' };
  const folder = process.cwd();
  if (options.cwd !== undefined) process.chdir(options.cwd);
  try {
    const code = await main(args, {
      out: (text) => {
        said.stdout += text;
      },
      err: (text) => {
        said.stderr += text;
      },
      readInput: async () => Buffer.from(options.stdin ?? ''),
      env: cleanEnvironment(options.env ?? {}),
      isInputTerminal: false,
      isTerminal: false,
      isErrorTerminal: false,
      hasColours: false,
      columns: 80,
      nowMs: () => Date.now(),
    });
    return { code, signal: null, ...said };
  } finally {
    process.chdir(folder);
  }
}
