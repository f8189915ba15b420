import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import OpenAI, { toFile } from 'openai';
import { WebSocket, WebSocketServer } from 'ws';
import type { Cleanup } from '../support/temp-directory.ts';
import { type OtlpReceiver, startHttpReceiver } from '../telemetry/otlp-receiver.ts';
import { KEYS, type Providers, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';

const MODELS = `apiVersion: signalbox/v1
kind: Guardrail
metadata: { name: quiet }
spec: { stage: [output], checks: [{ id: word, check: deny-words, words: [Aurora], action: mask }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: guarded }
spec: { match: { models: [guarded] }, chain: only-openai, guardrails: [quiet] }
---
apiVersion: signalbox/v1
kind: Model
metadata: { name: up-openai/talk }
spec: { provider: up-openai, upstreamName: gpt-realtime, contextWindow: 1000, maxOutput: 100 }
---
apiVersion: signalbox/v1
kind: Chain
metadata: { name: talk }
spec: { targets: [{ id: openai, model: up-openai/talk }] }
---
apiVersion: signalbox/v1
kind: Route
metadata: { name: talk }
spec: { match: { models: [talk] }, chain: talk }
`;

async function setUp(t: Cleanup, capture: boolean, over: Partial<Record<'openai', string>> = {}) {
  const [receiver, providers] = await Promise.all([startHttpReceiver(t), startProviders(t)]);
  const reached: Providers =
    over.openai === undefined ? providers : { ...providers, openai: { ...providers.openai, url: over.openai } };
  const files = policyFiles(reached, { 'more.yaml': MODELS });
  const telemetry = `  telemetry: { traceSample: 100%, contentCapture: ${capture} }\n`;
  const gateway = await startTestGateway(
    t,
    { ...files, 'signalbox.yaml': `${files['signalbox.yaml']}${telemetry}` },
    { env: { ...SECRETS, OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url, OTEL_BSP_SCHEDULE_DELAY: '20' } },
  );
  const openai = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: KEYS.team, maxRetries: 0 });
  return { receiver, providers, gateway, openai };
}

/** What the span of the only request shows of each side: the texts of its parts. */
async function shown(receiver: OtlpReceiver, gateway: { close(graceMs: number): Promise<void> }) {
  await gateway.close(0);
  const [span] = receiver.spans.filter(({ kind }) => kind === 2);
  const texts = (name: string) => {
    const value = span?.attributes[name];
    if (value === undefined) return undefined;
    const turns = JSON.parse(String(value)) as { role: string; parts: { content: string }[]; finish_reason?: string }[];
    assert.equal(turns.length, 1);
    assert.equal(turns[0]?.role, name.includes('input') ? 'user' : 'assistant');
    return turns[0]?.parts.map(({ content }) => content);
  };
  return { asked: texts('gen_ai.input.messages'), answered: texts('gen_ai.output.messages') };
}

const SECRET = 'jane.doe@example.com has sk-abcdefghijklmnop1234';
const MASKED = '[address] has [secret]';

