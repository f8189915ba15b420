import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggestPath } from '../../src/gateway/suggest-path.ts';

const CASES: readonly (readonly [path: string, meant: string | null])[] = [
  // A base URL without its version, with one too many, and with a path of a proxy before it.
  ['/chat/completions', '/v1/chat/completions'],
  ['/v1/v1/messages', '/v1/messages'],
  ['/openai/v1/responses', '/v1/responses'],
  ['/v1/chat/completion', '/v1/chat/completions'],
  ['/v1/embeddings/', '/v1/embeddings'],
  ['/embeddings', '/v1/embeddings'],
  ['/', null],
  ['', null],
  ['/favicon.ico', null],
  ['/v1/assistants/threads', null],
];

test('a path that is not served is answered with the one that was likely meant', () => {
  for (const [path, meant] of CASES) assert.equal(suggestPath(path), meant, path);
});
