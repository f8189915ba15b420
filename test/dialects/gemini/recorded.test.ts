import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Message, NeutralResponse } from '#core';
import { cutBytes, randomCuts } from '../../support/cut-bytes.ts';
import { requireSharedData } from '../../support/skip.ts';
import { type Exchange, readExchanges } from '../../wire/recorded/exchanges.ts';
import { answer, caller, collect, gemini, readPieces, target } from './support.ts';

/** Refused by the provider too, each for what the test of its name is about. */
const REFUSED = /test_generate_content_invalid_role/;

function exchangesOf(folder: string): readonly Exchange[] {
  return readExchanges(folder).filter(({ dialect, id }) => dialect === 'gemini' && !REFUSED.test(id));
}

test('recorded requests are read, and say the same after Gemini → neutral → Gemini', (t) => {
  const folder = requireSharedData(t, 'wire/_exchanges');
  if (folder === undefined) return;
  const exchanges = exchangesOf(folder);
  assert.ok(exchanges.length > 100);
  for (const { id, request, context } of exchanges) {
    gemini.readShape(request, context);
    const read = gemini.readRequest(request, context);
    const written = gemini.writeRequest(read, target({ upstreamModel: 'gemini-3-flash-preview' }));
    const again = gemini.readRequest(written.body, context);
    assert.deepEqual(comparable(again.messages), comparable(read.messages), id);
    // All functions come first when written.
    const tools = read.tools.toSorted((a, b) => Number(a.kind === 'opaque') - Number(b.kind === 'opaque'));
    assert.deepEqual(again.tools, tools, id);
    assert.deepEqual(again.toolChoice, read.tools.length > 0 ? read.toolChoice : undefined, id);
  }
  t.diagnostic(`${exchanges.length} requests held`);
});

/** Turns of one role are one; Gemini takes no empty text; signatures that were made up, as Gemini 3 demands them, go. */
function comparable(messages: readonly Message[]): readonly unknown[] {
  const merged: { readonly role: string; readonly content: unknown[] }[] = [];
  for (const { role, content } of messages) {
    const kept = content.flatMap((part) => {
      if (part.kind === 'text' && part.text.trim() === '') return [];
      if (part.kind !== 'tool-call' || part.signature !== 'skip_thought_signature_validator') return part;
      const { signature: _, ...call } = part;
      return call;
    });
    const last = merged.at(-1);
    if (kept.length === 0) continue;
    if (last?.role === role) last.content.push(...kept);
    else merged.push({ role, content: kept });
  }
  return merged;
}

test('recorded answers are read, and say the same after Gemini → neutral → Gemini', (t) => {
  const folder = requireSharedData(t, 'wire/_exchanges');
  if (folder === undefined) return;
  const answered = exchangesOf(folder).filter(({ status }) => status < 300);
  for (const [seed, exchange] of answered.entries()) {
    const read = readAnswer(exchange, seed);
    const written = JSON.parse(JSON.stringify(gemini.writeResponse(read, caller)));
    // What is unread is named, and so cannot come back.
    const { createdAt: _, unread: __, ...expected } = read;
    assert.deepEqual(answer(written), expected, exchange.id);
  }
  t.diagnostic(`${answered.length} answers held`);
});

function readAnswer({ answer: text, framing }: Exchange, seed: number): NeutralResponse {
  if (framing !== 'sse') return answer(JSON.parse(text));
  const bytes = new TextEncoder().encode(text);
  return collect(readPieces(cutBytes(bytes, randomCuts(bytes.length, seed))));
}
