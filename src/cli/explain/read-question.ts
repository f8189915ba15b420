import { readFile, stat } from 'node:fs/promises';
import { isObject, type JsonObject } from '#core';
import { parsePolicies } from '#policy';
import type { TestCase } from '#snapshot';
import type { Terminal } from '../terminal.ts';
import { UsageError } from '../usage-error.ts';
import { type CurlCall, type DataPiece, parseCurl } from './parse-curl.ts';
import type { HttpCall } from './request-of-call.ts';

/** What is to be explained. */
export type Question =
  | { readonly kind: 'case'; readonly case: AskedCase }
  | { readonly kind: 'call'; readonly call: HttpCall }
  | { readonly kind: 'record'; readonly id: string };

/** A request, perhaps in a situation; `state`, `upstream` and `at` as in test files. */
export type AskedCase = Pick<TestCase, 'at' | 'request' | 'state' | 'upstream'>;

const HOW = 'Give a file, - for stdin, JSON, a curl line in quotes, or the id of a record (x-signalbox-request-id).';

/** Tells what an argument is, and reads it. Throws `UsageError`. Effects: reads files and stdin. */
export async function readQuestion(argument: string | undefined, terminal: Terminal): Promise<Question> {
  if (argument === undefined) throw new UsageError('explain what?', HOW);
  if (argument === '-') return readText(new TextDecoder().decode(await terminal.readInput()), 'stdin');
  const text = argument.trim();
  if (text.startsWith('{') || /^\S*curl(\.exe)?\s/.test(text)) return readText(text, 'the argument');
  const stats = await stat(argument).catch(() => null);
  if (stats?.isFile()) return readText(await readFile(argument, 'utf8'), argument);
  if (/^req_[0-9a-z]+$/i.test(text)) return { kind: 'record', id: text };
  if (/[/\\]|\.(json|txt|sh)$/i.test(text)) throw new UsageError(`${argument} does not exist`, HOW);
  return { kind: 'record', id: text };
}

async function readText(raw: string, where: string): Promise<Question> {
  const text = raw.replace(/^\ufeff/, '').trim();
  if (text === '') throw new UsageError(`${where} is empty`, HOW);
  if (text.startsWith('{')) return { kind: 'case', case: readCase(text, where) };
  // Scripts may have a first line and comments before the call.
  const curl = /^[ \t]*\S*curl(\.exe)?\s/m.exec(text);
  if (curl === null) throw new UsageError(`${where} holds neither JSON nor a curl line`, HOW);
  const result = parseCurl(text.slice(curl.index));
  if (result.kind === 'mistake') throw new UsageError(`the curl line in ${where} cannot be read: ${result.message}`);
  return { kind: 'call', call: await readBody(result.call) };
}

/** `{request, state, upstream, at}` as a case of a test file, or the request alone. The schema of test files checks it, so that messages are the same. */
function readCase(text: string, where: string): AskedCase {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is not valid JSON: ${(error as Error).message}`, null, { cause: error });
  }
  if (!isObject(value)) throw new UsageError(`${where} is not a JSON object`, HOW);
  const asked: JsonObject = isObject(value.request) ? value : { request: value };
  const { at, request, state, upstream } = asked;
  const document = {
    apiVersion: 'signalbox/v1',
    kind: 'Test',
    metadata: { name: 'explain' },
    spec: { cases: [JSON.parse(JSON.stringify({ name: 'explain', at, request, state, upstream }))] },
  };
  const bytes = new TextEncoder().encode(JSON.stringify(document));
  const [finding] = parsePolicies([{ file: where, bytes }]).diagnostics;
  if (finding !== undefined)
    throw new UsageError(`${where}: ${finding.message.replaceAll('spec.cases[0].', '')}`, finding.hint ?? null);
  // Just validated.
  return document.spec.cases[0] as AskedCase;
}

async function readBody({ method, url, headers, data }: CurlCall): Promise<HttpCall> {
  const pieces = await Promise.all(data.map(readPiece));
  const text = pieces.join('&');
  if (text === '') return { method, url, headers, body: {}, bodyBytes: 0 };
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    // The parser quotes the text, which is a prompt.
    const place = / at position (\d+)/.exec((error as Error).message)?.[1];
    const hint = 'In a shell, put the JSON into single quotes.';
    throw new UsageError(
      `the body of the call is not valid JSON${place === undefined ? '' : ` (at character ${place})`}`,
      hint,
    );
  }
  if (!isObject(body)) throw new UsageError('the body of the call is not a JSON object');
  return { method, url, headers, body, bodyBytes: Buffer.byteLength(text) };
}

async function readPiece(piece: DataPiece): Promise<string> {
  if (piece.kind === 'text') return piece.text;
  try {
    const text = await readFile(piece.path, 'utf8');
    return piece.keepsLines ? text : text.replace(/[\r\n]/g, '');
  } catch (error) {
    throw new UsageError(
      `the file of the body, ${piece.path}, cannot be read: ${(error as NodeJS.ErrnoException).code}`,
      null,
      {
        cause: error,
      },
    );
  }
}
