import { StoreOpenError } from '../store-errors.ts';

/** Where a Redis is and how to speak to it, from a URL. */
export interface RedisTarget {
  readonly kind: 'single' | 'sentinel' | 'cluster';
  /** The servers, the Sentinels, or the first nodes of a cluster to ask. */
  readonly nodes: readonly { readonly host: string; readonly port: number }[];
  readonly isTls: boolean;
  readonly username: string | null;
  readonly password: string | null;
  /** Number of the database; always 0 in a cluster. */
  readonly database: number;
  /** Name of the master that the Sentinels watch. */
  readonly masterName: string | null;
  /** Secret of the Sentinels themselves, where they have one. */
  readonly sentinelPassword: string | null;
  /** PEM file of the authority that signed the server's certificate; null for those the system trusts. */
  readonly caFile: string | null;
  /** Gateways that name the same ledger share their budgets. */
  readonly ledger: string;
  /** How long a round trip may take, in ms. */
  readonly timeoutMs: number;
  /** Scheme and addresses, without user, password and parameters: for logs. */
  readonly display: string;
}

const SCHEME = /^(redis|rediss)(?:\+(sentinel|cluster))?:\/\//;
const PARAMETERS = new Set(['ledger', 'timeout', 'ca', 'sentinel_password']);
const EXPECTED =
  'Write redis[s]://[user:password@]host:port/database, redis[s]+sentinel://host:port,host:port/master-name or redis[s]+cluster://host:port,host:port.';

/**
 * Reads `redis://`, `rediss://` (TLS), `redis+sentinel://host:port,…/master[/database]` and `redis+cluster://host:port,…`, each with the parameters `ledger`,
 * `timeout` (ms), `ca` (PEM file) and `sentinel_password`. Throws StoreOpenError, which never repeats the text: it may hold a password. Pure.
 */
export function parseRedisUrl(text: string): RedisTarget {
  const scheme = SCHEME.exec(text);
  if (scheme === null) throw badUrl('begins with no scheme of Redis');
  const kind = (scheme[2] ?? 'single') as RedisTarget['kind'];
  const [beforeQuery = '', query = ''] = splitAt(text.slice(scheme[0].length).split('#')[0] ?? '', '?');
  const parameters = readParameters(query);
  const slash = beforeQuery.indexOf('/');
  const authority = slash < 0 ? beforeQuery : beforeQuery.slice(0, slash);
  const path = slash < 0 ? [] : beforeQuery.slice(slash + 1).split('/');
  // A password may hold an @ of its own, written plainly.
  const at = authority.lastIndexOf('@');
  const [username, password] = readUser(at < 0 ? '' : authority.slice(0, at));
  const nodes = authority
    .slice(at + 1)
    .split(',')
    .map((node) => readNode(node, kind === 'sentinel' ? 26379 : 6379));
  if (kind === 'single' && nodes.length > 1) throw badUrl('names several hosts, which needs +sentinel or +cluster');
  const masterName = kind === 'sentinel' ? decode(path.shift() ?? '') : null;
  if (masterName === '') throw badUrl('names no master after the Sentinels');
  const database = readWhole(path[0] || '0', 'the database', 0);
  if (kind === 'cluster' && database !== 0) throw badUrl('names a database, but a cluster has only 0');
  const ledger = parameters.get('ledger') ?? 'sbx';
  if (!/^[\w.-]{1,64}$/.test(ledger)) throw badUrl('names a ledger that is not letters, digits, dots and dashes');
  return {
    kind,
    nodes,
    isTls: scheme[1] === 'rediss',
    username,
    password,
    database,
    masterName,
    sentinelPassword: parameters.get('sentinel_password') ?? null,
    caFile: parameters.get('ca') ?? null,
    ledger,
    timeoutMs: readWhole(parameters.get('timeout') ?? '250', 'the timeout', 1),
    display: `${scheme[0]}${nodes.map(({ host, port }) => `${host}:${port}`).join(',')}${masterName === null ? '' : `/${masterName}`}`,
  };
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!PARAMETERS.has(name)) throw badUrl(`has an unknown parameter; known are ${[...PARAMETERS].join(', ')}`);
    parameters.set(name, value);
  }
  return parameters;
}

function readUser(text: string): readonly [string | null, string | null] {
  if (text === '') return [null, null];
  const [user = '', password] = splitAt(text, ':');
  return [user === '' ? null : decode(user), password === undefined ? null : decode(password)];
}

function readNode(text: string, defaultPort: number): { readonly host: string; readonly port: number } {
  const parts = /^(\[[0-9a-fA-F:.]+\]|[^:[\]\s]+)(?::(\d+))?$/.exec(text);
  if (parts === null) throw badUrl('names no host, or a port that is no number');
  const port = parts[2] === undefined ? defaultPort : readWhole(parts[2], 'a port', 1);
  if (port > 65_535) throw badUrl('names a port above 65535');
  return { host: (parts[1] ?? '').replace(/^\[|\]$/g, ''), port };
}

function readWhole(text: string, what: string, least: number): number {
  const number = Number(text);
  if (!/^\d{1,6}$/.test(text) || number < least) throw badUrl(`has no whole number as ${what}`);
  return number;
}

function splitAt(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw badUrl('has a % that begins no escape; write %25');
  }
}

function badUrl(problem: string): StoreOpenError {
  return new StoreOpenError(`The Redis URL ${problem}.`, EXPECTED);
}
