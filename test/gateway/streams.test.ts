import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, it } from 'node:test';
import { chatChunk, sse } from '../support/scripted-upstream.ts';
import { ask, policyFiles, post, SECRETS, startProviders, startTestGateway } from './harness.ts';
import { ANTHROPIC, GEMINI, OPENAI } from './provider-answers.ts';

/** Opens a stream that is read only when the test reads it. */
async function open(gateway: { readonly url: string }, model: string): Promise<IncomingMessage> {
  const call = request(`${gateway.url}/v1/chat/completions`, { method: 'POST' });
  call.end(JSON.stringify(ask(model, { stream: true })));
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  return response;
}

/** Resolves when the number has not changed for so many turns of the event loop. */
async function whenStill(read: () => number, turns = 3000): Promise<number> {
  let last = read();
  for (let still = 0; still < turns; still++) {
    await new Promise(setImmediate);
    if (read() === last) continue;
    last = read();
    still = 0;
  }
  return last;
}

describe('streams', () => {
  it('a slow reader slows the provider down, whichever dialect it speaks', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    const word = 'x'.repeat(65_536);
    const count = 1000;
    const bodies = {
      openai: sse(
        ...Array.from({ length: count }, () => chatChunk({ content: word })),
        chatChunk({}, 'stop'),
        '[DONE]',
      ),
      gemini: Array.from({ length: count }, () => String(GEMINI.firstContent[0]).replace('"Hi"', `"${word}"`)),
    };
    for (const to of ['openai', 'gemini'] as const) {
      const server = providers[to];
      server.enqueue({ chunks: [...bodies[to], ...(to === 'gemini' ? (GEMINI.stream.chunks ?? []) : [])] });
      const response = await open(gateway, `to-${to}`);
      response.pause();
      const stalled = await whenStill(server.bytesWritten);
      assert.ok(stalled < 24 * 1024 * 1024, `${to}: ${stalled} bytes were taken for a reader that reads nothing`);
      let length = 0;
      let tail = '';
      for await (const chunk of response) {
        length += chunk.length;
        tail = (tail + chunk.toString('latin1')).slice(-400);
      }
      assert.ok(length >= count * word.length, `${to}: ${length} bytes came`);
      assert.match(tail, /\[DONE\]/, to);
    }
  });

  it('bytes of the same dialect pass as they came, frame by frame', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    providers.anthropic.enqueue(ANTHROPIC.stream);
    const answer = await post(gateway, '/v1/messages', ask('to-anthropic', { stream: true, max_tokens: 9 }));
    const sent = (ANTHROPIC.stream.chunks ?? []).join('');
    const comment = /: x-signalbox-cost-usd=\d+\.\d{6}\n\n/.exec(answer.text);
    assert.equal(answer.text.replace(comment?.[0] ?? '', ''), sent);
    assert.equal(answer.text.indexOf('event: message_stop'), (comment?.index ?? 0) + (comment?.[0].length ?? 0));
  });

  it('the first content goes out before the second exists', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    for (const [to, answers] of [
      ['openai', OPENAI],
      ['anthropic', ANTHROPIC],
      ['gemini', GEMINI],
    ] as const) {
      let release: () => void = () => undefined;
      const wait = new Promise<void>((resolve) => {
        release = resolve;
      });
      const rest = (answers.stream.chunks ?? []).slice(answers.firstContent.length);
      providers[to].enqueue({ chunks: [...answers.firstContent, { wait }, ...rest] });
      const response = await open(gateway, `to-${to}`);
      response.setEncoding('utf8');
      let text = '';
      for await (const chunk of response) {
        text += chunk;
        if (text.includes('Hi')) release();
      }
      assert.match(text, /\[DONE\]/, to);
    }
  });

  it('usage that the caller did not ask for is asked of the provider and kept from the caller', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    providers.openai.otherwise(OPENAI.stream);
    const without = await post(gateway, '/v1/chat/completions', ask('to-openai', { stream: true }));
    assert.deepEqual(providers.openai.requests[0]?.json.stream_options, { include_usage: true });
    assert.doesNotMatch(without.text, /prompt_tokens/);
    assert.match(without.text, /x-signalbox-cost-usd=0\.000039/);
    const fields = { stream: true, stream_options: { include_usage: true } };
    assert.match((await post(gateway, '/v1/chat/completions', ask('to-openai', fields))).text, /"prompt_tokens":9/);
  });

  it('a model without a price has no cost, rather than none to pay', async (t) => {
    const providers = await startProviders(t);
    const unpriced = policyFiles(providers)['models.yaml']?.replace(/ {2}prices:\n.*\n/g, '') ?? '';
    const gateway = await startTestGateway(t, policyFiles(providers, { 'models.yaml': unpriced }), { env: SECRETS });
    providers.openai.enqueue(OPENAI.whole, OPENAI.stream);
    const whole = await post(gateway, '/v1/chat/completions', ask('to-openai'));
    assert.deepEqual([whole.status, whole.headers.get('x-signalbox-cost-usd')], [200, null]);
    const stream = await post(gateway, '/v1/chat/completions', ask('to-openai', { stream: true }));
    assert.doesNotMatch(stream.text, /cost-usd/);
  });

  it('unknown fields reach a provider of the same dialect byte for byte', async (t) => {
    const providers = await startProviders(t);
    const gateway = await startTestGateway(t, policyFiles(providers), { env: SECRETS });
    providers.openai.otherwise(OPENAI.whole);
    const body =
      '{ "model" : "to-openai",\n "future_field": {"b":1, "a":[1.0, 2e3]},"messages":[{"role":"user","content":"h\\u00e9"}] }';
    await post(gateway, '/v1/chat/completions', body);
    const sent = providers.openai.requests[0]?.bytes.toString('utf8');
    assert.equal(sent, body.replace('"to-openai"', '"up-openai-model"'));
  });
});
