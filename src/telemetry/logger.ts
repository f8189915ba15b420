import { Writable } from 'node:stream';
import { styleText } from 'node:util';
import { pino, stdSerializers } from 'pino';
import { maskSecrets } from '#core';

/** Where a process logs: static text, values in fields. */
export interface Logger {
  readonly debug: (fields: object, text: string) => void;
  readonly info: (fields: object, text: string) => void;
  readonly warn: (fields: object, text: string) => void;
  readonly error: (fields: object, text: string) => void;
}

/** How a log is opened. */
export interface LoggerOptions {
  /** `debug`, `info`, `warn`, `error` or `silent`. */
  readonly level: string;
  /** Lines for people on a terminal, else one JSON object a line. */
  readonly isForPeople: boolean;
  readonly hasColours: boolean;
  readonly write: (text: string) => void;
}

const SECRET_FIELDS: ReadonlySet<string> = new Set([
  ...['authorization', 'apiKey', 'api_key', 'key', 'token', 'secret', 'password', 'cookie'],
  ...['api-key', 'x-api-key', 'x-goog-api-key', 'set-cookie', 'proxy-authorization'],
]);

/**
 * Opens the log. Fields with the names of secrets are cut out, and keys that are known by their shape are replaced wherever they stand, errors' messages
 * included; a level nobody knows is `info`. Effects: calls `write`.
 */
export function openLogger({ level, isForPeople, hasColours, write }: LoggerOptions): Logger {
  const known = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'].includes(level);
  const target = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      write(maskSecrets(isForPeople ? forPeople(chunk, hasColours) : chunk));
      done();
    },
  });
  return pino(
    {
      level: known ? level : 'info',
      base: null,
      formatters: { log: withoutSecrets },
      serializers: { err: (error: unknown) => withoutSecretFields(stdSerializers.err(error as Error)) },
    },
    target,
  );
}

/** The fields of a line less those with the names of secrets, at the top and one level below. A line without any, as nearly all are, is not copied. */
function withoutSecrets(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  let kept: Record<string, unknown> = withoutSecretFields(fields);
  for (const name in kept) {
    const value = kept[name];
    if (typeof value !== 'object' || value === null || value instanceof Error) continue;
    const inner = withoutSecretFields(value);
    if (inner !== value) kept = { ...kept, [name]: inner };
  }
  return kept;
}

function withoutSecretFields<T extends object>(fields: T): T {
  for (const name in fields) {
    if (!SECRET_FIELDS.has(name)) continue;
    return Object.fromEntries(Object.entries(fields).filter(([each]) => !SECRET_FIELDS.has(each))) as T;
  }
  return fields;
}

const WORDS: Readonly<Record<number, readonly [string, 'dim' | 'yellow' | 'red']>> = {
  20: ['debug', 'dim'],
  30: ['info', 'dim'],
  40: ['warn', 'yellow'],
  50: ['error', 'red'],
};

/**
 * `15:04:05 warn  a target is skipped  target=premium/gpt`; findings and other lists of sentences stand below, one a line. Control characters are escaped, since
 * fields may hold foreign text. Pure.
 */
export function forPeople(line: string, hasColours: boolean): string {
  const { level, time, msg, err, ...fields } = JSON.parse(line) as Record<string, unknown> & {
    readonly level: number;
    readonly time: number;
    readonly msg: string;
    readonly err?: { readonly message?: string; readonly stack?: string };
  };
  const [word, colour] = WORDS[level] ?? ['log', 'dim'];
  const paint = (style: 'dim' | 'yellow' | 'red', text: string): string =>
    hasColours ? styleText(style, text, { validateStream: false }) : text;
  const at = new Date(time).toISOString().slice(11, 19);
  const lists = Object.values(fields).filter(isSentences);
  const values = Object.entries(fields).flatMap(([key, value]) => (isSentences(value) ? [] : pairs(key, value)));
  const why = err === undefined ? [] : [`err=${plain(err.message ?? 'unknown')}`];
  const rest = [...why, ...values].join(' ');
  const below = lists
    .flat()
    .map((line) => `\n  ${escapeControls(line).replaceAll('\n', '\\n')}`)
    .join('');
  const stack = level >= 50 && err?.stack ? `\n${escapeControls(err.stack)}` : '';
  return `${paint('dim', at)} ${paint(colour, word.padEnd(5))} ${msg}${rest === '' ? '' : ` ${paint('dim', rest)}`}${below}${stack}\n`;
}

/** Findings, for example: what would be hard to read between quotation marks. */
function isSentences(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.some((item) => typeof item === 'string' && item.includes(' '));
}

/** `key=value`, and `key.inner=value` for each member of an object that says anything. */
function pairs(key: string, value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [`${key}=${plain(value)}`];
  return Object.entries(value)
    .filter(([, inner]) => inner !== null && !(typeof inner === 'object' && Object.keys(inner).length === 0))
    .flatMap(([name, inner]) => pairs(`${key}.${name}`, inner));
}

function plain(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  const safe = escapeControls(text).replaceAll('\n', '\\n');
  return /[\s="]/.test(safe) ? JSON.stringify(safe) : safe;
}

function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not reach a terminal
  return text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}
