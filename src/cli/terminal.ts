/** The process as verbs see it: where text goes, where it comes from, what it can show. */
export interface Terminal {
  /** Reports, and nothing else, go to stdout. */
  readonly out: (text: string) => void;
  /** Progress and usage errors go to stderr. */
  readonly err: (text: string) => void;
  /** All of stdin as bytes. */
  readonly readInput: () => Promise<Uint8Array>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isInputTerminal: boolean;
  readonly isTerminal: boolean;
  readonly isErrorTerminal: boolean;
  readonly hasColours: boolean;
  /** Of stdout; 80 where it is no terminal. */
  readonly columns: number;
  readonly nowMs: () => number;
}

/** Binds the terminal to this process. A reader that goes away early (`| head`) ends no verb. */
export function openTerminal(): Terminal {
  const { stdout, stderr, stdin, env } = process;
  for (const stream of [stdout, stderr]) stream.on('error', ignoreBrokenPipe);
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    readInput: readAll,
    env,
    isInputTerminal: stdin.isTTY === true,
    isTerminal: stdout.isTTY === true,
    isErrorTerminal: stderr.isTTY === true,
    hasColours: wantsColours(env, stdout.isTTY === true),
    columns: stdout.columns || 80,
    nowMs: () => Date.now(),
  };
}

/** https://no-color.org: present and not empty means none; FORCE_COLOR is what Node and most test runners know. */
function wantsColours(env: NodeJS.ProcessEnv, isTerminal: boolean): boolean {
  if (env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return env.FORCE_COLOR !== '0';
  return isTerminal && env.TERM !== 'dumb';
}

function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error;
}

async function readAll(): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  for await (const part of process.stdin) parts.push(part as Buffer);
  return Buffer.concat(parts);
}
