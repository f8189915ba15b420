import type { Command } from 'commander';
import { textOption } from './options.ts';
import { UsageError } from './usage-error.ts';
import type { VerbCall } from './verb.ts';

/** Adds `--url URL`. */
export function withGateway(command: Command): Command {
  return command.option('--url <url>', 'the gateway (default: http://127.0.0.1:8787, with $SIGNALBOX_PORT where set)');
}

/** What the admin API answered. */
export interface AdminAnswer {
  readonly status: number;
  readonly body: unknown;
}

// A reload compiles a whole tree before it answers.
const TIMEOUT_MS = 60_000;

/** Calls a running gateway's admin API with `SIGNALBOX_ADMIN_TOKEN`. Throws `UsageError` when it cannot be reached or refuses the token. */
export async function callAdmin(
  call: VerbCall,
  method: 'GET' | 'POST',
  path: string,
  input?: unknown,
): Promise<AdminAnswer> {
  const { env } = call.terminal;
  const base = gatewayUrl(call);
  return askGateway({ base, path, method, input, token: env.SIGNALBOX_ADMIN_TOKEN, timeoutMs: TIMEOUT_MS });
}

/** Where the gateway is: `--url`, else this machine's port. Throws `UsageError` for what is no address. */
export function gatewayUrl({ options, terminal: { env } }: VerbCall): string {
  const base =
    textOption(options.url) ??
    `${env.SIGNALBOX_TLS_CERT ? 'https' : 'http'}://127.0.0.1:${env.SIGNALBOX_PORT || '8787'}`;
  if (!/^https?:$/.test(URL.parse(base)?.protocol ?? '')) {
    throw new UsageError(`--url is no address of a gateway: ${base}`, 'Write one such as http://127.0.0.1:8787.');
  }
  return base;
}

/** One question to a gateway. */
export interface GatewayQuestion {
  readonly base: string;
  readonly path: string;
  readonly method: 'GET' | 'POST';
  /** Sent as JSON; none when undefined. */
  readonly input?: unknown;
  readonly token: string | undefined;
  readonly timeoutMs: number;
}

/** Asks it. Throws `UsageError` when nothing answers in time, what answers is no gateway, or it refuses the token. Effect: one connection. */
export async function askGateway({
  base,
  path,
  method,
  input,
  token,
  timeoutMs,
}: GatewayQuestion): Promise<AdminAnswer> {
  // Most calls of the verbs that can ask a gateway do not.
  const { Agent, request } = await import('undici');
  const connect = { timeout: Math.min(5000, timeoutMs) };
  const dispatcher = new Agent({ headersTimeout: timeoutMs, bodyTimeout: timeoutMs, connect });
  try {
    const { statusCode, body } = await request(new URL(path, base), {
      method,
      dispatcher,
      headers: {
        accept: 'application/json',
        ...(input === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token ? { authorization: `Bearer ${token}` } : {}),
      },
      ...(input === undefined ? {} : { body: JSON.stringify(input) }),
    });
    const text = await body.text();
    if (statusCode === 401 || statusCode === 403) {
      throw new UsageError(`${base} refuses the admin token`, 'Set SIGNALBOX_ADMIN_TOKEN to the gateway’s own.');
    }
    return { status: statusCode, body: parse(text, base) };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new UsageError(`no gateway answers at ${base}: ${code ?? message}`, 'Is it running? Name it by --url.', {
      cause: error,
    });
  } finally {
    await dispatcher.destroy();
  }
}

function parse(text: string, base: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new UsageError(`${base} is no Signalbox gateway: its answer is not JSON`, null, { cause });
  }
}
