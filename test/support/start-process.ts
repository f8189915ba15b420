import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Cleanup } from './temp-directory.ts';

const command = join(import.meta.dirname, '../../bin/signalbox.mjs');

export type ProcessOptions = {
  readonly cwd?: string;
  /** Replaces variables; undefined removes one. Without it the process inherits ours less keys and settings. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  /** The program to run, with its leading arguments; the checkout's own command under this Node by default. */
  readonly program?: readonly [string, ...string[]];
};

export type ExitStatus = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type RunningProcess = {
  readonly child: ChildProcess;
  /** What was printed so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** Settles when the process has ended and its output is complete. */
  readonly ended: Promise<ExitStatus>;
  /** The first stdout line that matches; rejects with all output when the process ends or the time runs out before. */
  waitForLine(pattern: RegExp, timeoutMs?: number): Promise<RegExpMatchArray>;
  /** SIGTERM unless told otherwise; SIGKILL after 10 s. Resolves with how it ended. */
  stop(signal?: NodeJS.Signals): Promise<ExitStatus>;
};

/** Starts `signalbox ...args`; the process is killed after the test if it still runs. Side effect: one process. */
export function startProcess(t: Cleanup, args: readonly string[], options: ProcessOptions = {}): RunningProcess {
  const [program, ...leading] = options.program ?? [process.execPath, command];
  const child = spawn(program, [...leading, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: cleanEnvironment(options.env ?? {}),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.on('error', () => {});
  child.stdin.end(options.stdin ?? '');
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = waitForEnd(child);
  ended.catch(() => {});
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => stopProcess(child, ended, signal);
  t.after(async () => {
    if (child.exitCode === null && child.signalCode === null) await stop('SIGKILL').catch(() => {});
  });
  return {
    child,
    stdout,
    stderr,
    ended,
    stop,
    waitForLine: (pattern, timeoutMs = 20_000) => waitForLine({ child, stdout, stderr, ended }, pattern, timeoutMs),
  };
}

/** Runs `signalbox ...args` to its end. */
export async function runProcess(
  t: Cleanup,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ExitStatus & { readonly stdout: string; readonly stderr: string }> {
  const running = startProcess(t, args, options);
  const status = await running.ended;
  return { ...status, stdout: running.stdout(), stderr: running.stderr() };
}

export type Gateway = RunningProcess & { readonly url: string };

/** Starts `signalbox serve` on a free port and waits until it listens. */
export async function startGateway(
  t: Cleanup,
  args: readonly string[] = [],
  options: ProcessOptions = {},
): Promise<Gateway> {
  const running = startProcess(t, ['serve', '--port', '0', '--host', '127.0.0.1', ...args], options);
  const [url] = await running.waitForLine(/^https?:\/\/[^\s/]+:\d+/);
  return { ...running, url };
}

/** A test sees neither the developer's provider keys nor their settings, and the runner's own variables stay here. */
export function cleanEnvironment(changes: Readonly<Record<string, string | undefined>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !/(_API_KEY|_TOKEN|_SECRET)$|^(SIGNALBOX|OTEL|SMTP|NODE_TEST|NODE_OPTIONS|npm_)/.test(name),
  );
  return { ...Object.fromEntries(inherited), NO_COLOR: '1', ...changes };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    text += chunk;
  });
  return () => text;
}

async function waitForEnd(child: ChildProcess): Promise<ExitStatus> {
  const [code, signal] = await once(child, 'close');
  return { code, signal };
}

async function stopProcess(
  child: ChildProcess,
  ended: Promise<ExitStatus>,
  signal: NodeJS.Signals,
): Promise<ExitStatus> {
  child.kill(signal);
  const killer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  try {
    return await ended;
  } finally {
    clearTimeout(killer);
  }
}

function waitForLine(
  running: Pick<RunningProcess, 'child' | 'stdout' | 'stderr' | 'ended'>,
  pattern: RegExp,
  timeoutMs: number,
): Promise<RegExpMatchArray> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => finish(`no line within ${timeoutMs} ms`), timeoutMs);
    const output = running.child.stdout;

    function look(): void {
      const lines = running.stdout().split('\n').slice(0, -1);
      const match = lines.map((line) => line.match(pattern)).find((found) => found !== null);
      if (match) finish(match);
    }
    function finish(result: RegExpMatchArray | string): void {
      clearTimeout(timer);
      output?.off('data', look);
      const printed = `stdout:\n${running.stdout()}\nstderr:\n${running.stderr()}`;
      if (typeof result === 'string') reject(new Error(`waiting for ${pattern}: ${result}\n${printed}`));
      else resolve(result);
    }

    output?.on('data', look);
    running.ended.then(
      ({ code, signal }) => finish(`the process ended first (${signal ?? `exit code ${code}`})`),
      (error: Error) => finish(error.message),
    );
    look();
  });
}
