import { splitWords } from './split-words.ts';

/** An HTTP call as a curl line describes it. */
export interface CurlCall {
  readonly method: string;
  readonly url: string;
  /** Lower-case names; a repeated one is joined with a comma, as servers read it. */
  readonly headers: Readonly<Record<string, string>>;
  /** Pieces of the body, joined by `&`; a file is named, not read. Empty without a body. */
  readonly data: readonly DataPiece[];
}

/** Text as it stands, or a file that curl would read; curl drops line breaks of files unless the data is binary. */
export type DataPiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'file'; readonly path: string; readonly keepsLines: boolean };

/** The call, or why the line cannot be read. */
export type CurlResult =
  | { readonly kind: 'call'; readonly call: CurlCall }
  | { readonly kind: 'mistake'; readonly message: string };

/** Short options with an argument, by what is done with it; `skip` has no bearing on what policies see. */
const WITH_ARGUMENT: Readonly<
  Record<string, 'method' | 'header' | 'data' | 'raw' | 'binary' | 'json' | 'url' | 'skip'>
> = {
  ...{ '-X': 'method', '--request': 'method', '-H': 'header', '--header': 'header', '--url': 'url' },
  ...{
    '-d': 'data',
    '--data': 'data',
    '--data-ascii': 'data',
    '--data-raw': 'raw',
    '--data-binary': 'binary',
    '--json': 'json',
  },
  ...{ '-o': 'skip', '--output': 'skip', '-A': 'skip', '--user-agent': 'skip', '-e': 'skip', '--referer': 'skip' },
  ...{ '-b': 'skip', '--cookie': 'skip', '-c': 'skip', '--cookie-jar': 'skip', '-x': 'skip', '--proxy': 'skip' },
  ...{
    '-m': 'skip',
    '--max-time': 'skip',
    '--connect-timeout': 'skip',
    '-w': 'skip',
    '--write-out': 'skip',
    '-u': 'skip',
  },
  ...{
    '--user': 'skip',
    '--retry': 'skip',
    '--retry-delay': 'skip',
    '--retry-max-time': 'skip',
    '--cacert': 'skip',
    '--resolve': 'skip',
  },
  ...{ '-E': 'skip', '--cert': 'skip', '--key': 'skip', '-D': 'skip', '--dump-header': 'skip', '--limit-rate': 'skip' },
};
const FLAGS: ReadonlySet<string> = new Set([
  ...['-s', '-S', '-v', '-i', '-I', '-k', '-L', '-N', '-f', '-g', '-#', '-4', '-6', '-0', '-O', '-q'],
  ...[
    '--silent',
    '--show-error',
    '--verbose',
    '--include',
    '--insecure',
    '--location',
    '--no-buffer',
    '--fail',
    '--fail-with-body',
  ],
  ...[
    '--compressed',
    '--globoff',
    '--http1.1',
    '--http2',
    '--progress-bar',
    '--no-progress-meter',
    '--ipv4',
    '--ipv6',
    '--no-keepalive',
  ],
]);

interface Reading {
  method: string | null;
  url: string | null;
  readonly headers: Record<string, string>;
  readonly data: DataPiece[];
}

/** Reads a curl command line: method, URL, headers and data; options that policies cannot see are passed over, unknown ones are named. Pure. */
export function parseCurl(line: string): CurlResult {
  const split = splitWords(line.trim());
  if (split.kind === 'mistake') return split;
  const [command, ...words] = split.words;
  if (command === undefined || !/^(.*[/\\])?curl(\.exe)?$/.test(command))
    return mistake('the line does not begin with curl');
  const reading: Reading = { method: null, url: null, headers: {}, data: [] };
  const problem = readWords(words, reading);
  if (problem !== null) return mistake(problem);
  const { url, headers, data } = reading;
  if (url === null) return mistake('the line names no URL');
  return { kind: 'call', call: { method: reading.method ?? (data.length > 0 ? 'POST' : 'GET'), url, headers, data } };
}

function readWords(words: readonly string[], reading: Reading): string | null {
  let areOptions = true;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (areOptions && word === '--') areOptions = false;
    else if (!areOptions || !word.startsWith('-') || word === '-') {
      const problem = setUrl(word, reading);
      if (problem !== null) return problem;
    } else {
      const option = splitOption(word);
      if (option === null) return `the option ${word} is not known here`;
      if (option.argument === null && option.name in WITH_ARGUMENT) {
        const argument = words[++at];
        if (argument === undefined) return `the option ${option.name} has no argument`;
        option.argument = argument;
      }
      const problem = apply(option.name, option.argument ?? '', reading);
      if (problem !== null) return problem;
    }
  }
  return null;
}

/** `-XPOST`, `-sSd`, `--data=…`: an argument may hang on its option, and flags may share one dash. */
function splitOption(word: string): { readonly name: string; argument: string | null } | null {
  if (word.startsWith('--')) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? word : word.slice(0, equals);
    if (FLAGS.has(name)) return { name, argument: null };
    if (!Object.hasOwn(WITH_ARGUMENT, name)) return null;
    return { name, argument: equals < 0 ? null : word.slice(equals + 1) };
  }
  for (let at = 1; at < word.length; at++) {
    const name = `-${word.charAt(at)}`;
    if (Object.hasOwn(WITH_ARGUMENT, name)) {
      const rest = word.slice(at + 1);
      return { name, argument: rest === '' ? null : rest };
    }
    if (!FLAGS.has(name)) return null;
  }
  return { name: word, argument: null };
}

function apply(name: string, argument: string, reading: Reading): string | null {
  switch (WITH_ARGUMENT[name]) {
    case 'method':
      reading.method = argument.toUpperCase();
      return null;
    case 'url':
      return setUrl(argument, reading);
    case 'header':
      return addHeader(argument, reading);
    case 'data':
      reading.data.push(argument.startsWith('@') ? file(argument, false) : text(argument));
      return null;
    case 'raw':
      reading.data.push(text(argument));
      return null;
    case 'json':
      reading.headers['content-type'] ??= 'application/json';
      reading.data.push(argument.startsWith('@') ? file(argument, true) : text(argument));
      return null;
    case 'binary':
      reading.data.push(argument.startsWith('@') ? file(argument, true) : text(argument));
      return null;
    default:
      return null;
  }
}

function setUrl(url: string, reading: Reading): string | null {
  if (reading.url !== null) return `the line names two URLs, ${reading.url} and ${url}`;
  reading.url = url;
  return null;
}

function addHeader(argument: string, { headers }: Reading): string | null {
  const colon = argument.indexOf(':');
  // `Name;` sends an empty header, `Name:` removes one.
  if (colon < 0 && argument.endsWith(';')) return null;
  if (colon <= 0) return 'a header has no colon; expected -H "name: value"';
  const name = argument.slice(0, colon).trim().toLowerCase();
  const value = argument.slice(colon + 1).trim();
  if (value === '') return null;
  const before = Object.hasOwn(headers, name) ? headers[name] : undefined;
  Object.defineProperty(headers, name, {
    value: before === undefined ? value : `${before}, ${value}`,
    enumerable: true,
    configurable: true,
    writable: true,
  });
  return null;
}

function text(value: string): DataPiece {
  return { kind: 'text', text: value };
}

function file(argument: string, keepsLines: boolean): DataPiece {
  return { kind: 'file', path: argument.slice(1), keepsLines };
}

function mistake(message: string): CurlResult {
  return { kind: 'mistake', message };
}
