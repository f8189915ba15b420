import type { Command } from 'commander';
import { parseDuration } from '#core';
import type { GatewayOptions } from '#gateway';
import { namedEnvironment, policiesFolder, textOption } from '../options.ts';
import { UsageError } from '../usage-error.ts';
import type { VerbCall } from '../verb.ts';
import { readTlsSettings } from './tls-settings.ts';

/** Adds where a gateway listens and where it keeps its files. */
export function withListener(command: Command): Command {
  return command
    .option('--port <port>', 'port (default: $SIGNALBOX_PORT, else 8787; 0 for any free one)')
    .option('--host <address>', 'address to listen on (default: $SIGNALBOX_HOST, else 127.0.0.1)')
    .option(
      '--data-dir <dir>',
      'records, journal and last good revision (default: $SIGNALBOX_DATA_DIR, else .signalbox)',
    );
}

/** The folder named by `--data-dir`, else by `SIGNALBOX_DATA_DIR`, else `.signalbox`. */
export function dataFolder({ options, terminal: { env } }: VerbCall): string {
  return textOption(options.dataDir) ?? (env.SIGNALBOX_DATA_DIR || '.signalbox');
}

/** How a gateway is started by flags and environment. Throws `UsageError` for a value that cannot be meant. */
export function readServeOptions(call: VerbCall): GatewayOptions {
  const { options, terminal } = call;
  const { env } = terminal;
  checkLogLevel(env.SIGNALBOX_LOG_LEVEL);
  return {
    policies: policiesFolder(call),
    environment: namedEnvironment(call) ?? 'development',
    host: textOption(options.host) ?? (env.SIGNALBOX_HOST || '127.0.0.1'),
    port: readNumber('--port', options.port ?? (env.SIGNALBOX_PORT || '8787'), 0, 65_535),
    dataDir: dataFolder(call),
    storeUrl: env.SIGNALBOX_REDIS_URL || null,
    durability: env.SIGNALBOX_DURABILITY || null,
    adminToken: env.SIGNALBOX_ADMIN_TOKEN || null,
    tls: readTlsSettings(call),
    limits: {
      ...readTimeout('headersTimeoutMs', 'SIGNALBOX_HEADERS_TIMEOUT', env.SIGNALBOX_HEADERS_TIMEOUT),
      ...readTimeout('requestTimeoutMs', 'SIGNALBOX_REQUEST_TIMEOUT', env.SIGNALBOX_REQUEST_TIMEOUT),
    },
    env,
    handleSignals: true,
  };
}

/** A whole number within bounds. Throws `UsageError`. */
export function readNumber(name: string, value: unknown, min: number, max: number): number {
  const number = Number(value);
  if (Number.isInteger(number) && number >= min && number <= max && String(value).trim() !== '') return number;
  throw new UsageError(`${name} is a whole number from ${min} to ${max}, not ${JSON.stringify(value)}`);
}

const LOG_LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Throws UsageError for a level that does not exist, rather than to log another one unasked. */
function checkLogLevel(level: string | undefined): void {
  if (!level || LOG_LEVELS.includes(level)) return;
  throw new UsageError(`SIGNALBOX_LOG_LEVEL is ${LOG_LEVELS.join(', ')}, not ${JSON.stringify(level)}`);
}

/** A timeout of connections that a variable sets; nothing where it does not. Throws UsageError. */
function readTimeout<Name extends string>(
  name: Name,
  variable: string,
  text: string | undefined,
): Partial<Record<Name, number>> {
  if (!text) return {};
  const ms = parseDuration(text);
  if (ms === null || ms < 1000) {
    throw new UsageError(`${variable} is a duration of a second or more, such as 30s, not ${JSON.stringify(text)}`);
  }
  return { [name]: ms } as Record<Name, number>;
}
