import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import type { JsonObject, NeutralRequest, NeutralResponse } from '#core';
import { responseEvents } from '#dialects';
import { cutBytes, randomCuts } from '../../support/cut-bytes.ts';
import { requireSharedData } from '../../support/skip.ts';
import { anthropic, bytes, caller, collect, inbound, readStream, targetOf, writeStream } from './support.ts';

interface Exchange {
  readonly source: string;
  readonly url: string;
  readonly request_body: string;
  readonly status: number;
  readonly response_headers: Readonly<Record<string, string>>;
  readonly response_body: string;
}

const MESSAGES = /^https:\/\/api\.anthropic\.com\/v1\/messages(\?|$)/;

test('recorded exchanges with the Messages API hold, there and back', (t) => {
  const folder = requireSharedData(t, 'wire/_exchanges');
  if (folder === undefined) return;
  const exchanges = globSync('*.jsonl.gz', { cwd: folder })
    .sort()
    .flatMap((file) => readExchanges(join(folder, file)));
  assert.ok(exchanges.length > 0, 'no exchange of the Messages API in the folder');
  for (const [at, exchange] of exchanges.entries()) {
    try {
      checkRequest(exchange);
      checkAnswer(exchange, at);
    } catch (cause) {
      throw new Error(`${exchange.source}: ${cause instanceof Error ? cause.message : cause}`, { cause });
    }
  }
  process.stdout.write(`anthropic-messages: ${exchanges.length} recorded exchanges held\n`);
});

function readExchanges(path: string): Exchange[] {
  const lines = gunzipSync(readFileSync(path)).toString('utf8').split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Exchange)
    .filter(({ url }) => MESSAGES.test(url));
}

/** The shape and the whole reading agree; nothing to change passes untouched; writing again keeps every part. */
function checkRequest(exchange: Exchange): void {
  const body = JSON.parse(exchange.request_body) as JsonObject;
  const shape = anthropic.readShape(body, inbound);
  const request = anthropic.readRequest(body, inbound);
  assert.equal(shape.model, request.model);
  assert.equal(shape.stream, request.stream);
  assert.equal(shape.maxOutputTokens, request.maxOutputTokens ?? null);
  assert.equal(shape.temperature, request.temperature ?? null);
  assert.equal(shape.toolCount, request.tools.length);
  assert.equal(shape.user, request.user ?? null);
  assert.equal(shape.responseFormat, request.responseFormat?.kind ?? 'text');
  const target = targetOf(request.model);
  assert.deepEqual(anthropic.passRequest(body, target, inbound).edits, {});
  const again = anthropic.readRequest(anthropic.writeRequest(request, target).body, inbound);
  assert.deepEqual(partsOf(again), partsOf(request));
  assert.deepEqual(again.tools, request.tools);
  assert.deepEqual(again.toolChoice, request.toolChoice);
  assert.deepEqual(again.stop, request.stop);
}

/** Every part with its role: turns of one role may be merged, blank texts left out, instructions hoisted. */
function partsOf({ messages }: NeutralRequest): unknown {
  const parts = messages.flatMap(({ role, content }) => content.map((part) => ({ role, part })));
  const kept = parts.filter(({ part }) => part.kind !== 'text' || part.text.trim() !== '');
  return [...kept.filter(({ role }) => role === 'system'), ...kept.filter(({ role }) => role !== 'system')];
}

function checkAnswer(exchange: Exchange, seed: number): void {
  if (exchange.status !== 200) {
    const failure = anthropic.readError(exchange.status, exchange.response_headers, exchange.response_body);
    assert.notEqual(failure.reason, 'malformed');
    return;
  }
  const response = readAnswer(exchange, seed);
  const written = anthropic.writeResponse(response, caller);
  const whole = anthropic.readResponse(written);
  assert.ok('choices' in whole);
  assert.deepEqual(factsOf(whole), factsOf(response));
  assert.deepEqual(factsOf(collect(readStream([bytes(writeStream(responseEvents(response)))]))), factsOf(response));
}

function readAnswer(exchange: Exchange, seed: number): NeutralResponse {
  if (exchange.response_headers['content-type']?.includes('event-stream')) {
    const stream = bytes(exchange.response_body);
    const events = readStream(cutBytes(stream, randomCuts(stream.length, seed)));
    assert.deepEqual(events, readStream([stream]));
    return collect(events);
  }
  const body = JSON.parse(exchange.response_body) as JsonObject;
  const response = anthropic.readResponse(body);
  assert.ok('choices' in response);
  assert.deepEqual(anthropic.readUsage(body), response.usage);
  return response;
}

/** What a faithful answer keeps: text, thoughts, tool calls with parsed arguments, usage, reason. */
function factsOf({ choices, usage }: NeutralResponse): unknown {
  const [choice] = choices;
  const content = choice?.content
    .filter((part) => part.kind !== 'text' || part.text !== '')
    .map((part) => (part.kind === 'tool-call' ? { ...part, arguments: JSON.parse(part.arguments) } : part));
  return { content, finish: choice?.finish, usage };
}
