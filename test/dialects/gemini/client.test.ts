import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { ApiError, GoogleGenAI } from '@google/genai';
import { GatewayError, type NeutralResponse, NO_USAGE } from '#core';
import { responseEvents } from '#dialects';
import { caller, gemini, writeStream } from './support.ts';

const response: NeutralResponse = {
  id: 'msg_1',
  model: 'other-model',
  choices: [
    {
      index: 0,
      content: [
        { kind: 'reasoning', text: 'hm' },
        { kind: 'text', text: 'Grüße' },
        { kind: 'tool-call', id: 'c1', name: 'f', arguments: '{"a":1}' },
      ],
      finish: { reason: 'tool-calls' },
    },
  ],
  usage: { ...NO_USAGE, input: 3, output: 4, reasoning: 2 },
  extra: {},
};
const failure = new GatewayError('rate_limited', 'too many requests', { retryAfterMs: 1000 });

/** Answers by the model's name, with nothing but what the dialect writes. */
async function withClient(run: (client: GoogleGenAI) => Promise<void>): Promise<void> {
  const server = createServer((request, reply) => {
    const streams = request.url?.includes(':streamGenerateContent') === true;
    if (request.url?.includes('refused') === true) {
      reply.writeHead(failure.status, { 'content-type': 'application/json' });
      reply.end(JSON.stringify(gemini.writeError(failure, 'req_1')));
    } else if (streams) {
      reply.writeHead(200, { 'content-type': 'text/event-stream' });
      const isBroken = request.url?.includes('broken') === true;
      const events = responseEvents(response);
      const writer = gemini.createStreamWriter(caller);
      reply.end(
        isBroken ? events.slice(0, 3).map(writer.push).join('') + writer.error(failure, 'req_1') : writeStream(events),
      );
    } else {
      reply.writeHead(200, { 'content-type': 'application/json' });
      reply.end(JSON.stringify(gemini.writeResponse(response, caller)));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const { port } = server.address() as AddressInfo;
    await run(new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: `http://127.0.0.1:${port}` } }));
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test('Google’s own client reads our answers', () =>
  withClient(async (client) => {
    const answer = await client.models.generateContent({ model: 'm', contents: 'Hi' });
    assert.equal(answer.candidates?.[0]?.content?.parts?.[1]?.text, 'Grüße');
    assert.deepEqual(answer.functionCalls, [{ id: 'c1', name: 'f', args: { a: 1 } }]);
    assert.equal(answer.candidates?.[0]?.finishReason, 'STOP');
    assert.equal(answer.usageMetadata?.totalTokenCount, 9);
    assert.equal(answer.responseId, 'msg_1');
  }));

test('Google’s own client reads our streams', () =>
  withClient(async (client) => {
    const parts: unknown[] = [];
    let finish: unknown;
    let total: number | undefined;
    for await (const chunk of await client.models.generateContentStream({ model: 'm', contents: 'Hi' })) {
      parts.push(...(chunk.candidates?.[0]?.content?.parts ?? []));
      finish = chunk.candidates?.[0]?.finishReason ?? finish;
      total = chunk.usageMetadata?.totalTokenCount ?? total;
    }
    assert.deepEqual(parts, [
      { text: 'hm', thought: true },
      { text: 'Grüße' },
      { functionCall: { id: 'c1', name: 'f', args: { a: 1 } } },
      { text: '' },
    ]);
    assert.deepEqual([finish, total], ['STOP', 9]);
  }));

test('Google’s own client throws our errors, before a stream and inside it', () =>
  withClient(async (client) => {
    const isOurs = (error: unknown) =>
      error instanceof ApiError && error.status === 429 && error.message.includes('"reason":"rate_limited"');
    await assert.rejects(client.models.generateContent({ model: 'refused', contents: 'Hi' }), isOurs);
    await assert.rejects(async () => {
      for await (const _ of await client.models.generateContentStream({ model: 'broken', contents: 'Hi' }));
    }, isOurs);
  }));
