import { isObject, type JsonObject } from '#core';
import { UsageError } from '../usage-error.ts';

/** A request that fills a cache. */
export interface Question {
  readonly line: number;
  readonly path: string;
  readonly body: JsonObject;
}

/**
 * Reads a file of questions, one a line: plain text, or JSON: a body as it would be sent, or `{path, body}`. Empty lines and lines that begin with `#` are
 * passed over. Throws UsageError naming the line. Pure.
 */
export function readQuestions(text: string, file: string, model: string | null): readonly Question[] {
  return text.split(/\r?\n/).flatMap((raw, index) => {
    const source = raw.trim();
    if (source === '' || source.startsWith('#')) return [];
    const line = index + 1;
    const where = `${file}:${line}`;
    if (!source.startsWith('{')) {
      if (model === null)
        throw new UsageError(`${where}: a question in plain text needs a model`, 'Name it by --model.');
      const body = { model, messages: [{ role: 'user', content: source }] };
      return [{ line, path: '/v1/chat/completions', body }];
    }
    const value = parse(source, where);
    const isWrapped = isObject(value.body);
    const body = isObject(value.body) ? value.body : value;
    const path = isWrapped && typeof value.path === 'string' ? value.path : '/v1/chat/completions';
    if (!path.startsWith('/')) throw new UsageError(`${where}: path does not begin with /`);
    return [{ line, path, body: { ...(model === null ? {} : { model }), ...body } }];
  });
}

function parse(source: string, where: string): JsonObject {
  try {
    const value: unknown = JSON.parse(source);
    if (isObject(value)) return value;
  } catch {
    // Said below.
  }
  throw new UsageError(
    `${where} is no JSON object`,
    'One request a line: a body, {"path": …, "body": …}, or plain text.',
  );
}
