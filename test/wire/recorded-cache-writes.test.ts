import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cacheWritesIn } from '#dialects';
import { requireSharedData } from '../support/skip.ts';
import { readExchanges } from './recorded/exchanges.ts';

const WRITTEN = /"(?:cache_creation_input_tokens|cacheWriteInputTokens)":\s*[1-9]/;
const WRITTEN_FOR_AN_HOUR = /"ephemeral_1h_input_tokens":\s*[1-9]/;

test('Claude never wrote to a cache that the body had not asked for, nor for longer', (t) => {
  const folder = requireSharedData(t, 'wire/_exchanges');
  if (folder === undefined) return;
  const over: string[] = [];
  const seen = { none: 0, '5m': 0, '1h': 0 };
  for (const { id, dialect, status, requestText, answer } of readExchanges(folder)) {
    if ((dialect !== 'anthropic-messages' && dialect !== 'bedrock-converse') || status >= 300) continue;
    const asked = cacheWritesIn(Buffer.from(requestText));
    seen[asked] += 1;
    if (asked === 'none' && WRITTEN.test(answer)) over.push(id);
    if (asked !== '1h' && WRITTEN_FOR_AN_HOUR.test(answer)) over.push(id);
  }
  process.stdout.write(`cache writes asked for: ${JSON.stringify(seen)}\n`);
  assert.deepEqual(over, []);
  assert.ok(seen.none > 50 && seen['5m'] + seen['1h'] > 0, JSON.stringify(seen));
});