describe('content in traces of calls that are no chats', () => {
  it('is left out unless policy asks for it', async (t) => {
    const { receiver, providers, gateway } = await setUp(t, false);
    providers.openai.enqueue({ body: { text: 'hello' } });
    await post(gateway, '/v1/embeddings', { model: 'to-openai', input: ['one'] });
    assert.deepEqual(await shown(receiver, gateway), { asked: undefined, answered: undefined });
  });

  const json = [
    ['texts that become vectors', '/v1/embeddings', { input: ['one', SECRET] }, ['one', MASKED]],
    ['a text that is judged', '/v1/moderations', { input: SECRET }, [MASKED]],
    ['what a picture is to show', '/v1/images/generations', { prompt: SECRET }, [MASKED]],
    ['what is read aloud', '/v1/audio/speech', { input: SECRET, voice: 'alloy' }, [MASKED]],
  ] as const;
  for (const [name, path, body, asked] of json) {
    it(`is, masked, ${name}`, async (t) => {
      const { receiver, providers, gateway } = await setUp(t, true);
      const isSound = path.endsWith('speech');
      const sound = { headers: { 'content-type': 'audio/mpeg' }, chunks: ['ID3'] };
      providers.openai.enqueue(
        isSound ? sound : { body: { object: 'list', data: [], results: [], created: 1, model: 'm' } },
      );
      await post(gateway, path, { model: 'to-openai', ...body });
      assert.deepEqual(await shown(receiver, gateway), { asked, answered: undefined });
    });
  }

  const transcripts = [
    ['as JSON', 'json', { body: { text: SECRET } }, [MASKED]],
    [
      'as subtitles',
      'srt',
      { headers: { 'content-type': 'text/plain' }, chunks: ['hello ', SECRET] },
      [`hello ${MASKED}`],
    ],
    [
      'as events',
      'stream',
      {
        headers: { 'content-type': 'text/event-stream' },
        chunks: ['jane.doe@exam', 'ple.com'].map(
          (delta) => `data: ${JSON.stringify({ type: 'transcript.text.delta', delta })}\n\n`,
        ),
      },
      ['[address]'],
    ],
  ] as const;
  for (const [name, format, script, answered] of transcripts) {
    it(`is, masked, what a recording says, ${name}`, async (t) => {
      const { receiver, providers, gateway, openai } = await setUp(t, true);
      providers.openai.enqueue(script);
      const file = await toFile(Buffer.alloc(1000, 5), 'talk.mp3', { type: 'audio/mpeg' });
      const asked = { file, model: 'to-openai', prompt: `names: ${SECRET}` };
      if (format === 'stream') {
        for await (const _ of await openai.audio.transcriptions.create({ ...asked, stream: true }));
      } else await openai.audio.transcriptions.create({ ...asked, response_format: format });
      assert.deepEqual(await shown(receiver, gateway), { asked: [`names: ${MASKED}`], answered });
    });
  }

  it('is what the caller sees behind guardrails', async (t) => {
    const { receiver, providers, gateway, openai } = await setUp(t, true);
    providers.openai.enqueue({ body: { text: 'Project Aurora begins' } });
    const file = await toFile(Buffer.alloc(1000, 5), 'talk.mp3', { type: 'audio/mpeg' });
    const { text } = await openai.audio.transcriptions.create({ file, model: 'guarded' });
    assert.doesNotMatch(text, /Aurora/);
    const { answered } = await shown(receiver, gateway);
    assert.deepEqual(answered, [text]);
  });

  it('is, masked, what both sides of a session say, written or heard', async (t) => {
    const url = await startTalker(t);
    const { receiver, gateway } = await setUp(t, true, { openai: url });
    const socket = new WebSocket(`${gateway.url.replace('http', 'ws')}/v1/realtime?model=talk`, {
      headers: { authorization: `Bearer ${KEYS.team}` },
    });
    t.after(() => socket.terminate());
    await once(socket, 'open');
    const send = (event: object) => socket.send(JSON.stringify(event));
    send({ type: 'session.update', session: { instructions: 'Be kind' } });
    send({ type: 'conversation.item.create', item: { content: [{ type: 'input_text', text: `I am ${SECRET}` }] } });
    socket.send(Buffer.from([1, 2, 3]));
    send({ type: 'response.create' });
    await once(socket, 'close');
    const { asked, answered } = await shown(receiver, gateway);
    assert.deepEqual(asked, ['Be kind', `I am ${MASKED}`, 'Hello from a microphone']);
    assert.deepEqual(answered, ['Good day', 'Card [number]']);
  });
});

/** A provider's end that says a few things once it is asked, and hangs up. */
async function startTalker(t: Cleanup): Promise<string> {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (client) => {
    client.on('message', (data, isBinary) => {
      if (isBinary || JSON.parse(String(data)).type !== 'response.create') return;
      const heard = 'conversation.item.input_audio_transcription.completed';
      for (const event of [
        { type: heard, transcript: 'Hello from a microphone' },
        { type: 'response.output_audio_transcript.done', transcript: 'Good day' },
        { type: 'response.output_text.done', text: 'Card 4111 1111 1111 1111' },
        { type: 'response.done', response: { usage: { input_tokens: 1, output_tokens: 1 } } },
      ])
        client.send(JSON.stringify(event));
      client.close(1000);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    for (const client of sockets.clients) client.terminate();
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
